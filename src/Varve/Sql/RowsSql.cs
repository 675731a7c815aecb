using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Sql;

/// <summary>Counting and removing rows by time; source and states alike.</summary>
internal static class RowsSql
{
    private const long MicrosOfADay = 86_400_000_000;

    /// <summary>The number of all rows.</summary>
    public static SqlText All(TableName table) => $"SELECT count(*) FROM {table}";

    /// <summary>The number of rows of a range.</summary>
    public static SqlText Count(Dialect dialect, TimeColumn time, TableName table, RangeSet ranges) =>
        $"SELECT count(*) FROM {table} WHERE {RangeSql.In(dialect, time, ranges)}";

    /// <summary>True where one of some conditions is.</summary>
    public static SqlText AnyOf(IEnumerable<SqlText> conditions) => SqlText.Join(" OR ", conditions.Select(c => (SqlText)$"({c})"));

    /// <summary>The number of rows of a part of a table; null: of all of it.</summary>
    public static SqlText Within(TableName table, SqlText? within) => $"SELECT count(*) FROM {table}{Condition(within)}";

    /// <summary>The rows of a part, and how many values each column has, with the least and the greatest where it has an order.</summary>
    public static SqlText Summary(Dialect dialect, TableName table, SqlText? within, IEnumerable<Column> columns)
    {
        List<SqlText> values = [$"count(*)"];
        foreach (var column in columns)
        {
            SqlText name = $"{new Identifier(column.Name)}";
            values.Add($"count({name})");
            if (column.Type is not (ColumnType.Nested or ColumnType.Other))
                values.AddRange([dialect.Least(column, name), dialect.Greatest(column, name)]);
        }

        return $"SELECT {SqlText.Join(", ", values)} FROM {table}{Condition(within)}";
    }

    private static SqlText Condition(SqlText? within)
    {
        if (within is null)
            return SqlText.Empty;
        return $" WHERE {within}";
    }

    /// <summary>The number of rows that are in none of some ranges, those without a time among them.</summary>
    public static SqlText CountOutside(Dialect dialect, TimeColumn time, TableName table, SqlText? within, RangeSet ranges)
    {
        SqlText outside = $"({RangeSql.In(dialect, time, ranges)}) IS NOT TRUE";
        if (within is not null)
            outside = $"({within}) AND {outside}";
        return $"SELECT count(*) FROM {table} WHERE {outside}";
    }

    /// <summary>Number, earliest and latest time in microseconds of the rows of a range.</summary>
    public static SqlText Extent(Dialect dialect, TimeColumn time, TableName table, RangeSet ranges)
    {
        SqlText column = $"{new Identifier(time.Name)}";
        return $"SELECT count(*), {dialect.MicrosOf(time, $"min({column})")}, {dialect.MicrosOf(time, $"max({column})")} FROM {table} WHERE {RangeSql.In(dialect, time, ranges)}";
    }

    /// <summary>
    /// Earliest and latest time of all rows in microseconds, NULL where it is not known: engines know them of a table that was
    /// not written to since they settled it.
    /// </summary>
    public static RowQuery MinMax(Dialect dialect, TimeColumn time, TableName table)
    {
        SqlText column = $"{new Identifier(time.Name)}";
        var (min, max) = (Micros(dialect, time, $"min({column})"), Micros(dialect, time, $"max({column})"));
        return new($"SELECT {min}, {max} FROM {table}", [$"SELECT {min} FROM {table}", $"SELECT {max} FROM {table}"]);
    }

    /// <summary>
    /// The same of the rows of some ranges, null for all of them, where others write: the first of an order is found by what
    /// an engine knows of blocks of rows, or by an index, and no table is read for it.
    /// </summary>
    public static SqlText Ends(Dialect dialect, TimeColumn time, TableName table, RangeSet? ranges) =>
        Together(EndsEach(dialect, time, table, ranges));

    /// <summary>The same value by value.</summary>
    public static IReadOnlyList<SqlText> EndsEach(Dialect dialect, TimeColumn time, TableName table, RangeSet? ranges)
    {
        SqlText column = $"{new Identifier(time.Name)}";
        SqlText condition = $"{column} IS NOT NULL";
        if (ranges is not null)
            condition = RangeSql.In(dialect, time, ranges);
        SqlText End(SqlText order) => $"SELECT {Micros(dialect, time, column)} FROM {table} WHERE {condition} ORDER BY {order} LIMIT 1";
        return [End(column), End($"{column} DESC")];
    }

    /// <summary>NULL for what is not known.</summary>
    private static SqlText Micros(Dialect dialect, TimeColumn time, SqlText value) =>
        $"CASE WHEN {dialect.IsFiniteTime(time, value)} THEN {dialect.MicrosOf(time, value)} END";

    /// <summary>The distinct labels of a tier in microseconds.</summary>
    public static SqlText Labels(Dialect dialect, TimeColumn time, TableName states) =>
        $"SELECT DISTINCT {dialect.MicrosOf(time, $"{new Identifier(time.Name)}")} FROM {states}";

    /// <summary>The distinct labels of a tier in some ranges, in microseconds.</summary>
    public static SqlText Labels(Dialect dialect, TimeColumn time, TableName states, RangeSet ranges) =>
        $"{Labels(dialect, time, states)} WHERE {RangeSql.In(dialect, time, ranges)}";

    /// <summary>The number of series that have rows in a range; null: in the table.</summary>
    public static SqlText Series(Dialect dialect, PolicyLayout blueprint, TimeRange? within)
    {
        var condition = SqlText.Empty;
        if (within is not null)
            condition = $" WHERE {RangeSql.In(dialect, blueprint.Time, within)}";
        return $"SELECT count(*) FROM (SELECT DISTINCT {SqlText.Join(", ", StateColumns.Series(blueprint).Select(c => (SqlText)$"{c}"))} FROM {blueprint.Source}{condition}) AS varve_series";
    }

    /// <summary>Buckets of a tier in which there are rows of some ranges: start in microseconds.</summary>
    public static SqlText Buckets(Dialect dialect, PolicyLayout blueprint, TierLayout tier, TimeRange hull, RangeSet ranges) =>
        $"SELECT DISTINCT {BucketSql.Start(dialect, tier.Grid, hull, dialect.MicrosOf(blueprint.Time, $"{new Identifier(blueprint.Time.Name)}"))} FROM {blueprint.Source} WHERE {RangeSql.In(dialect, blueprint.Time, ranges)}";

    /// <summary>
    /// Buckets of the first tier that hold rows stamped since an instant, those of no known time after it included: start, and
    /// the newest stamp up to another instant, NULL for none, in microseconds.
    /// </summary>
    public static SqlText Arrived(
        Dialect dialect,
        PolicyLayout blueprint,
        TimeColumn arrival,
        Instant since,
        Instant until,
        RangeSet within
    )
    {
        SqlText column = $"{new Identifier(arrival.Name)}";
        SqlText stamp =
            $"CASE WHEN {RangeSql.In(dialect, arrival, TimeRange.Before(until + Duration.FromTicks(10)))} THEN {dialect.MicrosOf(arrival, column)} END";
        var bucket = BucketSql.Start(
            dialect,
            blueprint.Tiers[0].Grid,
            new(within.Start!.Value, within.End!.Value),
            dialect.MicrosOf(blueprint.Time, $"{new Identifier(blueprint.Time.Name)}")
        );
        return $"""
            SELECT varve_bucket, max(varve_stamp)
            FROM (SELECT {bucket} AS varve_bucket, {stamp} AS varve_stamp FROM {blueprint.Source}
                  WHERE {column} >= {dialect.TimeValue(arrival, since)} AND {RangeSql.In(dialect, blueprint.Time, within)}) AS varve_arrived
            GROUP BY varve_bucket
            """;
    }

    /// <summary>The days of UTC on which there are rows of some ranges: start in microseconds, and how many.</summary>
    public static SqlText Days(Dialect dialect, TimeColumn time, TableName table, RangeSet ranges) =>
        $"""
            SELECT varve_day, count(*)
            FROM (SELECT {dialect.FloorTo(dialect.MicrosOf(time, $"{new Identifier(time.Name)}"), MicrosOfADay)} AS varve_day
                  FROM {table} WHERE {RangeSql.In(dialect, time, ranges)}) AS varve_days
            GROUP BY varve_day
            """;

    /// <summary>
    /// The number of rows that have no known time, and of those whose time is neither NULL nor infinite: it is out of range.
    /// </summary>
    public static RowQuery Timeless(Dialect dialect, TimeColumn time, TableName table)
    {
        SqlText column = $"{new Identifier(time.Name)}";
        SqlText outside = $"{column}";
        if (time.Type is not ColumnType.Integer)
            outside =
                $"CASE WHEN {column} <> {dialect.TimeValue(time, Instant.MinValue)} AND {column} <> {dialect.TimeValue(time, Instant.MaxValue)} THEN 1 END";
        SqlText rows = $"FROM {table} WHERE NOT {dialect.IsFiniteTime(time, column)}";
        return new($"SELECT count(*), count({outside}) {rows}", [$"SELECT count(*) {rows}", $"SELECT count({outside}) {rows}"]);
    }

    /// <summary>Removes the rows of a range.</summary>
    public static SqlText Delete(Dialect dialect, TimeColumn time, TableName table, RangeSet ranges) =>
        $"DELETE FROM {table} WHERE {RangeSql.In(dialect, time, ranges)}";

    /// <summary>The rows that the states of each bucket of some ranges were made of: start in microseconds, rows.</summary>
    public static SqlText StoredEach(Dialect dialect, TimeColumn time, TableName states, RangeSet ranges) =>
        $"SELECT {dialect.MicrosOf(time, $"{new Identifier(time.Name)}")}, {dialect.Whole($"sum({StateColumns.Rows})")} FROM {states} WHERE {RangeSql.In(dialect, time, ranges)} GROUP BY 1";

    /// <summary>The series that a tier has in each bucket of some ranges: start in microseconds, how many.</summary>
    public static SqlText SeriesEach(Dialect dialect, TimeColumn time, TableName states, RangeSet ranges) =>
        $"SELECT {dialect.MicrosOf(time, $"{new Identifier(time.Name)}")}, count(*) FROM {states} WHERE {RangeSql.In(dialect, time, ranges)} GROUP BY 1";

    /// <summary>What some queries of one number give, in one row.</summary>
    public static SqlText Together(params IEnumerable<SqlText> numbers) =>
        $"SELECT {SqlText.Join(", ", numbers.Select(n => (SqlText)$"({n})"))}";

    /// <summary>The rows that the states of a range were made of.</summary>
    public static SqlText Stored(Dialect dialect, TimeColumn time, TableName states, RangeSet ranges) =>
        $"SELECT {dialect.Whole($"coalesce(sum({StateColumns.Rows}), 0)")} FROM {states} WHERE {RangeSql.In(dialect, time, ranges)}";
}
