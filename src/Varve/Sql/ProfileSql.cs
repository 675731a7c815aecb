using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Sql;

/// <summary>Looking at a table that nobody has described: each question reads a bounded number of rows.</summary>
internal static class ProfileSql
{
    /// <summary>The columns of the primary key in their order.</summary>
    public static SqlText Key(TableName table) =>
        $"""
            SELECT k.column_name FROM information_schema.key_column_usage k
            JOIN information_schema.table_constraints c ON c.constraint_name = k.constraint_name AND c.table_schema = k.table_schema AND c.table_name = k.table_name
            WHERE c.constraint_type = {"PRIMARY KEY"} AND k.table_catalog = current_database() AND c.table_catalog = current_database() AND k.table_schema = {table.Schema} AND k.table_name = {table.Name}
            ORDER BY k.ordinal_position
            """;

    /// <summary>
    /// Rows that were looked at, then for each column four values: those that are not NULL, the distinct ones, the least
    /// and the greatest; NULL for what its type is not asked for.
    /// </summary>
    /// <param name="dialect">The engine.</param>
    /// <param name="table">The table.</param>
    /// <param name="columns">Its columns, none of them nested.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="wanted">About how many are looked at; at most twice as many are.</param>
    public static SqlText Columns(Dialect dialect, TableName table, IReadOnlyList<Column> columns, long rows, long wanted)
    {
        SqlText from = $"{table}";
        if (rows > 2 * wanted)
            from = dialect.Sampled(table, Math.Clamp((100 * wanted / rows) + 1, 1, 100));
        SqlText nothing = $"CAST(NULL AS BIGINT)";
        var facts = columns.SelectMany(column =>
        {
            SqlText name = $"{new Identifier(column.Name)}";
            return new[]
            {
                (SqlText)$"count({name})",
                Counted(column.Type) ? $"count(DISTINCT {name})" : nothing,
                column.Type is ColumnType.Integer ? $"CAST(min({name}) AS DOUBLE PRECISION)" : nothing,
                column.Type is ColumnType.Integer ? $"CAST(max({name}) AS DOUBLE PRECISION)" : nothing,
            };
        });
        return $"""
            SELECT {SqlText.Join(", ", new[] { (SqlText)$"count(*)" }.Concat(facts))}
            FROM (SELECT {Names(columns.Select(c => c.Name))} FROM {from} LIMIT {2 * wanted}) AS varve_sample
            """;
    }

    /// <summary>
    /// Rows of a stretch of time in the order of time, compared with the row before among those that agree in some other
    /// columns: rows, those that have one before, of these those at the same instant with another value of one column, and
    /// those with another value of it.
    /// </summary>
    public static SqlText Neighbours(
        Dialect dialect,
        TableName table,
        TimeColumn time,
        TimeRange window,
        string column,
        IReadOnlyList<string> others,
        long most
    )
    {
        var (at, value) = (new Identifier(time.Name), new Identifier(column));
        SqlText differs = $"varve_value IS DISTINCT FROM varve_value_before";
        return $"""
            SELECT count(*), count(varve_before),
                   count(CASE WHEN varve_at = varve_before AND {differs} THEN 1 END),
                   count(CASE WHEN varve_before IS NOT NULL AND {differs} THEN 1 END)
            FROM (SELECT {at} AS varve_at, {value} AS varve_value, lag({at}) OVER varve_order AS varve_before, lag({value}) OVER varve_order AS varve_value_before
                  FROM {Window(dialect, table, time, window, [column, .. others], most)}
                  WINDOW varve_order AS ({By(others)}ORDER BY {at})) AS varve_rows
            """;
    }

    /// <summary>
    /// For each of some numbers: steps from one value of a series to its next one, of these those to another value, to a greater
    /// and to a smaller one, and whether there is more than one value in all.
    /// </summary>
    public static SqlText Moves(
        Dialect dialect,
        TableName table,
        TimeColumn time,
        TimeRange window,
        IReadOnlyList<string> numbers,
        IReadOnlyList<string> series,
        long most
    )
    {
        var at = new Identifier(time.Name);
        List<SqlText> inner = [],
            outer = [];
        for (var i = 0; i < numbers.Count; i++)
        {
            var (name, value, before) = (new Identifier(numbers[i]), Numbered("varve_value", i), Numbered("varve_before", i));
            inner.AddRange([$"{name} AS {value}", $"lag({name}) OVER varve_order AS {before}"]);
            outer.AddRange([
                $"count(CASE WHEN {before} IS NOT NULL AND {value} IS NOT NULL THEN 1 END)",
                $"count(CASE WHEN {value} <> {before} THEN 1 END)",
                $"count(CASE WHEN {value} > {before} THEN 1 END)",
                $"count(CASE WHEN {value} < {before} THEN 1 END)",
                $"coalesce(min({value}) < max({value}), false)",
            ]);
        }

        return $"""
            SELECT {SqlText.Join(", ", outer)}
            FROM (SELECT {SqlText.Join(", ", inner)} FROM {Window(dialect, table, time, window, [.. numbers, .. series], most)}
                  WINDOW varve_order AS ({By(series)}ORDER BY {at})) AS varve_rows
            """;
    }

    private static Identifier Numbered(string name, int number) => new(FormattableString.Invariant($"{name}_{number}"));

    /// <summary>Rows of a stretch of time, and those of them that share instant and series with another one.</summary>
    public static SqlText Ties(Dialect dialect, TableName table, TimeColumn time, TimeRange window, IReadOnlyList<string> series, long most)
    {
        var at = new Identifier(time.Name);
        return $"""
            SELECT count(*), count(CASE WHEN varve_at = varve_before THEN 1 END)
            FROM (SELECT {at} AS varve_at, lag({at}) OVER ({By(series)}ORDER BY {at}) AS varve_before
                  FROM {Window(dialect, table, time, window, series, most)}) AS varve_rows
            """;
    }

    /// <summary>Steps from one instant of a series to its next one: how many, and their quartiles in microseconds; NULL for none.</summary>
    public static SqlText Pace(Dialect dialect, TableName table, TimeColumn time, TimeRange window, IReadOnlyList<string> series, long most)
    {
        var micros = dialect.MicrosOf(time, $"{new Identifier(time.Name)}");
        return $"""
            SELECT count(*), min(CASE WHEN varve_number * 4 >= varve_of THEN varve_step END), min(CASE WHEN varve_number * 2 >= varve_of THEN varve_step END),
                   min(CASE WHEN varve_number * 4 >= varve_of * 3 THEN varve_step END)
            FROM (SELECT varve_step, row_number() OVER (ORDER BY varve_step) AS varve_number, count(*) OVER () AS varve_of
                  FROM (SELECT {micros} - lag({micros}) OVER ({By(series)}ORDER BY {micros}) AS varve_step
                        FROM {Window(dialect, table, time, window, series, most)}) AS varve_steps
                  WHERE varve_step > 0) AS varve_sorted
            """;
    }

    private static SqlText Window(
        Dialect dialect,
        TableName table,
        TimeColumn time,
        TimeRange window,
        IEnumerable<string> columns,
        long most
    ) =>
        $"(SELECT {Names(columns.Prepend(time.Name))} FROM {table} WHERE {RangeSql.In(dialect, time, window)} LIMIT {most}) AS varve_window";

    private static SqlText By(IReadOnlyList<string> columns)
    {
        if (columns.Count == 0)
            return SqlText.Empty;
        return $"PARTITION BY {Names(columns)} ";
    }

    private static SqlText Names(IEnumerable<string> columns) => SqlText.Join(", ", columns.Select(c => (SqlText)$"{new Identifier(c)}"));

    private static bool Counted(ColumnType type) => type is ColumnType.Text or ColumnType.Integer or ColumnType.Bool or ColumnType.Other;
}
