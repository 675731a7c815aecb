using System.Globalization;
using System.Text;
using System.Text.Json;
using YamlDotNet.RepresentationModel;

namespace Varve.Packaging;

/// <summary>The table of a chart's values, made from its values and their schema, which must agree.</summary>
internal static class ChartValues
{
    internal const string Begin = "<!-- generated from values.yaml and values.schema.json -->\n";
    internal const string End = "<!-- end of what is generated -->\n";

    /// <summary>A README with the table in its place.</summary>
    /// <exception cref="PackagingException">It has no place for it, or values and schema differ.</exception>
    internal static string Into(string readme, string values, string schema)
    {
        var from = readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var to = readme.IndexOf(End, StringComparison.Ordinal);
        if (from < Begin.Length || to < from)
            throw new PackagingException("The README has no place for the values.");
        return $"{readme[..from]}\n{Table(values, schema)}\n{readme[to..]}";
    }

    private static string Table(string values, string schema)
    {
        var table = new StringBuilder("| value | default | what it is |\n| --- | --- | --- |\n");
        foreach (var (key, value, said) in Rows(values, schema))
            table.Append(CultureInfo.InvariantCulture, $"| `{key}` | `{value}` | {said} |\n");
        return table.ToString();
    }

    /// <summary>Every value that is no group of values: its path, its default, and what its schema says of it.</summary>
    internal static IReadOnlyList<(string Key, string Default, string Said)> Rows(string values, string schema)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(values));
        using var json = JsonDocument.Parse(schema);
        return [.. Walk((YamlMappingNode)yaml.Documents[0].RootNode, json.RootElement, "")];
    }

    private static IEnumerable<(string Key, string Default, string Said)> Walk(YamlMappingNode values, JsonElement schema, string above)
    {
        var known = schema.GetProperty("properties");
        foreach (var only in known.EnumerateObject().Where(p => !values.Children.ContainsKey(p.Name) && !IsLeftOut(p.Value)))
            throw new PackagingException($"The schema has {above}{only.Name}, and values.yaml does not.");
        foreach (var (key, value) in values.Children)
        {
            var path = $"{above}{key}";
            if (!known.TryGetProperty(key.ToString(), out var said))
                throw new PackagingException($"values.yaml has {path}, and the schema does not.");
            if (value is YamlMappingNode { Children.Count: > 0 } group && said.TryGetProperty("properties", out _))
            {
                foreach (var row in Walk(group, said, path + "."))
                    yield return row;
            }
            else
                yield return (
                    path,
                    Shown(value),
                    said.TryGetProperty("description", out var text)
                        ? text.GetString()!
                        : throw new PackagingException($"{path} has no description in the schema.")
                );
        }
    }

    // A value that is called otherwise now is known so that the template can say how; one that is optional has no default.
    private static bool IsLeftOut(JsonElement said) => said.TryGetProperty("deprecated", out _) || said.TryGetProperty("x-optional", out _);

    private static string Shown(YamlNode value) =>
        value switch
        {
            YamlScalarNode { Value: "" or null } => "\"\"",
            YamlScalarNode scalar => scalar.Value!,
            YamlSequenceNode list => $"[{string.Join(", ", list.Children.Select(Shown))}]",
            YamlMappingNode map => $"{{{string.Join(", ", map.Children.Select(c => $"{c.Key}: {Shown(c.Value)}"))}}}",
            _ => throw new PackagingException($"values.yaml has a value of an unknown kind: {value}"),
        };
}
