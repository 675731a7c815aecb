using NodaTime;
using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>Makes a forecast. Pure: the same policy, state and load give the same one.</summary>
internal static class Forecaster
{
    private const int ChartPoints = 96;
    private const int MostSteps = 8;

    // Between two looks as many rows go as come, but for the length of months and for single buckets.
    private const double Alike = 0.03;

    private static readonly Duration s_endless = Duration.FromDays(365_250);

    private static readonly Keep[] s_steps =
    [
        .. new[] { "1d", "2d", "1w", "2w", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "20y" }.Select(Keep.Parse),
    ];

    /// <summary>What rows and bytes will be.</summary>
    /// <param name="blueprint">The policy laid over its table.</param>
    /// <param name="state">What was seen of the table.</param>
    /// <param name="plan">What the next run does.</param>
    /// <param name="load">What was measured besides.</param>
    /// <param name="ahead">How far.</param>
    /// <param name="returnsSpace">Whether the engine gives the space of removed rows back to the disk.</param>
    public static Forecast Of(PolicyLayout blueprint, TableState state, Plan plan, MeasuredLoad load, Keep ahead, bool returnsSpace)
    {
        var outlook = new TableProjection(blueprint, state, plan, load);
        var until = ahead.AddTo(outlook.AsOf, DateTimeZone.Utc);
        var steps = Steps(outlook, until);
        IReadOnlyList<Instant> instants = [.. steps.Union(Between(outlook.AsOf, until)).Order()];
        IReadOnlyList<RelationForecast> relations =
        [
            Relation(
                RelationId.Source,
                blueprint.Source,
                blueprint.Policy.Keep,
                RowBytes.OfSource(blueprint, state),
                new(state.Rows, state.Bytes, null)
            ),
            .. blueprint
                .Tiers.Concat(blueprint.Retired)
                .Select(t =>
                    Relation(
                        t.Id,
                        t.View ?? t.States,
                        blueprint.Retired.Contains(t) ? null : t.Keep,
                        RowBytes.OfTier(blueprint, state, t),
                        state.Tiers.GetValueOrDefault(t.Id) ?? new(0, 0, null)
                    )
                ),
        ];
        var forecast = new Forecast
        {
            Policy = blueprint.Policy,
            Revision = plan.Revision,
            AsOf = outlook.AsOf,
            Until = until,
            Relations = relations,
            Total =
            [
                .. instants.Select(
                    (at, i) =>
                        new ForecastPoint(
                            at,
                            relations.Sum(r => r.Points[i].Rows),
                            relations.Sum(r => r.Points[i].Bytes),
                            steps.Contains(at)
                        )
                ),
            ],
            Archive = blueprint.Policy.Archive is { } archive ? new(archive.To, [.. instants.Select(Archived)]) : null,
            Notes = [],
        };
        return forecast with { Notes = [.. ForecastNotes.Of(forecast, state, plan, load, returnsSpace)] };

        RelationForecast Relation(RelationId id, TableName table, Keep? keep, RowBytes bytes, TierSize now) =>
            new(id, table, keep)
            {
                Rate = Rate(outlook, blueprint, load, id, bytes),
                Points =
                [
                    .. instants.Select(
                        (at, i) => i == 0 ? new(at, now.Rows, now.Bytes, IsStep: true) : Point(at, outlook.Rows(id, at), bytes.Of)
                    ),
                ],
                SteadyFrom = keep is null ? outlook.AsOf : Steady(outlook, blueprint, id, keep, instants),
                IsNew = id != RelationId.Source && !state.Ledger.Of(id).Created,
            };

        ForecastPoint Archived(Instant at)
        {
            var rows = load.ArchivedRows + (at == outlook.AsOf ? 0 : outlook.Removed(at));
            return Point(at, rows, r => load.ArchivedRows == 0 ? 0 : r * load.ArchivedBytes / load.ArchivedRows);
        }

        ForecastPoint Point(Instant at, double rows, Func<double, double> bytes) =>
            new(at, (long)Math.Round(rows), (long)Math.Round(bytes(rows)), steps.Contains(at));
    }

    private static ForecastRate Rate(TableProjection outlook, PolicyLayout blueprint, MeasuredLoad load, RelationId id, RowBytes bytes)
    {
        var (perDay, retired) = (outlook.PerDay(id), blueprint.Retired.Any(t => t.Id == id));
        var window =
            id == RelationId.Source ? load.Window
            : retired ? new(outlook.AsOf, outlook.AsOf)
            : outlook.Pace(id).Window;
        var basis =
            window.IsEmpty ? ForecastRows.Nothing
            : id == RelationId.Source || load.Strata.GetValueOrDefault(id) is { Count: > 0 } ? ForecastRows.Measured
            : ForecastRows.CountedInSource;
        return new(
            perDay,
            id == RelationId.Source || retired ? null : outlook.Pace(id).PerBucket,
            basis,
            window.IsEmpty ? null : window,
            bytes.PerRow,
            bytes.Basis,
            bytes.Like
        );
    }

    /// <summary>The first instant from which on rows stay as they are once everything that is kept came at the measured rate.</summary>
    private static Instant? Steady(
        TableProjection outlook,
        PolicyLayout blueprint,
        RelationId id,
        Keep keep,
        IReadOnlyList<Instant> instants
    )
    {
        RelationId[] above = id == RelationId.Source ? [id] : [id, RelationId.Source, blueprint.Tier(id).Input];
        var kept = above.SelectMany(outlook.Kept).ToList();
        var endless = keep.IsForever || keep.Longest > s_endless;
        if (outlook.PerDay(id) > 0 && (endless || kept.Exists(k => k.Range.ToEnd && k.Until is null)))
            return null;
        var bucket = Cutoffs.At(blueprint, outlook.AsOf, null).ExpiryGrid(id)?.Width.Longest ?? Duration.Zero;
        var filled = endless ? outlook.AsOf : outlook.AsOf + keep.Longest + bucket + blueprint.Policy.Late.Longest;
        var last = kept.Select(k => k.Until).OfType<Instant>().Append(filled).Append(instants[^1]).Max();
        var level = outlook.Rows(id, last);
        var spread = endless
            ? 0
            : Alike
                + (
                    (keep.Longest - keep.Shortest + (bucket > Duration.FromDays(2) ? bucket : Duration.Zero))
                    / Duration.Max(keep.Longest, Duration.FromDays(1))
                );
        var away = instants.Select(at => Math.Abs(outlook.Rows(id, at) - level) > Math.Max(0.5, level * spread)).ToList().LastIndexOf(true);
        return away == instants.Count - 1 ? last : instants[away + 1];
    }

    /// <summary>What a table shows: at most nine instants, whole days, weeks, months or years apart.</summary>
    private static List<Instant> Steps(TableProjection outlook, Instant until)
    {
        var length = until - outlook.AsOf;
        var step = s_steps.FirstOrDefault(s => length <= s.Longest * MostSteps, s_steps[^1]);
        List<Instant> steps = [outlook.AsOf];
        while (true)
        {
            var next = step.Times(steps.Count).AddTo(outlook.AsOf, DateTimeZone.Utc);
            if (next > until - (step.Shortest / 2))
                return [.. steps, until];
            steps.Add(next);
        }
    }

    /// <summary>Whole days apart, so that every run is as of the same time of day.</summary>
    private static IEnumerable<Instant> Between(Instant from, Instant until)
    {
        var step = Duration.FromDays(Math.Ceiling((until - from).TotalDays / ChartPoints));
        for (var at = from; at < until; at += step)
            yield return at;
    }
}
