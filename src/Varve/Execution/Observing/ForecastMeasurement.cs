using NodaTime;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Execution;

/// <summary>Measures tables for their forecasts. Nothing is changed.</summary>
internal sealed class ForecastMeasurement(IEngine engine, Session session, ForecastOptions options)
{
    private static readonly Duration s_tick = Duration.FromMilliseconds(0.001);

    // A policy and its change look at the same table.
    private readonly Dictionary<(TableName Table, string Time, RangeSet Within), IReadOnlyList<RowSegment>> _known = [];

    /// <summary>A stored policy.</summary>
    public async Task<PolicyForecast> OfStoredAsync(StoredPolicy policy, CancellationToken cancellationToken) =>
        new(policy.Policy.Name, await OfAsync(policy, cancellationToken), null);

    /// <summary>Policies as files say them, beside what is stored.</summary>
    public Task<IReadOnlyList<PolicyForecast>> OfDraftsAsync(
        IReadOnlyList<StoredPolicy> drafts,
        IReadOnlyList<StoredPolicy> stored,
        CancellationToken cancellationToken
    ) =>
        PolicyTrouble.EachAsync(
            drafts,
            draft => BesideAsync(draft, stored.FirstOrDefault(s => s.Policy.Name == draft.Policy.Name), cancellationToken),
            (draft, broken) => new(draft.Policy.Name, null, null) { Failure = Problem.Of(broken) }
        );

    private async Task<PolicyForecast> BesideAsync(StoredPolicy draft, StoredPolicy? before, CancellationToken cancellationToken)
    {
        var name = draft.Policy.Name;
        if (before?.Hash == draft.Hash)
            return new(name, await OfAsync(draft, cancellationToken), null);
        if (before is null)
            return new(name, null, await OfAsync(draft, cancellationToken));
        try
        {
            return new(name, await OfAsync(before, cancellationToken), await OfAsync(draft, cancellationToken));
        }
        catch (PolicyException misfit)
        {
            // The file may be what puts it right.
            var changed = await OfAsync(draft, cancellationToken);
            return new(
                name,
                null,
                changed with
                {
                    Notes = [.. changed.Notes, $"it stands alone, as the stored policy no longer fits its table: {misfit.Message}"],
                }
            );
        }
    }

    private async Task<Forecast> OfAsync(StoredPolicy policy, CancellationToken cancellationToken)
    {
        var survey = await session.InspectDraftAsync(policy, options.AsOf ?? session.Now(), cancellationToken);
        var parts = await session.ReadAsync(
            (s, token) => session.Store.Archives.ListAsync(s, policy.Policy.Name, token),
            [],
            cancellationToken
        );
        var load = await engine.TransactAsync((s, token) => MeasureAsync(s, survey, token), Scope.Reading, cancellationToken);
        var here = parts.Where(p => p.Location == policy.Policy.Archive?.To).ToList();
        load = load with { ArchivedRows = here.Sum(p => p.Rows), ArchivedBytes = here.Sum(p => p.Bytes) };
        return Forecaster.Of(survey.Blueprint, survey.State, survey.Plan, load, options.Ahead, engine.Capabilities.ReturnsSpace);
    }

    private async Task<MeasuredLoad> MeasureAsync(IStatements statements, Inspection survey, CancellationToken cancellationToken)
    {
        var (blueprint, state) = (survey.Blueprint, survey.State);
        var closed = Cutoffs.At(blueprint, survey.Plan.AsOf, state.Last).Closed;
        Dictionary<RelationId, IReadOnlyList<RowSegment>> strata = [];
        Dictionary<RelationId, RowsPerBucket> sampled = [];
        var extent = state is { First: { } first, Last: { } last } && first <= last ? new TimeRange(first, last + s_tick) : null;
        if (extent is not null)
            strata[RelationId.Source] = await SourceAsync(statements, survey, extent, cancellationToken);
        foreach (var tier in blueprint.Tiers.Concat(blueprint.Retired))
        {
            if (state.Tiers.GetValueOrDefault(tier.Id)?.First is { } oldest && tier.Grid.Floor(closed) is var end && oldest < end)
                strata[tier.Id] = await TierAsync(statements, blueprint, tier, new(oldest, end), cancellationToken);
            else if (extent is not null && !blueprint.Retired.Contains(tier))
                sampled[tier.Id] = await SampleAsync(
                    statements,
                    survey.Blueprint,
                    tier,
                    SampleWindows.Sample(tier, extent, state.Rows),
                    cancellationToken
                );
        }

        var window = SampleWindows.Recent(state, survey.Plan.AsOf);
        var rows = window.IsEmpty
            ? 0
            : (
                await statements.QueryAsync(
                    RowsSql.Count(engine.Dialect, blueprint.Time, blueprint.Source, RangeSet.Of(window)),
                    cancellationToken
                )
            )[0]
                .Long(0);
        return new()
        {
            Window = window,
            Rows = rows,
            Strata = strata,
            Sampled = sampled,
        };
    }

    private async Task<IReadOnlyList<RowSegment>> SourceAsync(
        IStatements statements,
        Inspection survey,
        TimeRange extent,
        CancellationToken cancellationToken
    )
    {
        var (blueprint, ledger) = (survey.Blueprint, survey.State.Ledger);
        var bins = SampleWindows.Bins(extent.From, extent.To);
        var within = ledger.Of(RelationId.Source).Frozen.Gaps(new(extent.From, Instant.Min(extent.To, survey.Plan.AsOf)));
        return await OnceAsync(
            statements,
            blueprint.Time,
            blueprint.Source,
            bins,
            extent,
            within,
            to => Instant.Min(bins.BucketOf(to).To, extent.To),
            cancellationToken
        );
    }

    private Task<IReadOnlyList<RowSegment>> TierAsync(
        IStatements statements,
        PolicyLayout blueprint,
        TierLayout tier,
        TimeRange extent,
        CancellationToken cancellationToken
    ) =>
        OnceAsync(
            statements,
            blueprint.Time.Starts,
            tier.States,
            SampleWindows.Bins(tier, extent.From, extent.To),
            extent,
            RangeSet.Of(extent),
            to => tier.Grid.BucketOf(to).To,
            cancellationToken
        );

    private async Task<IReadOnlyList<RowSegment>> OnceAsync(
        IStatements statements,
        TimeColumn time,
        TableName table,
        Grid? bins,
        TimeRange hull,
        RangeSet within,
        Func<Instant, Instant> end,
        CancellationToken cancellationToken
    )
    {
        var key = (table, time.Name, within);
        if (_known.TryGetValue(key, out var known))
            return known;
        if (within.IsEmpty)
            return [];
        var rows = await statements.QueryAsync(ForecastSql.Strata(engine.Dialect, time, table, bins, hull, within), cancellationToken);
        return _known[key] = [
            .. rows.Select(r => (From: Micros.ToInstant(r.Long(1)), To: Micros.ToInstant(r.Long(2)), Rows: r.Long(0)))
                .Select(r => new RowSegment(new(r.From, end(r.To)), r.Rows)),
        ];
    }

    private async Task<RowsPerBucket> SampleAsync(
        IStatements statements,
        PolicyLayout blueprint,
        TierLayout tier,
        TimeRange window,
        CancellationToken cancellationToken
    )
    {
        var whole = tier.Grid.IsBoundary(window.From) && tier.Grid.IsBoundary(window.To);
        if (!whole && blueprint.Series.Count == 0)
            return new(window, 1, 1);
        var pairs = await statements.QueryAsync(
            ForecastSql.Pairs(engine.Dialect, blueprint, whole ? tier : null, window),
            cancellationToken
        );
        return new(window, pairs[0].Long(0), whole ? tier.Buckets(window) : 1);
    }
}
