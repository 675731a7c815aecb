using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Sql;

/// <summary>The states of a tier, computed from the source or merged from a finer tier.</summary>
internal sealed class RollupSql(PolicyLayout blueprint, TierLayout tier, Dialect dialect)
{
    private SqlText Time { get; } = $"{new Identifier(blueprint.Time.Name)}";

    /// <summary>
    /// The states of all buckets of some ranges, in the order of <see cref="StateColumns.All"/>; magnitudes behind, where
    /// asked for. The boundaries of a range without end are those within <paramref name="known"/>.
    /// </summary>
    public SqlText Select(RelationId input, RangeSet ranges, TimeRange? known = null, bool magnitudes = false, bool extremes = false)
    {
        var covered = input == RelationId.Source;
        return Select(
            ranges,
            known,
            magnitudes,
            covered,
            key =>
                covered
                    ? FromSource(ranges, key, magnitudes, extremes)
                    : FromTier(blueprint.Tier(input), $"{blueprint.Tier(input).States}", ranges, key, magnitudes, extremes: extremes),
            extremes
        );
    }

    /// <summary>
    /// The states of parts of the tier's own buckets in one: a table of the same columns with several rows for a bucket and
    /// series.
    /// </summary>
    public SqlText Merged(TableName parts, RangeSet buckets) =>
        Select(
            buckets,
            null,
            magnitudes: false,
            fromRows: false,
            key => FromTier(tier, $"{parts}", buckets, key, magnitudes: false, mayTie: true)
        );

    /// <summary>Bounded ranges that lie in one bucket, each from a relation of its own, as the states of that bucket.</summary>
    public SqlText Joined(IEnumerable<(RelationId Input, TimeRange Range)> parts, TimeRange bucket)
    {
        var selects = parts.Select(p => Select(p.Input, RangeSet.Of(p.Range)));
        SqlText joined = $"({SqlText.Join(" UNION ALL ", selects)}) AS varve_pieces";
        return Select(
            RangeSet.Of(bucket),
            null,
            magnitudes: false,
            fromRows: false,
            key => FromTier(tier, joined, RangeSet.Of(bucket), key, magnitudes: false)
        );
    }

    private SqlText Select(
        RangeSet ranges,
        TimeRange? known,
        bool magnitudes,
        bool fromRows,
        Func<SqlText, SqlText> group,
        bool extremes = false
    )
    {
        var hull = Hull(ranges, known);
        var (key, at, ofEach) = Buckets(
            hull,
            isBounded: ranges.IsEmpty || (ranges.Start > Instant.MinValue && ranges.End < Instant.MaxValue)
        );
        var length = ofEach(bucket => (long)bucket.TotalMilliseconds);
        var grouped = group(key);
        List<SqlText> columns =
        [
            $"{at} AS {Time}",
            .. StateColumns.Series(blueprint).Select(c => (SqlText)$"{c}"),
            $"{StateColumns.Rows}",
            $"{Covered(fromRows, ofEach, length)} AS {StateColumns.Covered}",
        ];
        if (StateColumns.HasLength(tier))
            columns.Add($"{dialect.BucketLength(length)} AS {StateColumns.Length}");
        foreach (var (measure, state) in StateColumns.States(blueprint))
            columns.Add($"{StateColumns.Of(measure, state.Suffix)}");
        if (magnitudes)
            columns.AddRange(Near().Select(m => (SqlText)$"{m.Name}"));
        if (extremes)
            columns.AddRange(
                Enumerable
                    .Range(0, blueprint.Measures.Count)
                    .SelectMany(i => (SqlText[])[$"{ExtremesSql.Least(i)}", $"{ExtremesSql.Greatest(i)}"])
            );
        return $"SELECT {SqlText.Join(", ", columns)} FROM ({grouped}) AS varve_grouped";
    }

    /// <summary>The states that are compared by magnitude, with the name of the magnitude's column.</summary>
    public IEnumerable<(MeasureLayout Measure, StateSql State, Identifier Name)> Near() =>
        StateColumns
            .States(blueprint)
            .Where(s => s.State.MatchFor(s.Measure) == Match.Near)
            .Select((s, i) => (s.Measure, s.State, new Identifier(FormattableString.Invariant($"varve_magnitude_{i}"))));

    private SqlText FromSource(RangeSet ranges, SqlText key, bool magnitudes, bool extremes)
    {
        List<SqlText> inner = [$"{key} AS {StateColumns.Bucket}", .. StateColumns.Series(blueprint).Select(c => (SqlText)$"{c}")];
        List<SqlText> outer = [.. Keys(), $"count(*) AS {StateColumns.Rows}"];
        List<MeasureSql> measures = [];
        for (var i = 0; i < blueprint.Measures.Count; i++)
        {
            var layout = blueprint.Measures[i];
            var raw = dialect.Measured(layout.Column);
            SqlText rawName = $"{new Identifier(FormattableString.Invariant($"varve_raw_{i}"))}";
            SqlText valueName = $"{new Identifier(FormattableString.Invariant($"varve_value_{i}"))}";
            inner.Add($"{raw} AS {rawName}");
            var value = MeasureSql.ValueOf(dialect, layout, raw);
            inner.Add($"{value} AS {valueName}");
            SqlText at = $"{new Identifier(FormattableString.Invariant($"varve_at_{i}"))}";
            inner.Add($"{MeasureSql.TimeOf(dialect, layout, raw, Time)} AS {at}");
            SqlText settledName = $"{new Identifier(FormattableString.Invariant($"varve_settled_{i}"))}";
            var settles = dialect.SettlesTiesFirst && layout.Ties == Ties.Smallest && layout.States.Any(s => s is "first" or "last");
            if (settles)
                inner.Add(
                    $"{dialect.LeastOver(layout.Column, value, $"PARTITION BY {SqlText.Join(", ", StateColumns.Series(blueprint).Select(c => (SqlText)$"{c}").Prepend(Time))}")} AS {settledName}"
                );
            measures.Add(new(rawName, valueName, at, layout, dialect) { Settled = settles ? settledName : null });
        }

        foreach (var measure in measures)
            outer.AddRange(
                measure.Layout.States.Select(s => (SqlText)$"{StateSql.Of(s).Build(measure)} AS {StateColumns.Of(measure.Layout, s)}")
            );
        if (magnitudes)
            outer.AddRange(Near().Select(n => (SqlText)$"{n.State.Magnitude!(measures.First(m => m.Layout == n.Measure))} AS {n.Name}"));
        if (extremes)
            outer.AddRange(measures.SelectMany((m, i) => ExtremesSql.OfRows(m, i)));
        return $"SELECT {SqlText.Join(", ", outer)} FROM (SELECT {SqlText.Join(", ", inner)} FROM {blueprint.Source} WHERE {RangeSql.In(dialect, blueprint.Time, ranges)}) AS varve_input GROUP BY {SqlText.Join(", ", Keys())}";
    }

    private SqlText FromTier(
        TierLayout finer,
        SqlText states,
        RangeSet ranges,
        SqlText key,
        bool magnitudes,
        bool mayTie = false,
        bool extremes = false
    )
    {
        List<SqlText> columns =
        [
            $"{key} AS {StateColumns.Bucket}",
            .. StateColumns.All(blueprint, finer).Skip(1).Where(c => c != StateColumns.Length).Select(c => (SqlText)$"{c}"),
        ];
        SqlText rows = $"SELECT {SqlText.Join(", ", columns)} FROM {states} WHERE {RangeSql.In(dialect, blueprint.Time.Starts, ranges)}";
        var moments = blueprint
            .Measures.Where(m => m.States.Contains("m2") && dialect.MergedDeviations(SqlText.Empty, SqlText.Empty, SqlText.Empty) is null)
            .ToList();
        if (moments.Count > 0)
        {
            var whole = moments.Select(m =>
                (SqlText)
                    $"sum({StateColumns.Of(m, "count")} * {StateColumns.Of(m, "mean")}) OVER varve_group / nullif(sum({StateColumns.Of(m, "count")}) OVER varve_group, 0) AS {Whole(m)}"
            );
            rows =
                $"SELECT {SqlText.Join(", ", StateColumns.All(blueprint, finer).Skip(1).Where(c => c != StateColumns.Length).Prepend(StateColumns.Bucket).Select(c => (SqlText)$"{c}").Concat(whole))} FROM ({rows}) AS varve_parts WINDOW varve_group AS (PARTITION BY {SqlText.Join(", ", Keys())})";
        }

        List<SqlText> outer =
        [
            .. Keys(),
            $"{dialect.Whole($"sum({StateColumns.Rows})")} AS {StateColumns.Rows}",
            $"{dialect.Whole($"sum({StateColumns.Covered})")} AS {StateColumns.Covered}",
        ];
        foreach (var (measure, state) in StateColumns.States(blueprint))
            outer.Add(
                $"{state.Merge(s => Column(measure, s), Sql(measure) with { MayTie = mayTie })} AS {StateColumns.Of(measure, state.Suffix)}"
            );
        if (magnitudes)
            outer.AddRange(
                Near().Select(n => (SqlText)$"{n.State.MergeMagnitude!(s => Column(n.Measure, s), Sql(n.Measure))} AS {n.Name}")
            );
        if (extremes)
            outer.AddRange(blueprint.Measures.SelectMany((m, i) => ExtremesSql.OfParts(Sql(m), s => Column(m, s), i)));
        return $"SELECT {SqlText.Join(", ", outer)} FROM ({rows}) AS varve_input GROUP BY {SqlText.Join(", ", Keys())}";
    }

    private IEnumerable<SqlText> Keys() => StateColumns.Series(blueprint).Prepend(StateColumns.Bucket).Select(c => (SqlText)$"{c}");

    private MeasureSql Sql(MeasureLayout layout) => new(SqlText.Empty, SqlText.Empty, SqlText.Empty, layout, dialect);

    private Identifier Whole(MeasureLayout measure) => new($"varve_whole_{measure.Measure.Name}");

    private SqlText Column(MeasureLayout measure, string suffix)
    {
        var name = suffix == "whole" ? Whole(measure) : StateColumns.Of(measure, suffix);
        return $"{name}";
    }

    /// <summary>
    /// What rows are grouped by, the start of a bucket in the column's own type, and what follows from its length: the start
    /// itself where all buckets are equally long and the engine knows how, else numbered where both ends are known, so that the
    /// number is small. Both are said by the name of the key: what holds boundaries stands in no other text that does.
    /// </summary>
    private (SqlText Key, SqlText At, Func<Func<Duration, long>, SqlText> OfEach) Buckets(TimeRange hull, bool isBounded)
    {
        var micros = dialect.MicrosOf(blueprint.Time, Time);
        SqlText bucket = $"{StateColumns.Bucket}";
        if (isBounded && tier.Grid.Runs(hull) is [var run] && dialect.Binned(blueprint.Time, Time, run.Width, run.Start) is { } binned)
            return (binned, bucket, number => $"{number(run.Width)}");
        if (isBounded && BucketSql.AreNumbered(tier.Grid, hull))
            return (
                BucketSql.Number(dialect, tier.Grid, hull, micros),
                dialect.TimeOfMicros(blueprint.Time, BucketSql.StartOf(dialect, tier.Grid, hull, bucket)),
                number => BucketSql.OfEachNumber(dialect, tier.Grid, hull, bucket, number)
            );
        return (
            BucketSql.Start(dialect, tier.Grid, hull, micros),
            dialect.TimeOfMicros(blueprint.Time, bucket),
            number => BucketSql.OfEach(dialect, tier.Grid, hull, bucket, number)
        );
    }

    /// <summary>
    /// min(rows × interval, length) in the tier that is built from the source, added up after; days and months of an interval are
    /// those of the bucket's calendar.
    /// </summary>
    private SqlText Covered(bool fromRows, Func<Func<Duration, long>, SqlText> ofEach, SqlText length)
    {
        if (blueprint.Policy.Interval is not { } interval)
            return $"CAST(NULL AS BIGINT)";
        if (!fromRows)
            return $"{StateColumns.Covered}";
        return $"least({StateColumns.Rows} * {ofEach(bucket => Step.In(interval, tier.Grid.Width, bucket))}, {length})";
    }

    private static TimeRange Hull(RangeSet ranges, TimeRange? known)
    {
        if (ranges.IsEmpty)
            return new(NodaConstants.UnixEpoch, NodaConstants.UnixEpoch + Duration.FromDays(1));
        var hull = new TimeRange(ranges.Start!.Value, ranges.End!.Value);
        if (known is null || (!hull.FromStart && !hull.ToEnd))
            return hull;
        var from = hull.FromStart ? known.From : hull.From;
        return new(from, hull.ToEnd ? Instant.Max(known.To, from + Duration.FromDays(1)) : hull.To);
    }
}
