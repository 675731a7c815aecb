using System.Text.RegularExpressions;

namespace Varve.Policies;

/// <summary>Reads <c>measures</c>: auto, a map of column to functions, or the long form.</summary>
internal static partial class MeasureReader
{
    private const int LongestUnit = 20;

    private static readonly string[] Never = ["median", "mode", "distinct", "count_distinct", "unique"];

    /// <summary>The measures; null for auto.</summary>
    internal static IReadOnlyList<Measure>? Read(KeyReader keys)
    {
        switch (keys["measures"])
        {
            case null:
                return [];
            case YamlNode.Scalar { Text: "auto" }:
                return null;
            case YamlNode.Mapping mapping:
                return [.. mapping.Entries.Select(entry => One(entry, keys.Reading)).OfType<Measure>()];
            case var other:
                keys.Reading.Wrong(
                    other,
                    "measures",
                    $"`measures` is auto or a map of columns (temperature: [avg, min, max]), not {other.What}."
                );
                return [];
        }
    }

    private static Measure? One(YamlEntry entry, PolicyReading reading)
    {
        var path = $"measures.{entry.Key}";
        reading.Positions[path] = entry.Position;
        if (entry.Key.Length == 0)
        {
            reading.Report(PolicyCodes.WrongValue, entry.Position, path, "A measure has an empty name. Write the column's.");
            return null;
        }

        if (entry.Value is not YamlNode.Mapping mapping)
        {
            return new()
            {
                Name = entry.Key,
                Column = entry.Key,
                Functions = Functions(entry.Value, path, reading),
            };
        }

        var keys = new KeyReader(mapping, path, "measures.*", reading);
        keys.Require("functions");
        Ties? ties =
            keys["ties"] is { } node && reading.TryEnum<Ties>(node, keys.PathOf("ties"), keys.Key("ties"), out var read) ? read : null;
        return new()
        {
            Name = entry.Key,
            Column = keys.Read<string>("column", (r, n, p) => r.Name(n, p)) ?? entry.Key,
            Functions = keys["functions"] is { } functions ? Functions(functions, keys.PathOf("functions"), reading) : [],
            Ties = ties,
            Unit = keys.Read<string>("unit", Unit),
        };
    }

    private static string? Unit(PolicyReading reading, YamlNode node, string path)
    {
        if (reading.Text(node, path, "a unit") is not { } unit)
            return null;
        if (unit.Length is > 0 and <= LongestUnit && !unit.Any(char.IsControl))
            return unit;
        reading.Wrong(
            node,
            path,
            $"`{path}` is written behind numbers: one word of at most 20 characters, such as bytes, percent, seconds or °C."
        );
        return null;
    }

    private static IReadOnlyList<Function> Functions(YamlNode node, string path, PolicyReading reading)
    {
        switch (node)
        {
            case YamlNode.Scalar { IsNull: false }:
                return Function(node, path, reading) is { } only ? [only] : [];
            case YamlNode.Sequence { Items: [] }:
            case YamlNode.Scalar:
                reading.Wrong(
                    node,
                    path,
                    $"`{path}` has no functions. Write at least one of {Suggestions.Listed(PolicyKeys.FunctionNames)}."
                );
                return [];
            case YamlNode.Sequence list:
                return [.. list.Items.Select((item, i) => Function(item, PolicyReader.Element(path, i), reading)).OfType<Function>()];
            default:
                reading.Wrong(node, path, $"`{path}` is a list of functions, not {node.What}. Write [avg, min, max].");
                return [];
        }
    }

    private static Function? Function(YamlNode node, string path, PolicyReading reading)
    {
        reading.Positions[path] = node.Position;
        var key = PolicyKeys.Of("measures.*.functions");
        if (node is YamlNode.Scalar { Text: var text })
        {
            if (Never.Contains(text, StringComparer.Ordinal))
            {
                reading.Wrong(
                    node,
                    path,
                    $"`{text}` cannot be exact in a cascade: it needs all values of a bucket, and the finer ones are gone. Use min, max and avg, or keep the source longer."
                );
                return null;
            }

            if (Percentile().IsMatch(text))
            {
                reading.Report(
                    PolicyCodes.NotYet,
                    node.Position,
                    path,
                    $"The percentile `{text}` is not built yet. Today there are {Suggestions.Listed(key.Choices)}."
                );
                return null;
            }

            if (PolicyKeys.LaterValues[key.Path].Contains(text, StringComparer.Ordinal))
            {
                reading.Report(
                    PolicyCodes.NotYet,
                    node.Position,
                    path,
                    $"The function `{text}` is not built yet. Today there are {Suggestions.Listed(key.Choices)}."
                );
                return null;
            }
        }

        return reading.TryEnum<Function>(node, path, key, out var function) ? function : null;
    }

    [GeneratedRegex(@"\Ap[0-9]{1,2}(\.[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Percentile();
}
