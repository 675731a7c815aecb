using Varve.Policies;
using Varve.Sql;

namespace Varve.CrateDb.Statements;

/// <summary>
/// Single rows of Varve's own tables, changed by compare-and-set. A column of one's own cannot guard a change here: a
/// condition beside the primary key is tested on the last refresh, and the row that is changed is the current one.
/// </summary>
internal static class RowShapes
{
    /// <summary>
    /// A row as it is now, with what a change of it must name. Every column of the primary key is given, so no refresh is needed.
    /// </summary>
    public static SqlText Read(TableName table, IReadOnlyList<string> columns, IReadOnlyList<(string Column, SqlText Value)> key) =>
        $"""
            SELECT {SqlText.Join(", ", columns.Select(c => (SqlText)$"{new Identifier(c)}"))}, "_seq_no", "_primary_term"
            FROM {table} WHERE {All(key)}
            """;

    /// <summary>A row that is not there yet; an error (4091) where it is: only one of several writers gets through.</summary>
    public static SqlText Insert(TableName table, IReadOnlyList<(string Column, SqlText Value)> values) =>
        $"""
            INSERT INTO {table} ({SqlText.Join(", ", values.Select(v => (SqlText)$"{new Identifier(v.Column)}"))})
            VALUES ({SqlText.Join(", ", values.Select(v => v.Value))}) RETURNING "_seq_no", "_primary_term"
            """;

    /// <summary>Changes a row that nobody changed since it was read; writes none where somebody did.</summary>
    public static SqlText Change(
        TableName table,
        IReadOnlyList<(string Column, SqlText Value)> key,
        RowVersion version,
        IReadOnlyList<(string Column, SqlText Value)> values
    ) =>
        $"""
            UPDATE {table} SET {SqlText.Join(", ", values.Select(v => (SqlText)$"{new Identifier(v.Column)} = {v.Value}"))}
            WHERE {All(key)} AND {Is(version)} RETURNING "_seq_no", "_primary_term"
            """;

    /// <summary>Removes a row that nobody changed since it was read.</summary>
    public static SqlText Remove(TableName table, IReadOnlyList<(string Column, SqlText Value)> key, RowVersion version) =>
        $"DELETE FROM {table} WHERE {All(key)} AND {Is(version)}";

    /// <summary>The server's clock plus some time, as a value: leases are counted by one clock.</summary>
    public static SqlText Later(long milliseconds) => $"(now()::BIGINT + {milliseconds})::TIMESTAMP WITH TIME ZONE";

    private static SqlText All(IReadOnlyList<(string Column, SqlText Value)> key) =>
        SqlText.Join(" AND ", key.Select(k => (SqlText)$"{new Identifier(k.Column)} = {k.Value}"));

    private static SqlText Is(RowVersion version) => $"\"_seq_no\" = {version.Sequence} AND \"_primary_term\" = {version.Term}";
}

/// <summary>Which version of a row was read.</summary>
/// <param name="Sequence">Its sequence number.</param>
/// <param name="Term">The term of the primary shard that gave it.</param>
internal sealed record RowVersion(long Sequence, long Term);
