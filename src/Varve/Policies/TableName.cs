using System.Text;

namespace Varve.Policies;

/// <summary>A relation by schema and name, both as they are stored, without quotes.</summary>
/// <param name="Schema">The schema; null for the engine's default one until it was looked up.</param>
/// <param name="Name">The relation's own name.</param>
public sealed record TableName(string? Schema, string Name)
{
    /// <summary>The name as a person writes it: parts that hold a dot, a quote or a blank edge are quoted.</summary>
    public string Text => Schema is null ? Part(Name) : $"{Part(Schema)}.{Part(Name)}";

    /// <summary>Another relation of the same schema.</summary>
    public TableName WithName(string name) => this with { Name = name };

    /// <summary>Reads <c>table</c>, <c>schema.table</c> or quoted parts: <c>"my.schema"."we""ird"</c>.</summary>
    /// <exception cref="FormatException">More than two parts, an empty part, or an open quote.</exception>
    public static TableName Parse(string text)
    {
        List<string> parts = [];
        var part = new StringBuilder();
        var at = 0;
        while (true)
        {
            part.Clear();
            var quoted = at < text.Length && text[at] == '"';
            if (quoted) at = ReadQuoted(text, at + 1, part);
            else
                while (at < text.Length && text[at] != '.') part.Append(text[at++]);
            if (part.Length == 0) throw new FormatException($"'{text}' has an empty part; write schema.table, or quote a part that holds a dot.");
            parts.Add(part.ToString());
            if (at == text.Length) break;
            if (text[at] != '.') throw new FormatException($"'{text}' goes on after a closing quote; write \"schema\".\"table\", a quote inside doubled.");
            at++;
        }

        return parts switch
        {
            [var name] => new(null, name),
            [var schema, var name] => new(schema, name),
            _ => throw new FormatException($"'{text}' has {parts.Count} parts; a table is schema.table, and a part that holds a dot is quoted: \"a.b\".c"),
        };
    }

    private static int ReadQuoted(string text, int at, StringBuilder part)
    {
        while (at < text.Length)
        {
            if (text[at] == '"')
            {
                if (at + 1 == text.Length || text[at + 1] != '"') return at + 1;
                at++;
            }

            part.Append(text[at++]);
        }

        throw new FormatException($"'{text}' opens a quote and does not close it.");
    }

    private static string Part(string value) =>
        value.Contains('.', StringComparison.Ordinal) || value.Contains('"', StringComparison.Ordinal) || value.Trim() != value
            ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : value;
}
