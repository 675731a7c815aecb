using Varve.Policies;
using Varve.Time;

namespace Varve.Sql;

/// <summary>What is done with the rows of a recurrent query: they are put aside, looked at, and put where they belong.</summary>
internal static class WindowSql
{
    /// <summary>A statement that puts its rows nowhere.</summary>
    public static SqlText Alone(BoundSql query) => $"{query}";

    /// <summary>How the engine would answer it, without answering it.</summary>
    public static SqlText Explain(BoundSql query) => $"EXPLAIN {query}";

    // The line break ends a comment in the last line of the query.
    public static SqlText Stage(TableName stage, BoundSql query) => $"CREATE TABLE {stage} AS SELECT * FROM (\n{query}\n) AS q";

    public static SqlText Drop(TableName stage) => $"DROP TABLE {stage}";

    public static SqlText Count(TableName stage) => $"SELECT count(*) FROM {stage}";

    /// <summary>How many rows have a time that is not in the window, or none.</summary>
    public static SqlText Outside(TableName stage, Identifier time, TimeRange window) =>
        $"SELECT count(*) FROM {stage} WHERE {time} IS NULL OR {time} < {window.From} OR {time} >= {window.To}";

    /// <summary>Removes what the window holds.</summary>
    public static SqlText Clear(TableName into, Identifier time, TimeRange window) =>
        $"DELETE FROM {into} WHERE {time} >= {window.From} AND {time} < {window.To}";

    /// <summary>Puts the rows where they belong, column by column.</summary>
    public static SqlText Add(TableName into, IReadOnlyList<Identifier> columns, TableName stage)
    {
        var names = SqlText.Join(", ", columns.Select(c => (SqlText)$"{c}"));
        return $"INSERT INTO {into} ({names}) SELECT {names} FROM {stage}";
    }
}
