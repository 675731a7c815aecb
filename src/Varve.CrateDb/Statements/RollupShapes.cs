using Varve.Policies;
using Varve.Sql;

namespace Varve.CrateDb.Statements;

/// <summary>
/// The states of buckets, from rows and from finer buckets. A grouped sum of doubles leaks between groups, and variances
/// are 0 near large numbers, so both are computed in NUMERIC, which does not lose a digit and does not depend on the order of
/// the rows.
/// </summary>
/// <param name="Source">What is rolled up.</param>
/// <param name="Time">Its time column.</param>
/// <param name="Series">Its series columns.</param>
/// <param name="Reals">Its measures that may be NaN or infinite.</param>
/// <param name="Integers">Its measures of whole numbers.</param>
/// <param name="From">Milliseconds.</param>
/// <param name="To">Milliseconds.</param>
internal sealed record SourceRollup(
    TableName Source, string Time, IReadOnlyList<string> Series, IReadOnlyList<string> Reals, IReadOnlyList<string> Integers, long From,
        long To);

/// <summary>Statements that compute states.</summary>
internal static class RollupShapes
{
    private static readonly SqlText s_bucket = $"bucket";
    private static readonly SqlText s_rows = $"rows";
    private static readonly SqlText s_finite = $"BETWEEN {-double.MaxValue} AND {double.MaxValue}";

    /// <summary>The columns of the states of a measure of doubles, in the order in which they are given.</summary>
    public static IReadOnlyList<Typed> RealStates(string measure) =>
    [
        new($"{measure}_n", $"BIGINT"), new($"{measure}_nan", $"BIGINT"), new($"{measure}_pinf", $"BIGINT"),
            new($"{measure}_ninf", $"BIGINT"),
        new($"{measure}_sum", $"DOUBLE PRECISION"), new($"{measure}_min", $"DOUBLE PRECISION"), new($"{measure}_max", $"DOUBLE PRECISION"),
        new($"{measure}_mean", $"DOUBLE PRECISION"), new($"{measure}_m2", $"DOUBLE PRECISION"),
        new($"{measure}_first_ts", $"TIMESTAMP WITH TIME ZONE"), new($"{measure}_first", $"DOUBLE PRECISION"),
        new($"{measure}_last_ts", $"TIMESTAMP WITH TIME ZONE"), new($"{measure}_last", $"DOUBLE PRECISION"),
    ];

    /// <summary>The columns of the states of a measure of whole numbers.</summary>
    public static IReadOnlyList<Typed> IntegerStates(string measure) =>
        [new($"{measure}_n", $"BIGINT"), new($"{measure}_sum", $"NUMERIC(38, 0)"), new($"{measure}_min", $"BIGINT"),
            new($"{measure}_max", $"BIGINT")];

    /// <summary>
    /// Rows to buckets, by one level of grouping: right wherever no series has two rows at one instant. With the flag it also
    /// says of which buckets that is not so.
    /// </summary>
    public static SqlText FromRows(SourceRollup rollup, SqlText bucket, long generation)
    {
        var states = rollup.Reals.SelectMany(m => Real(m, N(rollup.Time))).Concat(rollup.Integers.SelectMany(Integer));
        return $"""
            SELECT {Listed([.. Named(rollup, TierShapes.SeriesKey(rollup.Series), generation), .. Finals(rollup)])}
            FROM (SELECT {Listed([$"{bucket} AS bucket", .. Series(rollup), $"count(*) AS rows", .. states])}
              FROM ({Rows(rollup)}) r
              GROUP BY {Positions(rollup, 1)}) g
            """;
    }

    /// <summary>
    /// How many buckets have a series with two rows at one instant: of those the first and the last value depend on chance.
    /// </summary>
    public static SqlText Ties(SourceRollup rollup, SqlText bucket) =>
        $"""
        SELECT {bucket} AS bucket FROM {rollup.Source} WHERE {Range(rollup)}
        GROUP BY {Listed([$"1", .. Series(rollup)])} HAVING count(DISTINCT {N(rollup.Time)}) <> count(*)
        """;

    /// <summary>
    /// The same by two levels: first by instant, where of several values the smallest counts, then by bucket. Several times as
    /// slow, so only for buckets that <see cref="Ties"/> named.
    /// </summary>
    public static SqlText FromTiedRows(SourceRollup rollup, SqlText bucket, long generation)
    {
        var inner = rollup.Reals.SelectMany(RealAtInstant).Concat(rollup.Integers.SelectMany(Integer));
        var outer = rollup.Reals.SelectMany(m => RealOfInstants(m, N(rollup.Time))).Concat(rollup.Integers.SelectMany(IntegerOfParts));
        return $"""
            SELECT {Listed([.. Named(rollup, TierShapes.SeriesKey(rollup.Series), generation), .. Finals(rollup)])}
            FROM (SELECT {Listed([s_bucket, .. Series(rollup), $"sum(rows) AS rows", .. outer])}
              FROM (SELECT {Listed([$"{bucket} AS bucket", $"{N(rollup.Time)}", .. Series(rollup), $"count(*) AS rows", .. inner])}
                FROM ({Rows(rollup)}) r
                GROUP BY {Positions(rollup, 2)}) q
              GROUP BY {Positions(rollup, 1)}) g
            """;
    }

    /// <summary>
    /// Buckets to longer ones. M2 + (n·Σ n·m² − (Σ n·m)²) / n is Chan's formula in one pass, and safe only because nothing is
    /// lost in NUMERIC.
    /// </summary>
    public static SqlText FromBuckets(SourceRollup rollup, SqlText bucket, long generation)
    {
        var parts = rollup.Reals.SelectMany(RealOfBuckets).Concat(rollup.Integers.SelectMany(IntegerOfParts));
        return $"""
            SELECT {Listed([.. Named(rollup, $"{N(TierTable.Key)}", generation), .. FinalsOfBuckets(rollup)])}
            FROM (SELECT {Listed([$"{bucket} AS bucket", .. Series(rollup), $"{N(TierTable.Key)}", $"sum(rows) AS rows", .. parts])}
              FROM {rollup.Source} WHERE {Range(rollup)}
              GROUP BY {Positions(rollup, 2)}) g
            """;
    }

    /// <summary>
    /// How many rows and buckets of series there are: what is written is compared with it, because a row that fails is left out in silence.
    /// </summary>
    public static SqlText Expected(SourceRollup rollup, SqlText bucket) =>
        $"""
        SELECT count(*), sum(n) FROM (SELECT {Listed([$"{bucket} AS bucket", .. Series(rollup), $"count(*) AS n"])}
          FROM {rollup.Source} WHERE {Range(rollup)} GROUP BY {Positions(rollup, 1)}) g
        """;

    private static IEnumerable<SqlText> Real(string measure, Identifier time)
    {
        var x = N($"{measure}_x");
        var v = N(measure);
        return
        [
            .. Kinds(measure, v, x),
            $"min({x}) AS {S(measure, "min")}", $"max({x}) AS {S(measure, "max")}",
            $"sum({x}::NUMERIC) AS {S(measure, "s")}", $"sum({x}::NUMERIC * {x}::NUMERIC) AS {S(measure, "sq")}",
            $"min({time}) FILTER (WHERE {x} IS NOT NULL) AS {S(measure, "first_ts")}",
                $"min_by({x}, {time}) FILTER (WHERE {x} IS NOT NULL) AS {S(measure, "first")}",
            $"max({time}) FILTER (WHERE {x} IS NOT NULL) AS {S(measure, "last_ts")}",
                $"max_by({x}, {time}) FILTER (WHERE {x} IS NOT NULL) AS {S(measure, "last")}",
        ];
    }

    private static IEnumerable<SqlText> RealAtInstant(string measure)
    {
        var x = N($"{measure}_x");
        return
        [
            .. Kinds(measure, N(measure), x),
            $"min({x}) AS {S(measure, "min")}", $"max({x}) AS {S(measure, "max")}",
            $"sum({x}::NUMERIC) AS {S(measure, "s")}", $"sum({x}::NUMERIC * {x}::NUMERIC) AS {S(measure, "sq")}",
        ];
    }

    private static IEnumerable<SqlText> Kinds(string measure, Identifier v, Identifier x) =>
    [
        $"count({x}) AS {S(measure, "n")}",
        $"count(*) FILTER (WHERE {v} = {double.NaN}) AS {S(measure, "nan")}",
        $"count(*) FILTER (WHERE {v} = {double.PositiveInfinity}) AS {S(measure, "pinf")}",
        $"count(*) FILTER (WHERE {v} = {double.NegativeInfinity}) AS {S(measure, "ninf")}",
    ];

    private static IEnumerable<SqlText> RealOfInstants(string measure, Identifier time)
    {
        SqlText some = $"FILTER (WHERE {S(measure, "n")} > 0)";
        return
        [
            .. Summed(measure, "n", "nan", "pinf", "ninf"),
            $"min({S(measure, "min")}) AS {S(measure, "min")}", $"max({S(measure, "max")}) AS {S(measure, "max")}",
            .. Summed(measure, "s", "sq"),
            $"min({time}) {some} AS {S(measure, "first_ts")}", $"min_by({S(measure, "min")}, {time}) {some} AS {S(measure, "first")}",
            $"max({time}) {some} AS {S(measure, "last_ts")}", $"max_by({S(measure, "min")}, {time}) {some} AS {S(measure, "last")}",
        ];
    }

    private static IEnumerable<SqlText> RealOfBuckets(string measure)
    {
        SqlText weighted = $"{S(measure, "n")}::NUMERIC * {S(measure, "mean")}::NUMERIC";
        return
        [
            .. Summed(measure, "n", "nan", "pinf", "ninf"),
            $"sum({S(measure, "sum")}::NUMERIC) AS {S(measure, "s")}",
            $"min({S(measure, "min")}) AS {S(measure, "min")}", $"max({S(measure, "max")}) AS {S(measure, "max")}",
            $"sum({S(measure, "m2")}::NUMERIC)::DOUBLE PRECISION AS {S(measure, "m2")}",
            $"sum({weighted}) AS {S(measure, "nm")}", $"sum({weighted} * {S(measure, "mean")}::NUMERIC) AS {S(measure, "nmm")}",
            $"min({S(measure, "first_ts")}) AS {S(measure, "first_ts")}",
                $"min_by({S(measure, "first")}, {S(measure, "first_ts")}) AS {S(measure, "first")}",
            $"max({S(measure, "last_ts")}) AS {S(measure, "last_ts")}",
                $"max_by({S(measure, "last")}, {S(measure, "last_ts")}) AS {S(measure, "last")}",
        ];
    }

    private static IEnumerable<SqlText> Integer(string measure) =>
    [
        $"count({N(measure)}) AS {S(measure, "n")}", $"sum({N(measure)}::NUMERIC) AS {S(measure, "sum")}",
        $"min({N(measure)}) AS {S(measure, "min")}", $"max({N(measure)}) AS {S(measure, "max")}",
    ];

    private static IEnumerable<SqlText> IntegerOfParts(string measure) =>
    [
        .. Summed(measure, "n", "sum"), $"min({S(measure, "min")}) AS {S(measure, "min")}",
            $"max({S(measure, "max")}) AS {S(measure, "max")}",
    ];

    private static IEnumerable<SqlText> Summed(string measure, params IEnumerable<string> states) =>
        states.Select(state => (SqlText)$"sum({S(measure, state)}) AS {S(measure, state)}");

    private static IEnumerable<SqlText> Finals(SourceRollup rollup) => rollup.Reals.SelectMany(m => (SqlText[])
    [
        .. Plain(m, "n", "nan", "pinf", "ninf"), $"{S(m, "s")}::DOUBLE PRECISION", .. Plain(m, "min", "max"),
        $"{S(m, "s")}::DOUBLE PRECISION / {S(m, "n")}",
        $"(({S(m, "n")}::NUMERIC * {S(m, "sq")} - {S(m, "s")} * {S(m, "s")})::DOUBLE PRECISION) / {S(m, "n")}",
        .. Plain(m, "first_ts", "first", "last_ts", "last"),
    ]).Concat(rollup.Integers.SelectMany(m => Plain(m, "n", "sum", "min", "max")));

    private static IEnumerable<SqlText> FinalsOfBuckets(SourceRollup rollup) => rollup.Reals.SelectMany(m => (SqlText[])
    [
        .. Plain(m, "n", "nan", "pinf", "ninf"), $"{S(m, "s")}::DOUBLE PRECISION", .. Plain(m, "min", "max"),
        $"{S(m, "s")}::DOUBLE PRECISION / {S(m, "n")}",
        $"{S(m, "m2")} + (({S(m, "n")}::NUMERIC * {S(m, "nmm")} - {S(m, "nm")} * {S(m, "nm")})::DOUBLE PRECISION) / {S(m, "n")}",
        .. Plain(m, "first_ts", "first", "last_ts", "last"),
    ]).Concat(rollup.Integers.SelectMany(m => Plain(m, "n", "sum", "min", "max")));

    private static IEnumerable<SqlText> Plain(string measure, params IEnumerable<string> states) =>
        states.Select(state => (SqlText)$"{S(measure, state)}");

    /// <summary>The rows with what is finite of each measure beside it: NaN cannot become NUMERIC.</summary>
    private static SqlText Rows(SourceRollup rollup)
    {
        IEnumerable<SqlText> finite = rollup.Reals.Select(m => (SqlText)$"CASE WHEN {N(m)} {s_finite} THEN {N(m)} END AS {N($"{m}_x")}");
        IEnumerable<string> plain = [rollup.Time, .. rollup.Series, .. rollup.Reals, .. rollup.Integers];
        return $"SELECT {SqlText.Join(", ", plain.Select(c => (SqlText)$"{N(c)}").Concat(finite))} FROM {rollup.Source} WHERE " +
            $"{Range(rollup)}";
    }

    private static SqlText Range(SourceRollup rollup) => $"{N(rollup.Time)} >= {rollup.From} AND {N(rollup.Time)} < {rollup.To}";

    private static IEnumerable<SqlText> Named(SourceRollup rollup, SqlText key, long generation) =>
        [s_bucket, .. Series(rollup), key, $"{generation}::BIGINT", s_rows];

    private static IEnumerable<SqlText> Series(SourceRollup rollup) => rollup.Series.Select(s => (SqlText)$"{N(s)}");

    private static SqlText Listed(IEnumerable<SqlText> parts) => SqlText.Join(", ", parts);

    private static SqlText Positions(SourceRollup rollup, int others) =>
        SqlText.Join(", ", Enumerable.Range(1, rollup.Series.Count + others).Select(i => (SqlText)$"{(long)i}"));

    private static Identifier N(string name) => new(name);

    private static Identifier S(string measure, string state) => new($"{measure}_{state}");
}
