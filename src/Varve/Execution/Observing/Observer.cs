using NodaTime;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Execution;

/// <summary>
/// Looks at one table, as far as its plan needs it: extents and sizes from what the engine knows, and the watched window.
/// </summary>
internal sealed class Observer(IEngine engine, IStatements statements, PolicyLayout blueprint)
{
    /// <summary>Rows whose series are counted one by one.</summary>
    private const long MostCounted = 1_000_000;

    private static readonly Duration s_tick = Duration.FromMilliseconds(0.001);

    private readonly Dialect _dialect = engine.Dialect;

    /// <param name="ledger">What the catalog knows.</param>
    /// <param name="watch">What has to be looked at.</param>
    /// <param name="withBytes">Whether a person reads the sizes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<TableState> ObserveAsync(Ledger ledger, ObservationRequest watch, bool withBytes, CancellationToken cancellationToken)
    {
        var created = Created(ledger);
        var (extremes, clock) = (Extremes(created), RowsSql.Timeless(_dialect, blueprint.Time, blueprint.Source));
        await statements.AheadAsync(Ahead(created, [.. extremes.Values, clock]), cancellationToken);
        var sizes = (
            await statements.MeasureAsync([blueprint.Source, .. created.Select(t => t.States)], withBytes, cancellationToken)
        ).ToDictionary(s => s.Table);
        var source = sizes.GetValueOrDefault(blueprint.Source);
        var extent = await ExtentAsync(watch, cancellationToken);
        var tiers = new Dictionary<RelationId, TierSize>();
        var unknown = new Dictionary<RelationId, TimeRange>();
        foreach (var tier in created)
        {
            var size = sizes.GetValueOrDefault(tier.States);
            var (first, last) = Instants(await OneAsync(extremes[tier.Id].Query, cancellationToken));
            tiers[tier.Id] = new(size?.Rows ?? 0, size?.Bytes ?? 0, first) { Last = last };
            if (
                await UnknownAsync(tier, ledger.Of(tier.Id).Covered.Union(ledger.Of(tier.Id).Writing), first, last, cancellationToken) is
                { } range
            )
                unknown[tier.Id] = range;
        }

        var frozen = extent.Before ? await CountAsync(watch.Frozen, cancellationToken) : RowExtent.None;
        var timeless = await OneAsync(clock.Query, cancellationToken);
        var (changes, around, survivor, arrival) = await new Recheck(_dialect, statements, blueprint).LookAsync(
            ledger,
            watch,
            cancellationToken
        );
        return new()
        {
            Ledger = ledger,
            Rows = source?.Rows ?? 0,
            Bytes = source?.Bytes ?? 0,
            Dead = source?.Dead ?? 0,
            LeavesDeadRows = engine.Capabilities.LeavesDeadRows,
            First = extent.First,
            Last = extent.Last,
            Timeless = timeless.Long(0),
            OutOfRange = timeless.Long(1),
            Future = extent.Beyond
                ? await CountAsync(RangeSet.Of(TimeRange.Since(watch.AsOf + s_tick)), cancellationToken)
                : RowExtent.None,
            Frozen = frozen,
            Late = await LateAsync(frozen, watch, cancellationToken),
            Changes = changes,
            EnclosingChanges = around,
            OldestUnchanged = survivor,
            ArrivalSeen = arrival,
            Compared = blueprint.Arrival is null ? watch.Recheck : RangeSet.Empty,
            StaleLabels = await StaleLabelsAsync(ledger, created, cancellationToken),
            Series = await SeriesAsync(ledger, source?.Rows ?? 0, extent.First, extent.Last, cancellationToken),
            Tiers = tiers,
            Unknown = unknown,
        };
    }

    /// <summary>What every look asks first, and an engine may be asked together with other tables.</summary>
    public Ahead Ahead(Ledger ledger)
    {
        var created = Created(ledger);
        return Ahead(created, [.. Extremes(created).Values, RowsSql.Timeless(_dialect, blueprint.Time, blueprint.Source)]);
    }

    private Ahead Ahead(IReadOnlyList<TierLayout> created, IReadOnlyList<RowQuery> rows) =>
        new() { Sizes = [blueprint.Source, .. created.Select(t => t.States)], Rows = [Ends, .. rows] };

    private RowQuery Ends
    {
        get
        {
            var each = RowsSql.EndsEach(_dialect, blueprint.Time, blueprint.Source, null);
            return new(RowsSql.Together(each), each);
        }
    }

    private Dictionary<RelationId, RowQuery> Extremes(IReadOnlyList<TierLayout> created) =>
        created.ToDictionary(t => t.Id, t => RowsSql.MinMax(_dialect, blueprint.Time.Starts, t.States));

    private IReadOnlyList<TierLayout> Created(Ledger ledger) =>
        [.. blueprint.Tiers.Concat(blueprint.Retired).Where(t => ledger.Of(t.Id).Created)];

    /// <summary>The days of UTC on which the source or a tier has rows of a range.</summary>
    public async Task<IReadOnlyList<DayRows>> DaysAsync(Ledger ledger, TimeRange range, CancellationToken cancellationToken)
    {
        var rows = new SortedDictionary<long, long>();
        var tables = blueprint
            .Tiers.Concat(blueprint.Retired)
            .Where(t => ledger.Of(t.Id).Created)
            .Select(t => (blueprint.Time.Starts, t.States));
        foreach (var (time, table) in tables.Prepend((blueprint.Time, blueprint.Source)))
        {
            foreach (var day in await statements.QueryAsync(RowsSql.Days(_dialect, time, table, RangeSet.Of(range)), cancellationToken))
                rows[day.Long(0)] = Math.Max(rows.GetValueOrDefault(day.Long(0)), day.Long(1));
        }

        return [.. rows.Select(r => new DayRows(Slices.UtcDay.BucketOf(Micros.ToInstant(r.Key)), r.Value))];
    }

    /// <summary>The rows of the source that a plan removes, counted.</summary>
    public async Task<long> GoingAsync(Plan plan, CancellationToken cancellationToken)
    {
        var ranges = BrakeRule
            .Removing(plan.Steps)
            .Where(s => s.Relation == RelationId.Source)
            .Aggregate(RangeSet.Empty, (all, step) => all.Union(step.Touches));
        return ranges.IsEmpty ? 0 : (await CountAsync(ranges, cancellationToken)).Rows;
    }

    /// <summary>Rows that lie alone, far from all others; none where the extent of the table does not speak for any.</summary>
    public async Task<IReadOnlyList<LoneRows>> LoneAsync(CancellationToken cancellationToken)
    {
        var (first, last) = await EndsAsync(cancellationToken);
        if (first is not { } least || last is not { } greatest || greatest - least < LoneRows.LeastGap)
            return [];
        return LoneRows.In(await DaysAsync(Ledger.Empty(""), TimeRange.All, cancellationToken));
    }

    /// <summary>The note on an integer time whose unit is too fine; null where its rows are well.</summary>
    public async Task<Problem?> UnitAsync(CancellationToken cancellationToken)
    {
        if (blueprint.Time.Type is not ColumnType.Integer)
            return null;
        var (first, last) = await EndsAsync(cancellationToken);
        return PlanNotes.Unit(blueprint, first, last);
    }

    /// <summary>The oldest and the newest row of the source.</summary>
    private async Task<(Instant? First, Instant? Last)> EndsAsync(CancellationToken cancellationToken)
    {
        var (first, last) = await EndsAsync(blueprint.Time, blueprint.Source, null, cancellationToken);
        return first is null || last is null
            ? await EndsAsync(blueprint.Time, blueprint.Source, RangeSet.Of(TimeRange.All), cancellationToken)
            : (first, last);
    }

    /// <summary>What <see cref="RefreshAsync"/> asks for a removal of rows of the source.</summary>
    public RowQuery Oldest(Ledger ledger)
    {
        var each = RowsSql.EndsEach(_dialect, blueprint.Time, blueprint.Source, ledger.Of(RelationId.Source).Frozen.Complement());
        return new(RowsSql.Together(each), each);
    }

    /// <summary>
    /// What a removal decides on is looked at again in its own snapshot: the oldest row of its relation, and of all that it is
    /// built from.
    /// </summary>
    public async Task<TableState> RefreshAsync(TableState state, PlanStep step, CancellationToken cancellationToken)
    {
        if (step is not PlanStep.Expire)
            return state;
        var tiers = new Dictionary<RelationId, TierSize>(state.Tiers);
        foreach (var relation in blueprint.BuildersOf(step.Relation).Append(step.Relation))
        {
            var left = state.Ledger.Of(relation).Frozen.Complement();
            if (relation == RelationId.Source)
                state = state with { First = (await EndsAsync(blueprint.Time, blueprint.Source, left, cancellationToken)).First };
            else
                tiers[relation] = (tiers.GetValueOrDefault(relation) ?? new TierSize(0, 0, null)) with
                {
                    First = (await EndsAsync(blueprint.Time.Starts, blueprint.Tier(relation).States, left, cancellationToken)).First,
                };
        }

        return state with
        {
            Tiers = tiers,
        };
    }

    /// <summary>Most tables need no filter: their least and greatest instants are finite, not expired and not in the future.</summary>
    private async Task<(Instant? First, Instant? Last, bool Before, bool Beyond)> ExtentAsync(
        ObservationRequest watch,
        CancellationToken cancellationToken
    )
    {
        var (first, last) = await EndsAsync(blueprint.Time, blueprint.Source, null, cancellationToken);
        if (first is null || last is null)
            (first, last) = await EndsAsync(blueprint.Time, blueprint.Source, RangeSet.Of(TimeRange.All), cancellationToken);
        if (first is not { } least || last is not { } greatest)
            return (null, null, false, false);
        var before = watch.Frozen.Overlaps(new TimeRange(least, greatest + s_tick));
        var beyond = greatest > watch.AsOf;
        if (before)
            first = (await EndsAsync(blueprint.Time, blueprint.Source, watch.Frozen.Complement(), cancellationToken)).First;
        if (beyond)
            last = (
                await EndsAsync(blueprint.Time, blueprint.Source, RangeSet.Of(TimeRange.Before(watch.AsOf + s_tick)), cancellationToken)
            ).Last;
        return (first, last, before, beyond);
    }

    /// <summary>
    /// What a tier is about to get is written down before its rows are, so a row outside of it was not written under this
    /// catalog. Its ends tell, as the engine knows them.
    /// </summary>
    private async Task<TimeRange?> UnknownAsync(
        TierLayout tier,
        RangeSet covered,
        Instant? first,
        Instant? last,
        CancellationToken cancellationToken
    )
    {
        if (first is not { } least || last is not { } greatest || (covered.Contains(least) && covered.Contains(greatest)))
            return null;
        var (from, to) = await EndsAsync(blueprint.Time.Starts, tier.States, covered.Complement(), cancellationToken);
        return from is { } start && to is { } end ? new(start, tier.Grid.BucketOf(end).To) : null;
    }

    private async Task<(Instant? First, Instant? Last)> EndsAsync(
        TimeColumn time,
        TableName table,
        RangeSet? ranges,
        CancellationToken cancellationToken
    ) => Instants(await OneAsync(RowsSql.Ends(_dialect, time, table, ranges), cancellationToken));

    private static (Instant? First, Instant? Last) Instants(Row row) => (At(row, 0), At(row, 1));

    private async Task<RowExtent> CountAsync(RangeSet ranges, CancellationToken cancellationToken)
    {
        var row = await OneAsync(RowsSql.Extent(_dialect, blueprint.Time, blueprint.Source, ranges), cancellationToken);
        return row.Long(0) == 0 ? RowExtent.None : new(row.Long(0), At(row, 1), At(row, 2));
    }

    /// <summary>The buckets of the first tier, as far as they have expired, that late rows lie in.</summary>
    private async Task<RangeSet> LateAsync(RowExtent frozen, ObservationRequest watch, CancellationToken cancellationToken)
    {
        if (blueprint.Policy.LateAfterExpiry != LateAfterExpiry.Merge || frozen is not { First: { } first, Last: { } last })
            return RangeSet.Empty;
        var extent = watch.Frozen.Intersect(new TimeRange(first, last + s_tick));
        if (blueprint.Tiers.Count == 0)
            return extent;
        var tier = blueprint.Tiers[0];
        var buckets = await statements.QueryAsync(
            RowsSql.Buckets(_dialect, blueprint, tier, tier.Grid.Cover(new TimeRange(first, last + s_tick)), extent),
            cancellationToken
        );
        return RangeSet.Of(buckets.Select(r => tier.Grid.BucketOf(Micros.ToInstant(r.Long(0))))).Intersect(watch.Frozen);
    }

    /// <summary>Only after the zone data changed: labels of local calendars that are no boundary any more.</summary>
    private async Task<IReadOnlyDictionary<RelationId, IReadOnlyList<Instant>>> StaleLabelsAsync(
        Ledger ledger,
        IReadOnlyList<TierLayout> created,
        CancellationToken cancellationToken
    )
    {
        var stale = new Dictionary<RelationId, IReadOnlyList<Instant>>();
        if (ledger.ZoneVersion is null || ledger.ZoneVersion == DateTimeZoneProviders.Tzdb.VersionId)
            return stale;
        foreach (var tier in created.Where(t => t.Grid.Width is Width.Calendar && t.Grid.Zone != DateTimeZone.Utc))
        {
            var labels = await statements.QueryAsync(RowsSql.Labels(_dialect, blueprint.Time.Starts, tier.States), cancellationToken);
            List<Instant> wrong = [.. labels.Select(r => Micros.ToInstant(r.Long(0))).Where(l => !tier.Grid.IsBoundary(l))];
            if (wrong.Count > 0)
                stale[tier.Id] = wrong;
        }

        return stale;
    }

    /// <summary>
    /// Only before anything was built, for the estimate of the first plan; of a large table the series of its newest sixteenth,
    /// as nobody reads all of it for an estimate.
    /// </summary>
    private async Task<long> SeriesAsync(Ledger ledger, long rows, Instant? first, Instant? last, CancellationToken cancellationToken)
    {
        if (blueprint.Tiers.Count == 0 || !ledger.Of(blueprint.Tiers[0].Id).Covered.IsEmpty)
            return 0;
        if (blueprint.Series.Count == 0)
            return 1;
        var newest = rows > MostCounted && first is { } from && last is { } to ? new TimeRange(to - ((to - from) / 16), to + s_tick) : null;
        return (await OneAsync(RowsSql.Series(_dialect, blueprint, newest), cancellationToken)).Long(0);
    }

    private async Task<Row> OneAsync(SqlText query, CancellationToken cancellationToken) =>
        (await statements.QueryAsync(query, cancellationToken))[0];

    private static Instant? At(Row row, int column) => row.LongOrNull(column) is { } micros ? Micros.ToInstant(micros) : null;
}
