using NodaTime;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Sql;

/// <summary>How two computations of one state are compared.</summary>
internal enum Match
{
    /// <summary>Equal, NULL equal to NULL.</summary>
    Exact,

    /// <summary>
    /// Equal to 1e-9 of the magnitudes that were added: engines add doubles in any order, so that two computations differ by
    /// the rounding of everything that was added, not only by that of what came out.
    /// </summary>
    Near,

    /// <summary>As <see cref="Exact"/>, and not at all where ties may fall either way.</summary>
    UnlessTies,
}

/// <summary>The columns of one measure inside a roll-up of the source: the raw value, and the value without NaN and infinities.</summary>
/// <param name="Raw">As it is in the source.</param>
/// <param name="Value">NULL where it is not finite.</param>
/// <param name="At">The time column; NULL where the value is.</param>
/// <param name="Layout">The measure.</param>
/// <param name="Dialect">The engine's language.</param>
internal sealed record MeasureSql(SqlText Raw, SqlText Value, SqlText At, MeasureLayout Layout, Dialect Dialect)
{
    /// <summary>The smallest value of the series at this instant, where that was found before; null where it was not.</summary>
    public SqlText? Settled { get; init; }

    /// <summary>True where the parts that are merged may hold values of one instant: parts of one bucket, not buckets.</summary>
    public bool MayTie { get; init; }

    /// <summary>Which value is first or last of parts.</summary>
    public Ties MergeTies => MayTie ? Layout.Ties : Ties.Any;

    public bool IsFloat => Layout.Column.Type is ColumnType.Float;

    /// <summary>The first or the last value of a group of rows.</summary>
    public SqlText ValueAt(bool earliest) =>
        Settled is { } settled
            ? Dialect.ValueAt(Layout.Column, settled, At, earliest, Ties.Any)
            : Dialect.ValueAt(Layout.Column, Value, At, earliest, Layout.Ties);

    public SqlText Least(SqlText value) => Dialect.Least(Layout.Column, value);

    public SqlText Greatest(SqlText value) => Dialect.Greatest(Layout.Column, value);

    /// <summary>The value of a raw column: NULL where it is not finite, and text that is equal only to itself.</summary>
    public static SqlText ValueOf(Dialect dialect, MeasureLayout layout, SqlText raw) =>
        layout.Column.Type.HasNaN ? dialect.Finite(raw) : dialect.Bytewise(layout.Column, raw);

    /// <summary>The time of a value: NULL where the value is.</summary>
    public static SqlText TimeOf(Dialect dialect, MeasureLayout layout, SqlText raw, SqlText time)
    {
        SqlText there = $"{raw} IS NOT NULL";
        if (layout.Column.Type.HasNaN)
            there = dialect.IsFinite(raw);
        return $"CASE WHEN {there} THEN {time} END";
    }

    /// <summary>The value as something that can be added.</summary>
    public SqlText Number =>
        Layout.Column.Type switch
        {
            ColumnType.Float => $"CAST({Value} AS DOUBLE PRECISION)",
            ColumnType.Bool => $"CAST({Value} AS INTEGER)",
            _ => Value,
        };
}

/// <summary>
/// One stored state: how it is computed from source rows, how it merges from finer states, how two computations compare,
/// and what its total over many groups is. Adding a state is one entry here (semantics: states and how they merge).
/// </summary>
internal sealed record StateSql
{
    private static readonly Dictionary<string, StateSql> s_all = new StateSql[]
    {
        Counted("count", m => $"count({m.Value})"),
        new()
        {
            Suffix = "sum",
            Build = m => m.IsFloat ? m.Dialect.Sum(m.Number) : m.Dialect.ExactSum(m.Number, Scale(m.Layout)),
            Merge = (s, m) => m.IsFloat ? m.Dialect.Sum(s("sum")) : m.Dialect.ExactSum(s("sum"), Scale(m.Layout)),
            Magnitude = m => Many(m.Dialect.Sum($"abs({m.Number})"), $"count({m.Value})"),
            MergeMagnitude = (s, m) => Many(m.Dialect.Sum($"abs({s("sum")}) + {Rounded(s, m)} * {s("count")}"), Parts),
            Match = Match.Near,
            TypeOf = (m, _) => m.Column.Type is ColumnType.Float ? new StateType.Real() : new StateType.Exact(Scale(m)),
            Total = (s, m) => m.IsFloat ? m.Dialect.Sum(s) : m.Dialect.ExactSum(s, Scale(m.Layout)),
        },
        Kept("min", m => m.Least(m.Value), (s, m) => m.Least(s("min")), (s, m) => m.Least(s)),
        Kept("max", m => m.Greatest(m.Value), (s, m) => m.Greatest(s("max")), (s, m) => m.Greatest(s)),
        new()
        {
            Suffix = "first",
            Build = m => m.ValueAt(earliest: true),
            Merge = (s, m) => m.Dialect.ValueAt(m.Layout.Column, s("first"), s("first_at"), earliest: true, m.MergeTies),
            TypeOf = (m, _) => new StateType.Like(m.Column),
            Match = Match.UnlessTies,
        },
        Kept("first_at", m => $"min({m.At})", (s, _) => $"min({s("first_at")})", (s, _) => $"min({s})"),
        new()
        {
            Suffix = "last",
            Build = m => m.ValueAt(earliest: false),
            Merge = (s, m) => m.Dialect.ValueAt(m.Layout.Column, s("last"), s("last_at"), earliest: false, m.MergeTies),
            TypeOf = (m, _) => new StateType.Like(m.Column),
            Match = Match.UnlessTies,
        },
        Kept("last_at", m => $"max({m.At})", (s, _) => $"max({s("last_at")})", (s, _) => $"max({s})"),
        new()
        {
            Suffix = "mean",
            Build = m => $"avg(CAST({m.Number} AS DOUBLE PRECISION))",
            TypeOf = (_, _) => new StateType.Real(),
            Merge = (s, m) => $"{m.Dialect.Sum($"{s("count")} * {s("mean")}")} / nullif(sum({s("count")}), 0)",
            Magnitude = m => Many($"avg(abs(CAST({m.Number} AS DOUBLE PRECISION)))", $"count({m.Value})"),
            MergeMagnitude = (s, m) => Many($"max(abs({s("mean")}) + {Rounded(s, m)})", Parts),
            Match = Match.Near,
        },
        new()
        {
            // Chan et al.: M2 = Σ M2_i + Σ n_i (mean_i − mean)²; the mean of the whole group stands beside each part.
            Suffix = "m2",
            TypeOf = (_, _) => new StateType.Real(),
            Build = m => m.Dialect.SquaredDeviations($"CAST({m.Number} AS DOUBLE PRECISION)"),
            Merge = Whole,
            Magnitude = m =>
                Spread(
                    m.Dialect.SquaredDeviations($"CAST({m.Number} AS DOUBLE PRECISION)"),
                    m.Dialect.Sum($"CAST({m.Number} AS DOUBLE PRECISION) * CAST({m.Number} AS DOUBLE PRECISION)"),
                    $"1"
                ),
            MergeMagnitude = (s, m) => Spread(Whole(s, m), m.Dialect.Sum($"{s("m2")} + {s("count")} * {s("mean")} * {s("mean")}"), Parts),
            Match = Match.Near,
        },
        Counted("nan", NaNs),
        Counted("pinf", Infinities),
        // What is left: engines add up an aggregate that is written twice only once, and a count more costs 0.1 of the roll-up.
        Counted("ninf", m => $"count({m.Raw}) - count({m.Value}) - {NaNs(m)} - {Infinities(m)}"),
    }.ToDictionary(s => s.Suffix);

    /// <summary>The suffix of its column.</summary>
    public required string Suffix { get; init; }

    /// <summary>From rows of the source.</summary>
    public required Func<MeasureSql, SqlText> Build { get; init; }

    /// <summary>From finer states, given the column of each state of the measure by suffix.</summary>
    public required Func<Func<string, SqlText>, MeasureSql, SqlText> Merge { get; init; }

    /// <summary>How it is compared.</summary>
    public required Match Match { get; init; }

    /// <summary>The type of its column, given that of the time.</summary>
    public required Func<MeasureLayout, StateType, StateType> TypeOf { get; init; }

    /// <summary>What was added up, for <see cref="Match.Near"/>; null for exact states.</summary>
    public Func<MeasureSql, SqlText>? Magnitude { get; init; }

    /// <summary>The same from finer states.</summary>
    public Func<Func<string, SqlText>, MeasureSql, SqlText>? MergeMagnitude { get; init; }

    /// <summary>Its total over many groups; null where it has none.</summary>
    public Func<SqlText, MeasureSql, SqlText>? Total { get; init; }

    /// <summary>The state with that suffix.</summary>
    public static StateSql Of(string suffix) => s_all[suffix];

    /// <summary>How this state is compared for one measure: sums of integers and decimals are exact.</summary>
    public Match MatchFor(MeasureLayout layout) =>
        (Match, Suffix) switch
        {
            (Match.Near, "sum") when layout.Column.Type is not ColumnType.Float => Match.Exact,
            (Match.UnlessTies, _) when layout.Ties == Ties.Smallest => Match.Exact,
            _ => Match,
        };

    private static StateSql Counted(string suffix, Func<MeasureSql, SqlText> build) =>
        new()
        {
            Suffix = suffix,
            Build = build,
            Merge = (s, m) => m.Dialect.Whole($"sum({s(suffix)})"),
            TypeOf = (_, _) => new StateType.Count(),
            Match = Match.Exact,
            Total = (s, m) => m.Dialect.Whole($"sum({s})"),
        };

    private static StateSql Kept(
        string suffix,
        Func<MeasureSql, SqlText> build,
        Func<Func<string, SqlText>, MeasureSql, SqlText> merge,
        Func<SqlText, MeasureSql, SqlText> total
    ) =>
        new()
        {
            Suffix = suffix,
            Build = build,
            Merge = merge,
            TypeOf = (m, time) => suffix.EndsWith("_at", StringComparison.Ordinal) ? time : new StateType.Like(m.Column),
            Match = Match.Exact,
            Total = total,
        };

    private static SqlText Whole(Func<string, SqlText> s, MeasureSql m) =>
        m.Dialect.MergedDeviations(s("count"), s("mean"), s("m2"))
        ?? m.Dialect.Sum($"{s("m2")} + {s("count")} * ({s("mean")} - {s("whole")}) * ({s("mean")} - {s("whole")})");

    /// <summary>
    /// Rounding of M2 grows with M2 itself, with the square root of M2 times the sum of squares (the condition number of the
    /// variance, Chan and Lewis 1979), and with the square of what adding up so many parts leaves wrong in the mean. Of a
    /// merge, M2 is that of the whole: what lies between the parts is rounded as well as what is in them.
    /// </summary>
    private static SqlText Spread(SqlText m2, SqlText squares, SqlText parts) =>
        $"({m2} + 1e-3 * sqrt(greatest({m2}, 0)) * sqrt(greatest({squares}, 0)) + (1e-15 + 1e-22 * {parts} * {parts}) * ({squares}))";

    /// <summary>
    /// What is wrong of the mean of a part already, because the values that it was made of were rounded: a tier that was built
    /// from the source is compared with parts that came in between later. Values that cancel leave more than what is left of
    /// them; how large they were, the other states of the measure say.
    /// </summary>
    private static SqlText Rounded(Func<string, SqlText> s, MeasureSql m)
    {
        if (m.Layout.States.Contains("m2"))
            return $"1e-6 * sqrt({s("count")} * greatest({s("m2")} + {s("count")} * {s("mean")} * {s("mean")}, 0))";
        if (m.Layout.States.Contains("min") && m.Layout.States.Contains("max"))
            return $"1e-6 * {s("count")} * greatest(abs(CAST({s("min")} AS DOUBLE PRECISION)), abs(CAST({s("max")} AS DOUBLE PRECISION)))";
        return $"0";
    }

    /// <summary>
    /// Each addition rounds, so that beyond ten million numbers the last digits of their sum can be wrong by more than 1e-9 of
    /// it.
    /// </summary>
    private static SqlText Many(SqlText magnitude, SqlText numbers) => $"({magnitude} * greatest(1, 1e-7 * {numbers}))";

    private static SqlText Parts => $"count(*)";

    // Counting what is not NULL costs less than a FILTER, which sorts the rows of each vector out first.
    private static SqlText NaNs(MeasureSql m) => $"count(CASE WHEN {m.Dialect.IsNaN(m.Raw)} THEN 1 END)";

    private static SqlText Infinities(MeasureSql m) => $"count(CASE WHEN {m.Dialect.IsInfinity(m.Raw)} THEN 1 END)";

    private static int Scale(MeasureLayout layout) => layout.Column.Type is ColumnType.Decimal exact ? exact.Scale : 0;
}
