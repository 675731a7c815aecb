using System.Text.Json;
using System.Text.Json.Serialization;
using Varve.Engines;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Server.Home.Mirrored;

/// <summary>What one entry of a home's log says, and each part of its base: rows as they are, never statements.</summary>
/// <param name="Version">Where the tables were made or changed: the version that they have since; null elsewhere.</param>
/// <param name="Changes">What was changed, in order.</param>
internal sealed record HomeEntry(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Version,
    IReadOnlyList<HomeChange> Changes
)
{
    public static HomeEntry Read(string body) =>
        JsonSerializer.Deserialize<HomeEntry>(body, ServerJson.Options) ?? throw new JsonException("The body of an entry is empty.");

    public string Write() => ServerJson.Write(this);
}

/// <summary>Rows of one table that are there now, in place of those with the same keys, or that are gone.</summary>
/// <param name="Table">The name of the table.</param>
/// <param name="Columns">The columns of the rows; of those that are gone the columns of the key.</param>
/// <param name="Rows">The rows.</param>
/// <param name="IsGone">True where they are gone.</param>
internal sealed record HomeChange(
    string Table,
    IReadOnlyList<string> Columns,
    IReadOnlyList<IReadOnlyList<JsonElement>> Rows,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool IsGone
)
{
    /// <summary>From rows of an answer.</summary>
    public static HomeChange Of(TableName table, IReadOnlyList<string> columns, IReadOnlyList<Row> rows, bool isGone) =>
        new(
            table.Name,
            columns,
            [.. rows.Select(r => (IReadOnlyList<JsonElement>)[.. Enumerable.Range(0, r.Count).Select(i => Cell(r[i]))])],
            isGone
        );

    /// <summary>Does it. Doing it again changes nothing.</summary>
    public async Task ApplyAsync(IStatements statements, CancellationToken cancellationToken)
    {
        TableName table = new(HomeTables.Schema, Table);
        var key = HomeTables.Keys[table];
        foreach (var some in Rows.Chunk(HomeTables.MostRows))
        {
            await statements.ExecuteAsync(Removal(table, key, some), cancellationToken);
            if (!IsGone)
                await statements.ExecuteAsync(
                    $"INSERT INTO {table} ({Names(Columns)}) VALUES {SqlText.Join(", ", some.Select(r => Values(r)))}",
                    cancellationToken
                );
        }
    }

    private SqlText Removal(TableName table, string[] key, IReadOnlyList<IReadOnlyList<JsonElement>> rows)
    {
        if (key.Length == 0)
            return $"DELETE FROM {table}";
        var keys = SqlText.Join(", ", rows.Select(r => KeyOf(r, key)));
        return $"DELETE FROM {table} WHERE ({Names(key)}) IN (VALUES {keys})";
    }

    /// <summary>The key of a row, as a value.</summary>
    internal SqlText KeyOf(IReadOnlyList<JsonElement> row, string[] key) =>
        Values(key.Select(k => Columns.Zip(row).First(c => c.First == k).Second));

    internal static SqlText Names(IEnumerable<string> columns) => SqlText.Join(", ", columns.Select(c => (SqlText)$"{new Identifier(c)}"));

    private static SqlText Values(IEnumerable<JsonElement> cells) => $"({SqlText.Join(", ", cells.Select(Value))})";

    private static SqlText Value(JsonElement cell) =>
        cell.ValueKind switch
        {
            JsonValueKind.Null => $"NULL",
            JsonValueKind.String => $"{cell.GetString()}",
            JsonValueKind.Number => $"{cell.GetInt64()}",
            JsonValueKind.True or JsonValueKind.False => $"{cell.GetBoolean()}",
            _ => throw new JsonException($"A home has no values of the kind {cell.ValueKind}."),
        };

    private static JsonElement Cell(object? value) =>
        value switch
        {
            null => JsonSerializer.SerializeToElement<string?>(null),
            string text => JsonSerializer.SerializeToElement(text),
            bool truth => JsonSerializer.SerializeToElement(truth),
            long or int => JsonSerializer.SerializeToElement(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)),
            _ => throw new InvalidOperationException($"A home keeps texts, whole numbers and truth values, not {value.GetType().Name}."),
        };
}
