using NodaTime;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Execution;

/// <summary>
/// Removing what is past its time: every condition of the proof is checked in the transaction that deletes (semantics:
/// what expires when). What cannot be proven stays, and a person is told.
/// </summary>
internal static class ExpireAct
{
    public static async Task<ActOutcome> ExpireAsync(StepContext context, PlanStep.Expire step, CancellationToken cancellationToken)
    {
        var allowed = new Expiry(context.Draft, context.Horizon).Allowed(step.Relation, step.Range);
        if (!allowed.Covers(step.Range))
            throw new StepSkippedException(
                context.Draft.Waits.Count > 0 ? context.Draft.Waits[^1].Reason : "it is no longer past its time"
            );
        if (step.Relation != RelationId.Source)
            await InputsEmptyAsync(context, step, cancellationToken);

        var proof = new ExpiryProof(context, step.Relation);
        var proven = await proof.ProveAsync(RangeSet.Of(step.Range), cancellationToken);
        List<string> notes = [];
        proven = await ArchiveAct.ProveAsync(context, step.Relation, proven, notes, cancellationToken);
        var ofParts = step.Relation == RelationId.Source && context.PartsOnly;
        var removal = new Removal(context);
        if (ofParts)
            proven = await removal.OfPartsAsync(proven, notes, cancellationToken);
        var rows = await removal.CheckAsync(step.Relation, proven, cancellationToken);
        foreach (var range in proven)
        {
            var going = new GoingRange(
                step.Relation,
                range,
                await WholeFromAsync(context, step.Relation, range, cancellationToken),
                rows,
                step.Reason
            );
            context.Going.Add(ofParts ? going with { Parts = PartsOf(context, range) } : going);
        }

        await context.Ledger.ClaimAsync(context.Now, cancellationToken);
        foreach (var going in context.Going)
            context.Draft.Expire(step.Relation, going.Range, going.Reason, going.WholeFrom);
        if (!context.Ledger.IsAtomic)
            await LeaveAsync(context, cancellationToken);
        var removed = await removal.RemoveAsync(step.Relation, proven, cancellationToken);
        context.Going.Clear();
        Settle(context.Draft.Of(step.Relation), proven);
        foreach (var tier in context.Blueprint.Tiers)
            await TierBuilder.RecountAsync(context, tier, proven, relation => relation == step.Relation, cancellationToken);
        Record(context, step, proven, removed, proof);
        return new(proof.RowsCompared, proof.RowsRebuilt, removed, Together([proof.Note, .. notes])) { Changes = proof.Changed.All };
    }

    private static IReadOnlyList<GoingPart> PartsOf(StepContext context, TimeRange range) =>
        [
            .. from part in context.Parts
            where part.Mark is not null && range.Overlaps(part.Range)
            select new GoingPart(part.Range, part.Mark!.Part, part.Mark.State) { Closes = context.Partitioning!.Closes(part) },
        ];

    // Nobody reads any more what goes; what is known of it besides is not true before it has gone.
    private static async Task LeaveAsync(StepContext context, CancellationToken cancellationToken)
    {
        var followed = await context.Views.FollowAsync(context.Now, cancellationToken);
        await context.Ledger.ClaimAsync(context.Ledger.Stored with { Edges = followed.Edges }, cancellationToken);
    }

    /// <summary>
    /// Where the end of a range would cut buckets of which no row goes with it: the beginning of these. They lose nothing yet,
    /// so they stay whole, and a row that comes there is no late one. Null where there is none, or where rows of them go.
    /// </summary>
    private static async Task<Instant?> WholeFromAsync(
        StepContext context,
        RelationId relation,
        TimeRange range,
        CancellationToken cancellationToken
    )
    {
        var draft = context.Draft;
        if (draft.FirstOf(relation) is { } first && first < range.From)
            return null;
        var readers = context.Blueprint.ReadersOf(relation).ToList();
        List<TimeRange> split = [.. readers.Select(r => r.Split(range.To)).OfType<TimeRange>()];
        if (split.Count == 0)
            return null;
        var empty = new TimeRange(split.Min(b => b.From), range.To);
        if (
            draft.Of(relation).Frozen.Overlaps(empty)
            || readers.Exists(r => r.Split(empty.From) is not null || draft.Of(r.Tier.Id).CutRanges.Overlaps(empty))
        )
            return null;
        var rows = await context.NumberAsync(
            RowsSql.Count(context.Dialect, context.Blueprint.TimeOf(relation), context.Sql.Table(relation), RangeSet.Of(empty)),
            cancellationToken
        );
        // Where nothing is read, there are rows as a rule.
        return rows == 0 && context.Rehearsed is null ? empty.From : null;
    }

    private static string? Together(IEnumerable<string?> notes) =>
        string.Join("; ", notes.OfType<string>()) is { Length: > 0 } text ? text : null;

    public static async Task<ActOutcome> DiscardAsync(StepContext context, PlanStep.Discard step, CancellationToken cancellationToken)
    {
        var frozen = context.Draft.Of(RelationId.Source).Frozen.Intersect(step.Range);
        foreach (var hold in context.Draft.Ledger.Holds.Where(h => h.Relation is null or { IsSource: true }))
            frozen = frozen.Remove(hold.Range);
        if (frozen.IsEmpty)
            throw new StepSkippedException("nothing of it has expired, or it is held");
        await new Removal(context).CheckAsync(RelationId.Source, frozen, cancellationToken);
        var removed = await new Removal(context).RemoveAsync(RelationId.Source, frozen, cancellationToken);
        context.Facts["relation"] = RelationId.Source;
        context.Facts["range"] = frozen.ToString();
        context.Facts["rows"] = removed;
        return new(0, 0, removed, FormattableString.Invariant($"{removed:N0} late rows discarded"));
    }

    /// <summary>A tier goes only where its input and the source are gone already: looked at again, in the same snapshot.</summary>
    private static async Task InputsEmptyAsync(StepContext context, PlanStep.Expire step, CancellationToken cancellationToken)
    {
        foreach (var finer in context.Blueprint.BuildersOf(step.Relation))
        {
            var open = RangeSet.Of(step.Range).Except(context.Draft.Of(finer).Frozen);
            if (open.IsEmpty)
                continue;
            var rows = await context.NumberAsync(
                RowsSql.Count(context.Dialect, context.Blueprint.TimeOf(finer), context.Sql.Table(finer), open),
                cancellationToken
            );
            if (rows > 0)
                throw new StepSkippedException(FormattableString.Invariant($"{finer} still has {rows} rows of this range"));
        }
    }

    private static void Settle(ProjectedSets sets, RangeSet proven)
    {
        sets.Halted = sets.Halted.Except(proven);
        sets.Accepted = sets.Accepted.Except(proven);
    }

    private static void Record(StepContext context, PlanStep.Expire step, RangeSet proven, long removed, ExpiryProof proof)
    {
        context.Facts["relation"] = step.Relation.Text;
        context.Facts["range"] = proven.ToString();
        context.Facts["rows"] = removed;
        context.Facts["proof"] =
            step.Proofs.Count == 0 ? "none: nothing is built from it" : context.Blueprint.Policy.Proof.ToString().ToLowerInvariant();
        context.Facts["compared"] = proof.RowsCompared;
        if (proof.Changed.Text(waits: false) is { } followed)
            context.Facts["changed"] = followed;
        if (proof.Changed.Text(waits: true) is { } waiting)
            context.Facts["waits"] = waiting;
    }
}
