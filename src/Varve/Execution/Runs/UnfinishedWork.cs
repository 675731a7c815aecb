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
/// and recorded, and entries that the audit log lacks. Whoever works on a policy does this first.
/// </summary>
internal sealed class UnfinishedWork(CatalogStore store, AuditActor actor, Instant now)
{
    /// <summary>True where there is something to finish.</summary>
    public static bool Is(Ledger ledger) => ledger.Going.Count > 0 || ledger.Pending is not null;

    public async Task FinishAsync(StepContext context, CancellationToken cancellationToken)
    {
        var policy = context.Blueprint.Policy.Name;
        await AppendAsync(context.Statements, policy, context.Ledger.Stored, cancellationToken);
        foreach (var going in context.Ledger.Stored.Going)
        {
            var (goes, stays) = await SplitAsync(context, going, cancellationToken);
            var removed = await new Removal(context).RemoveAsync(going.Relation, goes, cancellationToken);
            foreach (var range in goes) context.Draft.Expire(going.Relation, range, going.Reason, range.To == going.Range.To ? going.WholeFrom : null);
            foreach (var tier in context.Blueprint.Tiers) await TierBuilder.RecountAsync(context, tier, goes, relation => relation == going.Relation, cancellationToken);
            context.Going.Remove(going);
            var facts = new JsonObject { ["relation"] = going.Relation, ["range"] = goes.ToString(), ["rows"] = going.Rows, ["finished"] = removed };
            if (!stays.IsEmpty) facts["stays"] = stays.ToString();
            var entry = new PendingEntry("rows.expired", facts.ToJsonString());
            var ledger = await context.Views.FollowAsync(context.Now, cancellationToken);
            await context.Ledger.SaveAsync(ledger with { Pending = context.Ledger.IsAtomic ? null : entry }, cancellationToken);
            await store.Audit.AppendAsync(context.Statements, actor, now, entry.Action, policy, facts, cancellationToken);
        }
    }

    /// <summary>Appends the entry that the audit log may not have yet.</summary>
    public async Task AppendAsync(IStatements statements, string policy, Ledger ledger, CancellationToken cancellationToken)
    {
        if (ledger.Pending is not { } pending || await store.Audit.HasAsync(statements, policy, pending.Action, pending.Facts, cancellationToken)) return;
        await store.Audit.AppendAsync(statements, actor, now, pending.Action, policy, (JsonObject)JsonNode.Parse(pending.Facts)!, cancellationToken);
    }

    /// <summary>
    /// What was proven goes; where rows came since, nobody can tell them from what is left, and a person looks: such buckets
    /// stay, cut, with every row that they have.
    /// </summary>
    private static async Task<(RangeSet Goes, RangeSet Stays)> SplitAsync(StepContext context, GoingRange going, CancellationToken cancellationToken)
    {
        var goes = RangeSet.Of(going.Range);
        foreach (var tier in context.Blueprint.Tiers)
        {
            var open = tier.BucketsTouching(goes).Intersect(tier.TakenFrom(going.Relation)).Intersect(context.Draft.Of(tier.Id).Covered).Except(context.Draft.Of(tier.Id).CutRanges).Except(context.Draft.Of(going.Relation).Accepted);
            if (open.IsEmpty) continue;
            foreach (var (part, unknown) in context.Draft.States.Thin(tier, going.Relation, open))
            {
                var compare = new CompareSql(context.Blueprint.Without(unknown), tier, context.Dialect);
                var came = Mismatches.Read(tier, await context.Statements.QueryAsync(compare.Buckets(going.Relation, part), cancellationToken)).Where(m => m.More).Select(m => m.Bucket).ToList();
                foreach (var bucket in came) context.Draft.Of(tier.Id).Cut.Add(new(bucket, 0, ByOthers: true) { Input = going.Relation });
                goes = goes.Except(RangeSet.Of(came));
            }
        }

        return (goes, RangeSet.Of(going.Range).Except(goes));
    }
}
