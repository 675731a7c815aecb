using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Varve.Importing;

/// <summary>
/// Rows of another tool's table, from a file: a JSON array of objects, one object a line, the answer of CrateDB's HTTP
/// endpoint, or CSV with a header. Names of columns compare without case.
/// </summary>
internal static class ImportedRows
{
    /// <exception cref="PolicyException">It is none of these.</exception>
    public static IReadOnlyList<ImportedRow> Read(string text, string file)
    {
        var start = text.AsSpan().TrimStart();
        if (start.IsEmpty)
            throw Wrong(file, "it is empty");
        try
        {
            return start[0] is '[' or '{' ? Json(text, file) : Csv(text, file);
        }
        catch (JsonException broken)
        {
            throw Wrong(file, $"it is no JSON from line {(broken.LineNumber ?? 0) + 1} on", broken);
        }
    }

    private static IReadOnlyList<ImportedRow> Json(string text, string file)
    {
        var root = Root(text);
        if (
            root.ValueKind == JsonValueKind.Object
            && root.TryGetProperty("cols", out var cols)
            && root.TryGetProperty("rows", out var answer)
        )
        {
            var names = cols.EnumerateArray().Select(c => c.GetString() ?? "").ToList();
            return [.. answer.EnumerateArray().Select(row => new ImportedRow(names.Zip(row.EnumerateArray(), (n, v) => (n, v))))];
        }

        if (root.ValueKind == JsonValueKind.Object)
            return [new(Pairs(root))];
        if (root.EnumerateArray().Any(r => r.ValueKind != JsonValueKind.Object))
            throw Wrong(file, "it is an array of something else than objects");
        return [.. root.EnumerateArray().Select(r => new ImportedRow(Pairs(r)))];
    }

    /// <summary>The only value; several lines of one object each are an array of them.</summary>
    private static JsonElement Root(string text)
    {
        try
        {
            using var whole = JsonDocument.Parse(text);
            return whole.RootElement.Clone();
        }
        catch (JsonException) when (text.TrimStart().StartsWith('{') && text.Trim().Contains('\n', StringComparison.Ordinal))
        {
            var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            using var array = JsonDocument.Parse($"[{string.Join(",\n", lines)}]");
            return array.RootElement.Clone();
        }
    }

    private static IEnumerable<(string, JsonElement)> Pairs(JsonElement row) => row.EnumerateObject().Select(p => (p.Name, p.Value));

    private static IReadOnlyList<ImportedRow> Csv(string text, string file)
    {
        var records = Records(text).Where(r => r is not [""]).ToList();
        var names = records[0].Select(n => n.Trim()).ToList();
        if (names.Count < 2)
            throw Wrong(file, "it is neither JSON nor CSV with a header");
        foreach (var (record, index) in records.Select((r, i) => (r, i)).Skip(1))
        {
            if (record.Count != names.Count)
                throw Wrong(
                    file,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"record {index + 1} has {record.Count} values, and the header {names.Count}"
                    )
                );
        }

        return [.. records.Skip(1).Select(r => new ImportedRow(names.Zip(r, (n, v) => (n, Value(v)))))];
    }

    // What several clients write for NULL.
    private static JsonElement Value(string text) => JsonSerializer.SerializeToElement(text is "" or "NULL" or "\\N" ? null : text);

    private static List<List<string>> Records(string text)
    {
        List<List<string>> records = [];
        List<string> record = [];
        var value = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"')
                value.Append(text[i++]);
            else if (c == '"')
                quoted = !quoted;
            else if (quoted || c is not (',' or '\n' or '\r'))
                value.Append(c);
            else if (c == ',')
                Take();
            else if (c == '\n')
                End();
        }

        if (value.Length > 0 || record.Count > 0)
            End();
        return records;

        void Take()
        {
            record.Add(value.ToString());
            value.Clear();
        }

        void End()
        {
            Take();
            records.Add(record);
            record = [];
        }
    }

    private static PolicyException Wrong(string file, string what, Exception? inner = null) =>
        new(
            ImportCodes.Unreadable,
            $"{file} cannot be imported: {what}. Write its rows as JSON, an array of objects, or as CSV with a header.",
            inner
        );
}

/// <summary>One row by the names of its columns.</summary>
internal sealed class ImportedRow(IEnumerable<(string Name, JsonElement Value)> values)
{
    private readonly Dictionary<string, JsonElement> _values = values
        .GroupBy(v => v.Name, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(g => g.Key, g => g.First().Value, StringComparer.OrdinalIgnoreCase);

    /// <summary>True where there is such a column.</summary>
    public bool Has(string column) => _values.ContainsKey(column);

    /// <summary>Text, or a number or truth value as text; null for NULL and for a column that is not there.</summary>
    public string? Text(string column) =>
        _values.TryGetValue(column, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)
            ? value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : value.GetRawText()
            : null;

    /// <summary>A whole number; null for anything else.</summary>
    public long? Number(string column) =>
        long.TryParse(Text(column), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The keys of an object, or the elements of an array, also where it is written as text.</summary>
    public IReadOnlyList<string> Words(string column)
    {
        if (Text(column) is not { } text)
            return [];
        if (text.TrimStart() is not ['{' or '[', ..])
            return text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        using var json = JsonDocument.Parse(text);
        return json.RootElement.ValueKind == JsonValueKind.Object
            ? [.. json.RootElement.EnumerateObject().Where(p => p.Value.ValueKind != JsonValueKind.Null).Select(p => p.Name)]
            : [.. json.RootElement.EnumerateArray().Select(e => e.ToString())];
    }
}
