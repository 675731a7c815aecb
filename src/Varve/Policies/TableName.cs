using System.Text;

namespace Varve.Policies;

/// <summary>A relation by schema and name, both as they are stored, without quotes.</summary>
/// <param name="Schema">The schema; null for the engine's default one until it was looked up.</param>
/// <param name="Name">The relation's own name.</param>
public sealed record TableName(string? Schema, string Name)
{
    /// <summary>
    /// True: it names no table, but all whose schema and name are as these, a <c>*</c> standing for any characters or none.
    /// </summary>
    public bool IsPattern { get; private init; }

    /// <summary>The name as a person writes it: parts that hold a dot, a quote, a star that is meant or a blank edge are quoted.</summary>
    public string Text => Schema is null ? Part(Name) : $"{Part(Schema)}.{Part(Name)}";

    /// <summary>Another relation of the same schema.</summary>
    public TableName WithName(string name) => this with { Name = name };

    /// <summary>Reads <c>table</c>, <c>schema.table</c> or quoted parts: <c>"my.schema"."we""ird"</c>.</summary>
    /// <exception cref="FormatException">More than two parts, an empty part, or an open quote.</exception>
    public static TableName Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(text, out _);
    }

    /// <summary>The same, but a star that is not quoted makes a pattern of it: <c>metrics.*</c>.</summary>
    /// <exception cref="FormatException">As above, or a part of a pattern is quoted and holds a star.</exception>
    public static TableName ParsePattern(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var table = Parse(text, out var stars);
        return stars switch
        {
            (false, _) => table,
            (true, false) => table with { IsPattern = true },
            (true, true) => throw new FormatException(
                $"'{text}' has a star that is quoted and one that is not: in a pattern every star stands for any characters."
            ),
        };
    }

    /// <summary>Whether a pattern means a table.</summary>
    /// <param name="table">A table with its schema, where the pattern has one.</param>
    /// <param name="ignoresCase">True where the engine takes names that differ in case only for one.</param>
    public bool Means(TableName table, bool ignoresCase)
    {
        ArgumentNullException.ThrowIfNull(table);
        var names = ignoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return (Schema is null || IsLike(Schema, table.Schema ?? "", names)) && IsLike(Name, table.Name, names);
    }

    private static TableName Parse(string text, out (bool Plain, bool Quoted) stars)
    {
        stars = default;
        List<string> parts = [];
        var part = new StringBuilder();
        var at = 0;
        while (true)
        {
            part.Clear();
            var quoted = at < text.Length && text[at] == '"';
            if (quoted)
                at = ReadQuoted(text, at + 1, part);
            else
                while (at < text.Length && text[at] != '.')
                    part.Append(text[at++]);
            if (part.ToString().Contains('*', StringComparison.Ordinal))
                stars = quoted ? (stars.Plain, true) : (true, stars.Quoted);
            if (part.Length == 0)
                throw new FormatException($"'{text}' has an empty part; write schema.table, or quote a part that holds a dot.");
            parts.Add(part.ToString());
            if (at == text.Length)
                break;
            if (text[at] != '.')
                throw new FormatException($"'{text}' goes on after a closing quote; write \"schema\".\"table\", a quote inside doubled.");
            at++;
        }

        return parts switch
        {
            [var name] => new(null, name),
            [var schema, var name] => new(schema, name),
            _ => throw new FormatException(
                $"'{text}' has {parts.Count} parts; a table is schema.table, and a part that holds a dot is quoted: \"a.b\".c"
            ),
        };
    }

    private static int ReadQuoted(string text, int at, StringBuilder part)
    {
        while (at < text.Length)
        {
            if (text[at] == '"')
            {
                if (at + 1 == text.Length || text[at + 1] != '"')
                    return at + 1;
                at++;
            }

            part.Append(text[at++]);
        }

        throw new FormatException($"'{text}' opens a quote and does not close it.");
    }

    // What stands between the stars, in its order; the ends are those of the name.
    private bool IsLike(string pattern, string name, StringComparison names)
    {
        var pieces = IsPattern ? pattern.Split('*') : [pattern];
        if (pieces is [var all])
            return string.Equals(all, name, names);
        if (name.Length < pieces[0].Length + pieces[^1].Length || !name.StartsWith(pieces[0], names) || !name.EndsWith(pieces[^1], names))
            return false;
        var (at, end) = (pieces[0].Length, name.Length - pieces[^1].Length);
        foreach (var piece in pieces[1..^1])
        {
            var found = name.IndexOf(piece, at, end - at, names);
            if (found < 0)
                return false;
            at = found + piece.Length;
        }

        return true;
    }

    private string Part(string value) =>
        value.Contains('.', StringComparison.Ordinal)
        || value.Contains('"', StringComparison.Ordinal)
        || value.Trim() != value
        || (!IsPattern && value.Contains('*', StringComparison.Ordinal))
            ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : value;
}
