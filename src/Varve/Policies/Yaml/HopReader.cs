using Varve.Time;

namespace Varve.Policies;

/// <summary>Reads <c>relocate</c>: one hop, or a list of them.</summary>
internal static class HopReader
{
    internal const string Key = "relocate";

    /// <summary>The hops under <c>relocate</c> among some keys; null where it is not given.</summary>
    internal static IReadOnlyList<Hop>? Read(KeyReader keys)
    {
        if (keys[Key] is not { } node)
            return null;
        var (path, parent) = (keys.PathOf(Key), $"{keys.Key(Key).Path}[]");
        if (node is YamlNode.Mapping)
            return [.. new[] { Hop(node, path, parent, keys.Reading) }.OfType<Hop>()];
        if (node is YamlNode.Sequence list)
            return [.. list.Items.Select((item, i) => Hop(item, PolicyReader.Element(path, i), parent, keys.Reading)).OfType<Hop>()];
        keys.Reading.Wrong(node, path, $"`{path}` is a list of hops, not {node.What}. Write - {{ after: 30d, to: cold }}.");
        return [];
    }

    private static Hop? Hop(YamlNode node, string path, string parent, PolicyReading reading)
    {
        reading.Positions[path] = node.Position;
        if (node is not YamlNode.Mapping mapping)
        {
            reading.Wrong(node, path, $"`{path}` has keys of its own, {{ after: 30d, to: cold }}, not {node.What}.");
            return null;
        }

        var keys = new KeyReader(mapping, path, parent, reading);
        keys.Require("after");
        keys.Require("to");
        var after = keys.Read<Keep>("after", (r, n, p) => r.Keep(n, p, mayBeForever: false));
        return keys.Read<Place>("to", Place) is { } to && after is not null ? new(after, to) : null;
    }

    private static Place? Place(PolicyReading reading, YamlNode node, string path)
    {
        if (node is not YamlNode.Mapping mapping)
            return reading.Name(node, path) is { } name ? new(name) : null;
        if (mapping.Entries is [var only])
        {
            var inside = $"{path}.{only.Key}";
            reading.Positions[inside] = only.Position;
            return reading.Name(only.Value, inside) is { } value ? new(value, only.Key) : null;
        }

        reading.Wrong(node, path, $"`{path}` is the name of a place, or one attribute and its value ({{ storage: cold }}).");
        return null;
    }
}
