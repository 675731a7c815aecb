using NodaTime;
using Varve.Time;

namespace Varve.Planning;

/// <summary>
/// Covered buckets whose tier has got another input with a changed policy, of which that has expired a part already: they
/// cannot be compared with it any more, so they are cut, as any bucket is that an expiry leaves in part.
/// </summary>
internal static class ChangedInputs
{
    public static void Mark(ProjectedLedger draft)
    {
        if (draft.Ledger.PublishedRevision == draft.Ledger.Revision)
            return;
        foreach (var tier in draft.Blueprint.Tiers)
        {
            List<CutBucket> cut = [.. Halves(draft, tier).Select(b => new CutBucket(b, 0, ByOthers: false) { Input = tier.Input })];
            if (cut.Count == 0)
                continue;
            draft.Steps.Add(
                new PlanStep.Mark
                {
                    Relation = tier.Id,
                    Cut = cut,
                    Reason =
                        $"they are built from {tier.Input} since this revision, and a part of that has expired: they stay as they were built",
                }
            );
            draft.Of(tier.Id).Cut.AddRange(cut);
            draft.Of(tier.Id).Dirty = draft.Of(tier.Id).Dirty.Except(draft.Of(tier.Id).CutRanges);
        }
    }

    private static IEnumerable<TimeRange> Halves(ProjectedLedger draft, TierLayout tier)
    {
        var (sets, gone) = (draft.Of(tier.Id), draft.Of(tier.Input).Frozen);
        return gone.SelectMany(r => new[] { r.From, r.To })
            .Where(edge => edge > Instant.MinValue && edge < Instant.MaxValue && !tier.Grid.IsBoundary(edge))
            .Select(tier.Grid.BucketOf)
            .Distinct()
            .Where(b => sets.Covered.Covers(b) && !sets.CutRanges.Covers(b) && !sets.Frozen.Covers(b) && !gone.Covers(b));
    }
}
