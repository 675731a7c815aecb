using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Sql;

/// <summary>
/// Compares what is stored in a tier with what its input gives. One set of conditions serves the recheck, both kinds of
/// proof and <c>verify</c>: per bucket and series for the full proof, per bucket for the recheck, in one for totals.
/// </summary>
internal sealed class CompareSql(PolicyLayout blueprint, TierLayout tier, Dialect dialect)
{
    // So many states of each bucket and series are compared at once.
    private const int MostStates = 400;

    private const string OfComputed = "varve_computed";
    private const string OfStored = "varve_stored";

    private readonly RollupSql _rollup = new(blueprint, tier, dialect);

    private Identifier Time { get; } = new(blueprint.Time.Name);

    /// <summary>
    /// Buckets in which a state differs: start in microseconds, series that differ, whether some has fewer and some as many
    /// or more rows than stored, rows found and rows stored of those series, and how many of them are stored.
    /// </summary>
    public SqlText Buckets(RelationId input, RangeSet ranges)
    {
        var groups = Groups();
        var differing =
            groups.Count == 1
                ? Differing(input, ranges, withSeries: false)
                : SqlText.Join(" UNION ", groups.Select(g => g.Differing(input, ranges, withSeries: true)));
        return $"""
            SELECT varve_bucket, count(*), max(CASE WHEN varve_found < varve_kept THEN 1 ELSE 0 END) = 1, max(CASE WHEN varve_found >= varve_kept THEN 1 ELSE 0 END) = 1, sum(varve_found), sum(varve_kept), count(*) FILTER (WHERE varve_kept > 0)
            FROM ({differing}) AS varve_differing
            GROUP BY varve_bucket ORDER BY varve_bucket
            """;
    }

    /// <summary>Series of buckets in which a state differs; with the series, one that differs in several groups is one row.</summary>
    private SqlText Differing(RelationId input, RangeSet ranges, bool withSeries)
    {
        List<SqlText> columns =
        [
            $"{dialect.MicrosOf(blueprint.Time, $"coalesce({Computed(Time)}, {Stored(Time)})")} AS varve_bucket",
            $"coalesce({Computed(StateColumns.Rows)}, 0) AS varve_found",
            $"coalesce({Stored(StateColumns.Rows)}, 0) AS varve_kept",
        ];
        if (withSeries)
            columns.AddRange(StateColumns.Series(blueprint).Select(c => (SqlText)$"coalesce({Computed(c)}, {Stored(c)})"));
        return $"SELECT {SqlText.Join(", ", columns)} FROM {Sides(input, ranges)} WHERE {Any(Differences())}";
    }

    /// <summary>The same for some measures each: what is added up of hundreds of them at once does not fit into the usual memory.</summary>
    public IReadOnlyList<CompareSql> Groups()
    {
        List<List<MeasureLayout>> groups =
        [
            [],
        ];
        foreach (var measure in blueprint.Measures)
        {
            if (groups[^1].Count > 0 && groups[^1].Sum(m => m.States.Count) + measure.States.Count > MostStates)
                groups.Add([]);
            groups[^1].Add(measure);
        }

        return groups.Count == 1 ? [this] : [.. groups.Select(group => new CompareSql(blueprint with { Measures = group }, tier, dialect))];
    }

    /// <summary>
    /// Buckets in which the values of a series that differs have become one, or none, with as many rows as before: start in
    /// microseconds.
    /// </summary>
    public SqlText Flattened(RelationId input, RangeSet ranges) =>
        SqlText.Join(" UNION ", Groups().Select(g => g.FlattenedOfAll(input, ranges)));

    private SqlText FlattenedOfAll(RelationId input, RangeSet ranges)
    {
        var lost = blueprint.Measures.Select(
            (measure, i) =>
                (SqlText)
                    $"(({Any(DifferencesOf(measure))}) AND {ExtremesSql.Lost(measure, Computed, state => Stored(StateColumns.Of(measure, state)), Stored(StateColumns.Rows), i)})"
        );
        return $"""
            SELECT DISTINCT {dialect.MicrosOf(blueprint.Time, Stored(Time))} FROM {Sides(input, ranges, extremes: true)}
            WHERE {Computed(StateColumns.Rows)} = {Stored(StateColumns.Rows)} AND ({Any(lost)})
            """;
    }

    /// <summary>
    /// The first series that differ, oldest buckets first: start in microseconds, the series as text, then for each state that
    /// is compared whether it differs, and both values as text.
    /// </summary>
    public SqlText Examples(RelationId input, RangeSet ranges, long most)
    {
        List<SqlText> columns = [dialect.MicrosOf(blueprint.Time, $"coalesce({Computed(Time)}, {Stored(Time)})")];
        columns.AddRange(
            blueprint
                .Series.Select(c => new Identifier(c.Name))
                .Select(c => (SqlText)$"CAST(coalesce({Computed(c)}, {Stored(c)}) AS VARCHAR)")
        );
        foreach (var (column, differs) in Shown())
            columns.AddRange([differs, $"CAST({Stored(column)} AS VARCHAR)", $"CAST({Computed(column)} AS VARCHAR)"]);
        var order = SqlText.Join(", ", Enumerable.Range(1, 1 + blueprint.Series.Count).Select(i => (SqlText)$"{(long)i}"));
        return $"SELECT {SqlText.Join(", ", columns)} FROM {Sides(input, ranges)} WHERE {Any(Differences())} ORDER BY {order} LIMIT {most}";
    }

    /// <summary>The columns of <see cref="Examples"/>, in order.</summary>
    public IEnumerable<string> ExampleColumns => Shown().Select(s => s.Column.Value);

    private IEnumerable<(Identifier Column, SqlText Differs)> Shown()
    {
        yield return (StateColumns.Rows, Differs(StateColumns.Rows));
        if (blueprint.Policy.Interval is not null)
            yield return (StateColumns.Covered, Differs(StateColumns.Covered));
        foreach (var (measure, state) in StateColumns.States(blueprint))
            if (Difference(measure, state) is { } difference)
                yield return (StateColumns.Of(measure, state.Suffix), difference);
    }

    /// <summary>The number of buckets that have rows.</summary>
    public SqlText BucketCount(RangeSet ranges) =>
        $"SELECT count(DISTINCT {Time}) FROM {tier.States} WHERE {RangeSql.In(dialect, blueprint.Time.Starts, ranges)}";

    /// <summary>The number of buckets and series that were compared.</summary>
    public SqlText Compared(RangeSet ranges) =>
        $"SELECT count(*) FROM {tier.States} WHERE {RangeSql.In(dialect, blueprint.Time.Starts, ranges)}";

    /// <summary>Buckets whose totals over all series differ from the source: start in microseconds, rows found, rows stored.</summary>
    public SqlText BucketTotals(RangeSet ranges) =>
        $"""
            SELECT {StartOf(ranges, $"coalesce({Computed(StateColumns.Bucket)}, {Stored(StateColumns.Bucket)})")}, coalesce({Computed(
                StateColumns.Rows
            )}, 0), coalesce({Stored(StateColumns.Rows)}, 0)
            FROM {TotalSides(ranges, perBucket: true)}
            WHERE {SqlText.Join(" OR ", TotalDifferences(perBucket: true))}
            ORDER BY 1
            """;

    /// <summary>The start in microseconds of the oldest bucket with rows whose totals agree with the source; no row for none.</summary>
    public SqlText OldestAgreeing(RangeSet ranges) =>
        $"""
            SELECT {StartOf(ranges, $"{StateColumns.Bucket}")}
            FROM (SELECT min({Stored(StateColumns.Bucket)}) AS {StateColumns.Bucket}
                  FROM {TotalSides(ranges, perBucket: true)}
                  WHERE NOT ({SqlText.Join(" OR ", TotalDifferences(perBucket: true))})) AS varve_oldest
            WHERE {StateColumns.Bucket} IS NOT NULL
            """;

    /// <summary>One row where the totals over all buckets and series differ: rows found, rows stored.</summary>
    public SqlText Totals(RangeSet ranges) =>
        $"""
            SELECT coalesce({Computed(StateColumns.Rows)}, 0), coalesce({Stored(StateColumns.Rows)}, 0)
            FROM {TotalSides(ranges, perBucket: false)}
            WHERE {SqlText.Join(" OR ", TotalDifferences(perBucket: false))}
            """;

    private SqlText Sides(RelationId input, RangeSet ranges, bool extremes = false)
    {
        List<Identifier> stored = [.. StateColumns.All(blueprint, tier)];
        List<Identifier> computed = [.. stored, .. _rollup.Near().Select(n => n.Name)];
        if (extremes)
            computed.AddRange(
                Enumerable.Range(0, blueprint.Measures.Count).SelectMany(i => (Identifier[])[ExtremesSql.Least(i), ExtremesSql.Greatest(i)])
            );
        return Beside(
            _rollup.Select(input, ranges, magnitudes: true, extremes: extremes),
            computed,
            $"SELECT {SqlText.Join(", ", stored.Select(c => (SqlText)$"{c}"))} FROM {tier.States} WHERE {RangeSql.In(dialect, blueprint.Time.Starts, ranges)}",
            stored,
            [
                (Time, $"{Computed(Time)} = {Stored(Time)}"),
                .. blueprint.Series.Select(c => (new Identifier(c.Name), dialect.Same(c, Computed(new(c.Name)), Stored(new(c.Name))))),
            ]
        );
    }

    /// <summary>What is computed and what is stored under one key in one row, each NULL where there is none.</summary>
    private SqlText Beside(
        SqlText computed,
        IReadOnlyList<Identifier> ofComputed,
        SqlText stored,
        IReadOnlyList<Identifier> ofStored,
        IReadOnlyList<(Identifier Column, SqlText Same)> keys
    )
    {
        SqlText Side(SqlText number, Func<Identifier, SqlText> column) =>
            $"SELECT {number} AS varve_side, {SqlText.Join(", ", ofComputed.Select(column))}";
        SqlText Of(SqlText number, string side, IReadOnlyList<Identifier> columns) =>
            SqlText.Join(
                ", ",
                columns.Select(c => (SqlText)$"{dialect.Any($"{c}")} FILTER (WHERE varve_side = {number}) AS {Prefixed(side, c)}")
            );
        if (dialect.JoinsFully)
        {
            SqlText same = $"true";
            if (keys.Count > 0)
                same = SqlText.Join(" AND ", keys.Select(k => k.Same));
            return $"({computed}) AS varve_computed FULL JOIN ({stored}) AS varve_stored ON {same}";
        }

        var group = SqlText.Empty;
        if (keys.Count > 0)
            group = $" GROUP BY {SqlText.Join(", ", keys.Select(k => (SqlText)$"{k.Column}"))}";
        return $"""
            (SELECT {Of($"1", OfComputed, ofComputed)}, {Of($"2", OfStored, ofStored)}
            FROM ({Side($"1", c => $"{c}")} FROM ({computed}) AS varve_computed
            UNION ALL {Side(
                $"2",
                c => ofStored.Contains(c) ? (SqlText)$"{c}" : $"NULL"
            )} FROM ({stored}) AS varve_stored) AS varve_sides{group}) AS varve_beside
            """;
    }

    private IEnumerable<SqlText> Differences()
    {
        yield return Differs(StateColumns.Rows);
        if (blueprint.Policy.Interval is not null)
            yield return Differs(StateColumns.Covered);
        foreach (var difference in blueprint.Measures.SelectMany(DifferencesOf))
            yield return difference;
    }

    private IEnumerable<SqlText> DifferencesOf(MeasureLayout measure) =>
        measure.States.Select(s => Difference(measure, StateSql.Of(s))).OfType<SqlText>();

    /// <summary>Whether a state differs; null for one that is not compared.</summary>
    private SqlText? Difference(MeasureLayout measure, StateSql state)
    {
        var column = StateColumns.Of(measure, state.Suffix);
        return state.MatchFor(measure) switch
        {
            Match.Exact => Differs(column),
            Match.Near => DiffersMuch(column, _rollup.Near().First(n => n.Measure == measure && n.State == state).Name),
            _ => null,
        };
    }

    private static SqlText Any(IEnumerable<SqlText> conditions) => SqlText.Join(" OR ", conditions.Prepend((SqlText)$"1 = 0"));

    private SqlText StartOf(RangeSet ranges, SqlText bucket)
    {
        if (Binned(ranges) is not null)
            return dialect.MicrosOf(blueprint.Time, bucket);
        return BucketSql.AreNumbered(tier.Grid, Hull(ranges)) ? BucketSql.StartOf(dialect, tier.Grid, Hull(ranges), bucket) : bucket;
    }

    private SqlText BucketOf(RangeSet ranges)
    {
        if (Binned(ranges) is { } binned)
            return binned;
        var micros = dialect.MicrosOf(blueprint.Time, $"{Time}");
        return BucketSql.AreNumbered(tier.Grid, Hull(ranges))
            ? BucketSql.Number(dialect, tier.Grid, Hull(ranges), micros)
            : BucketSql.Start(dialect, tier.Grid, Hull(ranges), micros);
    }

    /// <summary>As the roll-up groups: where all buckets are equally long, the start itself may be quicker than a number.</summary>
    private SqlText? Binned(RangeSet ranges) =>
        ranges.Start > Instant.MinValue && ranges.End < Instant.MaxValue && tier.Grid.Runs(Hull(ranges)) is [var run]
            ? dialect.Binned(blueprint.Time, $"{Time}", run.Width, run.Start)
            : null;

    private static TimeRange Hull(RangeSet ranges) => new(ranges.Start!.Value, ranges.End!.Value);

    private SqlText TotalSides(RangeSet ranges, bool perBucket)
    {
        List<(SqlText Value, Identifier Name)> computed = [($"count(*)", StateColumns.Rows)];
        List<(SqlText Value, Identifier Name)> stored = [(dialect.Whole($"sum({StateColumns.Rows})"), StateColumns.Rows)];
        foreach (var (measure, state) in Totalled(perBucket))
        {
            var column = StateColumns.Of(measure, state.Suffix);
            var sql = Measure(measure);
            computed.Add((state.Build(sql), column));
            stored.Add((state.Total!($"{column}", sql), column));
        }

        computed.AddRange(NearTotals().Select(n => (n.State.Magnitude!(Measure(n.Measure)), n.Name)));
        if (perBucket)
        {
            var bucket = (BucketOf(ranges), StateColumns.Bucket);
            computed.Insert(0, bucket);
            stored.Insert(0, bucket);
        }

        SqlText Side(IEnumerable<(SqlText Value, Identifier Name)> columns, TableName table, SqlText within)
        {
            var group = SqlText.Empty;
            if (perBucket)
                group = $" GROUP BY {StateColumns.Bucket}";
            return $"SELECT {SqlText.Join(", ", columns.Select(c => (SqlText)$"{c.Value} AS {c.Name}"))} FROM {table} WHERE {within}{group}";
        }

        return Beside(
            Side(computed, blueprint.Source, RangeSql.In(dialect, blueprint.Time, ranges)),
            [.. computed.Select(c => c.Name)],
            Side(stored, tier.States, RangeSql.In(dialect, blueprint.Time.Starts, ranges)),
            [.. stored.Select(c => c.Name)],
            perBucket ? [(StateColumns.Bucket, $"{Computed(StateColumns.Bucket)} = {Stored(StateColumns.Bucket)}")] : []
        );
    }

    private IEnumerable<SqlText> TotalDifferences(bool perBucket)
    {
        yield return $"coalesce({Computed(StateColumns.Rows)}, 0) <> coalesce({Stored(StateColumns.Rows)}, 0)";
        var near = NearTotals().ToDictionary(n => (n.Measure, n.State.Suffix), n => n.Name);
        foreach (var (measure, state) in Totalled(perBucket))
        {
            var column = StateColumns.Of(measure, state.Suffix);
            yield return near.TryGetValue((measure, state.Suffix), out var magnitude) ? DiffersMuch(column, magnitude) : Differs(column);
        }
    }

    /// <summary>
    /// The recheck looks at count, sum, min and max, whose cost every run pays; the proof by totals at all that have one.
    /// </summary>
    private IEnumerable<(MeasureLayout Measure, StateSql State)> Totalled(bool perBucket) =>
        StateColumns.States(blueprint).Where(s => s.State.Total is not null && (!perBucket || IsWatched(s.State.Suffix)));

    /// <summary>The columns of the states that the recheck looks at.</summary>
    public static IEnumerable<string> Watched(PolicyLayout blueprint) =>
        blueprint.Measures.SelectMany(m => m.States.Where(IsWatched).Select(m.ColumnOf));

    private static bool IsWatched(string state) => state is "count" or "sum" or "min" or "max";

    private IEnumerable<(MeasureLayout Measure, StateSql State, Identifier Name)> NearTotals() =>
        _rollup.Near().Where(n => n.State.Total is not null);

    private MeasureSql Measure(MeasureLayout layout)
    {
        var raw = dialect.Measured(layout.Column);
        return new(raw, MeasureSql.ValueOf(dialect, layout, raw), MeasureSql.TimeOf(dialect, layout, raw, $"{Time}"), layout, dialect);
    }

    private SqlText Differs(Identifier column) => $"{Computed(column)} IS DISTINCT FROM {Stored(column)}";

    private SqlText DiffersMuch(Identifier column, Identifier magnitude) =>
        $"NOT ({Computed(column)} IS NOT DISTINCT FROM {Stored(column)} OR coalesce(abs({Computed(column)} - {Stored(column)}) <= 1e-9 * {Computed(magnitude)}, false))";

    private SqlText Computed(Identifier column) => Of(OfComputed, column);

    private SqlText Stored(Identifier column) => Of(OfStored, column);

    private SqlText Of(string side, Identifier column)
    {
        if (dialect.JoinsFully)
            return $"{new Identifier(side)}.{column}";
        return $"{Prefixed(side, column)}";
    }

    private static Identifier Prefixed(string side, Identifier column) => new($"{side}_{column.Value}");
}
