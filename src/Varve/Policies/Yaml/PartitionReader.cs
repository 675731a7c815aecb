using Varve.Time;

namespace Varve.Policies;

/// <summary>Reads <c>partition</c>: what a policy says of a column that its table is partitioned by.</summary>
internal static class PartitionReader
{
    private const string Key = "partition";

    /// <summary>Null where it is not given, or not whole.</summary>
    internal static PartitionWidth? Read(KeyReader source)
    {
        if (source[Key] is not { } node)
            return null;
        var path = source.PathOf(Key);
        if (node is not YamlNode.Mapping mapping)
        {
            source.Reading.Wrong(node, path, $"`{path}` has keys of its own, {{ by: day, every: 1d }}, not {node.What}.");
            return null;
        }

        var keys = new KeyReader(mapping, path, path, source.Reading);
        keys.Require("by");
        keys.Require("every");
        var by = keys.Read<string>("by", (r, n, p) => r.Name(n, p));
        var every = keys.Read<Width>("every", (r, n, p) => r.Width(n, p));
        var zone = keys.Read<string>("zone", (r, n, p) => r.Name(n, p));
        var origin = keys.Read<NodaTime.Instant>("origin", (r, n, p) => r.Instant(n, p));
        if (by is null || every is null)
            return null;
        var width = new PartitionWidth(by, every) { Zone = zone };
        return origin is { } at ? width with { Origin = at } : width;
    }
}
