namespace Varve.Policies;

/// <summary>Reads <c>archive</c>: the name of a location, or its keys.</summary>
internal static class ArchiveReader
{
    internal const string Key = "archive";

    /// <summary>What is under <c>archive</c> among some keys; null where it is not given, or refused.</summary>
    internal static Archive? Read(KeyReader keys)
    {
        if (keys[Key] is not YamlNode.Mapping mapping)
            return keys.Read<string>(Key, Name) is { } name ? new(name) : null;
        var path = keys.PathOf(Key);
        var inner = new KeyReader(mapping, path, path, keys.Reading);
        inner.Require("to");
        var drill = inner.Read<bool>("drill", (r, n, p) => r.Truth(n, p)) ?? false;
        return inner.Read<string>("to", Name) is { } to ? new(to, drill) : null;
    }

    private static string? Name(PolicyReading reading, YamlNode node, string path) => reading.Name(node, path);
}
