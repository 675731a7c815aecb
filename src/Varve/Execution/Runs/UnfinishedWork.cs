using System.Text.Json.Nodes;
using NodaTime;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Sql;
using Varve.Time;

namespace Varve.Execution;

/// <summary>
/// Finishes what somebody began who did not come to its end, on engines on which that can be seen: a removal that was proven
/// and recorded, a table that a drill made, and entries that the audit log lacks. Whoever works on a policy does this first.
/// </summary>
internal sealed class UnfinishedWork(CatalogStore store, AuditActor actor, Instant now)
{
    /// <summary>True where there is something to finish.</summary>
    public static bool Is(Ledger ledger) => ledger.Going.Count > 0 || ledger.Pending is not null || ledger.Drill is not null;

    public async Task FinishAsync(StepContext context, CancellationToken cancellationToken)
    {
        var policy = context.Blueprint.Policy.Name;
        await DropDrillAsync(context, cancellationToken);
        await AppendAsync(context.Statements, policy, context.Ledger.Stored, cancellationToken);
        if (context.Ledger.IsAtomic && context.Ledger.Stored.Pending is not null)
            await context.Ledger.SaveAsync(context.Ledger.Stored with { Pending = null }, cancellationToken);
        foreach (var going in context.Ledger.Stored.Going)
        {
            var byPart = context.PartsOnly && going.Relation == RelationId.Source;
            var (goes, stays) = byPart ? (RangeSet.Of(going.Range), RangeSet.Empty) : await SplitAsync(context, going, cancellationToken);
            long removed;
            if (byPart)
                (goes, stays, removed) = await PartsAsync(context, going, cancellationToken);
            else
                removed = await new Removal(context).RemoveAsync(going.Relation, goes, cancellationToken);
            foreach (var range in goes)
                context.Draft.Expire(going.Relation, range, going.Reason, range.To == going.Range.To ? going.WholeFrom : null);
            foreach (var tier in context.Blueprint.Tiers)
                await TierBuilder.RecountAsync(context, tier, goes, relation => relation == going.Relation, cancellationToken);
            context.Going.Remove(going);
            var facts = new JsonObject
            {
                ["relation"] = going.Relation.Text,
                ["range"] = goes.ToString(),
                ["rows"] = going.Rows,
                ["finished"] = removed,
            };
            if (!stays.IsEmpty)
                facts["stays"] = stays.ToString();
            var entry = new PendingEntry("rows.expired", facts.ToJsonString());
            var ledger = await context.Views.FollowAsync(context.Now, cancellationToken);
            await context.Ledger.SaveAsync(ledger with { Pending = context.Ledger.IsAtomic ? null : entry }, cancellationToken);
            await store.Audit.AppendAsync(context.Statements, actor, now, entry.Action, policy, facts, cancellationToken);
        }
    }

    // Its name was written down before it was made, when there was no table of that name.
    private static async Task DropDrillAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Ledger.Stored.Drill is not { } left)
            return;
        if (await context.Statements.DescribeAsync(left, cancellationToken) is not null)
            await context.Statements.ExecuteAsync(StepSql.Drop(left, isView: false), cancellationToken);
        await context.Ledger.SaveAsync(context.Ledger.Stored with { Drill = null }, cancellationToken);
    }

    /// <summary>
    /// Appends the entry of a step that is committed, once: nobody else appends meanwhile, and what others appended before is
    /// seen, as the snapshot is taken after the lock. True where there was one.
    /// </summary>
    public async Task<bool> TellAsync(IStatements statements, Dialect dialect, string policy, CancellationToken cancellationToken)
    {
        if (dialect.Alone(store.Tables.Audit) is { } alone)
            await statements.ExecuteAsync(alone, cancellationToken);
        var ledger = await store.Ledgers.LoadAsync(statements, policy, cancellationToken);
        if (ledger.Pending is null)
            return false;
        await AppendAsync(statements, policy, ledger, cancellationToken);
        await store.Ledgers.SaveAsync(statements, policy, ledger with { Pending = null }, cancellationToken);
        return true;
    }

    /// <summary>Appends the entry that the audit log may not have yet.</summary>
    public async Task AppendAsync(IStatements statements, string policy, Ledger ledger, CancellationToken cancellationToken)
    {
        if (
            ledger.Pending is not { } pending
            || await store.Audit.HasAsync(statements, policy, pending.Action, pending.Facts, cancellationToken)
        )
            return;
        await store.Audit.AppendAsync(
            statements,
            actor,
            now,
            pending.Action,
            policy,
            (JsonObject)JsonNode.Parse(pending.Facts)!,
            cancellationToken
        );
    }

    /// <summary>
    /// A part that is as it was when it was proven goes, and one that is not there any more has gone: what is there in its
    /// place came late. One that was written to is not proven any more, and stays as if nothing had begun.
    /// </summary>
    private static async Task<(RangeSet Goes, RangeSet Stays, long Removed)> PartsAsync(
        StepContext context,
        GoingRange going,
        CancellationToken cancellationToken
    )
    {
        var range = RangeSet.Of(going.Range);
        var there = await context.Partitioning!.HoldAsync(
            context.Statements,
            context.Blueprint.Source,
            context.Blueprint.Time,
            range,
            cancellationToken
        );
        List<TablePart> left = [.. there.Where(p => going.Parts.Any(g => g.Part == p.Mark?.Part))];
        List<TablePart> same = [.. left.Where(p => going.Parts.Any(g => g.Part == p.Mark!.Part && g.State == p.Mark.State))];
        List<TablePart> changed = [.. left.Except(same)];

        // Only what was about to be closed then: a block that was there before is somebody else's.
        List<TablePart> closed = [.. changed.Where(p => going.Parts.Any(g => g.Part == p.Mark!.Part && g.Closes))];
        if (closed.Count > 0)
            await context.Partitioning.ReleaseAsync(context.Statements, closed, cancellationToken);
        var removed = same.Count == 0 ? 0 : await context.Partitioning.DropAsync(context.Statements, same, cancellationToken);
        var stays = RangeSet.Of(changed.Select(p => p.Range)).Intersect(range);
        return (range.Except(stays), stays, removed);
    }

    /// <summary>
    /// What was proven goes; where rows came since, nobody can tell them from what is left, and a person looks: such buckets
    /// stay, cut, with every row that they have.
    /// </summary>
    private static async Task<(RangeSet Goes, RangeSet Stays)> SplitAsync(
        StepContext context,
        GoingRange going,
        CancellationToken cancellationToken
    )
    {
        var goes = RangeSet.Of(going.Range);
        foreach (var tier in context.Blueprint.Tiers)
        {
            var open = tier.BucketsTouching(goes)
                .Intersect(tier.TakenFrom(going.Relation))
                .Intersect(context.Draft.Of(tier.Id).Covered)
                .Except(context.Draft.Of(tier.Id).CutRanges)
                .Except(context.Draft.Of(going.Relation).Accepted);
            if (open.IsEmpty)
                continue;
            foreach (var (part, unknown) in context.Draft.States.Thin(tier, going.Relation, open))
            {
                var compare = new CompareSql(context.Blueprint.Without(unknown), tier, context.Dialect);
                var came = Mismatches
                    .Read(tier, await context.Statements.QueryAsync(compare.Buckets(going.Relation, part), cancellationToken))
                    .Where(m => m.More)
                    .Select(m => m.Bucket)
                    .ToList();
                foreach (var bucket in came)
                    context.Draft.Of(tier.Id).Cut.Add(new(bucket, 0, ByOthers: true) { Input = going.Relation });
                goes = goes.Except(RangeSet.Of(came));
            }
        }

        return (goes, RangeSet.Of(going.Range).Except(goes));
    }
}
