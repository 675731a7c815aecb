using Varve.Engines;
using Varve.Planning;
using Varve.Sql;
using Varve.Time;

namespace Varve.Execution;

/// <summary>
/// Adding late rows to the tiers (semantics: late rows for a frozen range). Rows are added and removed in one transaction
/// with one snapshot, and counted on both sides, so that a crash leaves either all of it or nothing.
/// </summary>
internal static class MergeAct
{
    public static async Task<ActOutcome> MergeAsync(StepContext context, PlanStep.Merge step, CancellationToken cancellationToken)
    {
        var late = Merging.Allowed(context.Draft, context.Horizon, step.Ranges);
        if (!late.Covers(step.Ranges))
            throw new StepSkippedException(
                context.Draft.Waits.Count > 0 ? context.Draft.Waits[^1].Reason : "not all of it has expired, or it is held"
            );
        List<string> notes = [];
        late = await ArchiveAct.ProveAsync(context, RelationId.Source, late, notes, cancellationToken);
        if (late.IsEmpty)
            return new(0, 0, 0, string.Join("; ", notes));
        var rows = await CountAsync(context, late, cancellationToken);
        await context.Limit.CheckAsync(rows, cancellationToken);
        var homeless = context.Blueprint.Tiers.Aggregate(late, (left, tier) => left.Except(context.Draft.Late.Takes(tier, late)));
        var unplaced = homeless.IsEmpty ? 0 : await CountAsync(context, homeless, cancellationToken);
        var into = context.Draft.Late.Merge(late);
        if (!AsPlanned(step, late, into))
            throw new StepSkippedException("what its tiers can take has changed since it was planned");
        long written = 0;
        foreach (var part in into)
            written += await AddAsync(context, context.Blueprint.Tier(part.Tier), part.Ranges, cancellationToken);
        var removed = await context.Statements.ExecuteAsync(context.Sql.Remove(RelationId.Source, late), cancellationToken);
        if (removed != rows)
            throw Differs(RelationId.Source, rows, removed);
        foreach (var tier in context.Blueprint.Tiers)
            await TierBuilder.RecountAsync(context, tier, late, input => input != RelationId.Source, cancellationToken);
        context.Facts["relation"] = RelationId.Source;
        context.Facts["range"] = late.ToString();
        context.Facts["rows"] = removed;
        context.Facts["unplaced"] = unplaced;
        var note = FormattableString.Invariant($"{removed - unplaced:N0} late rows merged");
        return new(
            rows,
            written,
            removed,
            unplaced == 0 ? note : note + FormattableString.Invariant($", {unplaced:N0} removed that are past every keep")
        );
    }

    /// <summary>What is shown of a step is what runs: less only where an archive does not hold some rows yet.</summary>
    private static bool AsPlanned(PlanStep.Merge step, RangeSet late, IReadOnlyList<MergePart> into)
    {
        var planned = step.Into.Select(p => p with { Ranges = p.Ranges.Intersect(late) }).Where(p => !p.Ranges.IsEmpty);
        return planned.SequenceEqual(into);
    }

    private static async Task<long> AddAsync(StepContext context, TierLayout tier, RangeSet late, CancellationToken cancellationToken)
    {
        var (sets, buckets, time) = (context.Draft.Of(tier.Id), tier.BucketsTouching(late), context.Blueprint.Time.Starts);
        var before = await context.NumberAsync(RowsSql.Stored(context.Dialect, time, tier.States, buckets), cancellationToken);
        foreach (var statement in context.Sql.Merge(tier, late))
            await context.Statements.ExecuteAsync(statement, cancellationToken);
        foreach (var (column, thin) in sets.Thin.Where(t => context.Blueprint.StateNames.Contains(t.Key)).ToList())
            if (thin.Intersect(buckets) is { IsEmpty: false } unknown)
                await context.Statements.ExecuteAsync(context.Sql.Forget(tier, column, unknown), cancellationToken);
        var (added, counted) = (
            await CountAsync(context, late, cancellationToken),
            await context.NumberAsync(RowsSql.Stored(context.Dialect, time, tier.States, buckets), cancellationToken) - before
        );
        return added == counted
            ? await context.NumberAsync(RowsSql.Count(context.Dialect, time, tier.States, buckets), cancellationToken)
            : throw Differs(tier.Id, added, counted);
    }

    private static Task<long> CountAsync(StepContext context, RangeSet ranges, CancellationToken cancellationToken) =>
        context.NumberAsync(RowsSql.Count(context.Dialect, context.Blueprint.Time, context.Blueprint.Source, ranges), cancellationToken);

    private static EngineException Differs(RelationId relation, long rows, long found) =>
        new(
            EngineCodes.NotWritten,
            FormattableString.Invariant(
                $"{relation} counts {found} late rows where there are {rows}: the database did not write what it was asked to. Nothing was kept of it; run again, and if it stays so, report it."
            )
        );
}
