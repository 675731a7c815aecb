using NodaTime;
using Varve.Time;

namespace Varve.Planning;

/// <summary>What the recheck found: buckets to build again, and buckets that somebody else cut.</summary>
internal static class Changes
{
    public static void Mark(ProjectedLedger draft, TableState state, Cutoffs horizon)
    {
        foreach (var (tier, labels) in state.StaleLabels)
            Relabel(draft, draft.Blueprint.Tier(tier), labels);
        if (state.Changes.Count == 0)
            return;
        draft.UnverifiedSource = Unanswered(draft, state.Changes.Where(c => c.Asked is not null && !IsOnlyLate(c) && !WasEmpty(c)));
        var prefix = RemovedUpTo(state, horizon);
        var first = draft.Blueprint.Tiers[0];
        var dirty = RangeSet.Of(state.Changes.Where(c => c.Asked is null && IsCorrection(c, prefix)).Select(c => c.Bucket));
        var corrected = RangeSet.Of(state.Changes.Where(c => c.Asked is null && c.Found < c.Stored).Select(c => c.Bucket)).Intersect(dirty);
        var gone = Unanswered(
            draft,
            state.Changes.Where(c => c.Asked is { } asked ? IsGone(c, asked, first, dirty) : !IsCorrection(c, prefix))
        );
        var parts = state.EnclosingChanges.GetValueOrDefault(first.Id, []);
        var late = RangeSet.Of(parts.Where(c => c.Found >= c.Stored).Select(c => c.Bucket));
        var fewer = RangeSet.Of(parts.Where(c => c.Found < c.Stored).Select(c => c.Bucket)).Except(dirty);
        if (state.First is { } oldest && draft.Of(first.Id).Covered.Start is { } start && oldest < start)
            late = late.Add(new(oldest, start));
        var asked = state.Changes.Where(c => c.Asked is { Input.IsSource: true }).Select(c => draft.Blueprint.Tier(c.Asked!.Tier));

        // What is marked is not compared again: a run that is killed in between must still find what the coarser tiers lack.
        foreach (
            var tier in draft
                .Blueprint.BuiltFrom(RelationId.Source)
                .Union(asked)
                .OrderBy(t => t == first)
                .ThenByDescending(t => t.Grid.Width.Longest)
                .ToList()
        )
            Mark(
                draft,
                tier,
                dirty,
                corrected,
                tier == first ? gone : gone.Union(fewer),
                late,
                tier == first ? null : state.EnclosingChanges.GetValueOrDefault(tier.Id)
            );
        foreach (var tier in draft.Blueprint.BehindNew(state.Ledger).Except(asked))
            Follow(draft, tier, gone.Union(fewer), state.EnclosingChanges.GetValueOrDefault(tier.Id, []));
    }

    // A tier that gets a new input follows what came unseen before that was built, and nothing else of it.
    private static void Follow(ProjectedLedger draft, TierLayout tier, RangeSet gone, IReadOnlyList<BucketChange> own)
    {
        var sets = draft.Of(tier.Id);
        var came = RangeSet
            .Of(own.Where(c => c.Found > c.Stored).Select(c => c.Bucket))
            .Intersect(sets.Covered)
            .Except(sets.CutRanges)
            .Except(sets.Dirty)
            .Intersect(
                tier.WholeBuckets(
                    gone.Union(draft.TakenByOthers(tier)).Union(draft.Of(RelationId.Source).Frozen).Union(sets.Frozen).Complement()
                )
            );
        if (came.IsEmpty)
            return;
        draft.Steps.Add(
            new PlanStep.Mark
            {
                Relation = tier.Id,
                Dirty = came,
                Reason = $"rows came after these buckets were built, and {tier.Input} has them",
            }
        );
        sets.Dirty = sets.Dirty.Union(came);
    }

    // Where the first tier is whole, it has answered for what a longer bucket around it says.
    private static RangeSet Unanswered(ProjectedLedger draft, IEnumerable<BucketChange> changes)
    {
        var first = draft.Blueprint.Tiers[0].Id;
        var known = draft.Ledger.Of(first);
        var byFirst = changes.ToLookup(c => c.Asked is not { Input.IsSource: true } asked || asked.Tier == first, c => c.Bucket);
        return RangeSet.Of(byFirst[true]).Union(RangeSet.Of(byFirst[false]).Except(known.Covered.Except(known.CutByExpiry)));
    }

    // A longer bucket that lost rows where the first one says that it was a correction has lost them to it.
    private static bool IsGone(BucketChange change, ComparisonRequest asked, TierLayout first, RangeSet corrected) =>
        asked.Input == RelationId.Source && change.Found < change.Stored && (asked.Tier == first.Id || !corrected.Overlaps(change.Bucket));

    // Rows that came late, outside of what is watched, are in what is built from the source next, as the source has them.
    private static bool IsOnlyLate(BucketChange change) => change.Asked is { OnlyRows: true } && change.Found > change.Stored;

    private static bool IsCorrection(BucketChange change, Instant prefix) => change.Bucket.From > prefix || WasEmpty(change);

    // Of a bucket that was empty nobody can have removed a row.
    private static bool WasEmpty(BucketChange change) => change.Stored == 0 && change.Found > 0;

    /// <summary>
    /// The newest bucket up to which somebody else removes rows. Fewer rows are a correction only inside the watched
    /// window and in buckets later than the oldest one that still agrees; up to there, history must not shrink with them,
    /// and rows that came there meanwhile cannot be told from those that are left.
    /// </summary>
    private static Instant RemovedUpTo(TableState state, Cutoffs horizon) =>
        state
            .Changes.Where(c => c.Asked is null && c.Found < c.Stored)
            .Where(c => state.OldestUnchanged is not { } survivor || c.Bucket.From <= survivor || c.Bucket.From < horizon.RecheckFrom)
            .Select(c => c.Bucket.From)
            .DefaultIfEmpty(Instant.MinValue)
            .Max();

    /// <summary>Buckets whose labels are no boundaries since the zone data changed are built again where their input is whole.</summary>
    private static void Relabel(ProjectedLedger draft, TierLayout tier, IReadOnlyList<Instant> labels)
    {
        var sets = draft.Of(tier.Id);
        if (draft.Blueprint.Retired.Contains(tier))
        {
            draft.Steps.Add(
                new PlanStep.Mark
                {
                    Relation = tier.Id,
                    Dirty = sets.Covered,
                    Reason = "the zone data changed: this retired tier is no input any more",
                }
            );
            sets.Dirty = sets.Covered;
            return;
        }

        var old = RangeSet.Of(labels.Select(l => tier.Grid.Cover(new TimeRange(l, l + tier.Grid.Width.Longest))));
        var again = tier.WholeBuckets(old.Intersect(sets.Covered))
            .Except(sets.CutRanges)
            .Intersect(tier.WholeBuckets(draft.Unavailable(tier.Input, tier).Complement()));
        if (!again.IsEmpty)
        {
            draft.Steps.Add(
                new PlanStep.Mark
                {
                    Relation = tier.Id,
                    Dirty = again,
                    MayShrink = again,
                    Reason = "the zone data changed: these local days begin at other instants now",
                }
            );
            (sets.Dirty, sets.MayShrink) = (sets.Dirty.Union(again), sets.MayShrink.Union(again));
        }

        var frozen = RangeSet.Of(labels.Where(l => !again.Contains(l)).Select(tier.Grid.BucketOf));
        if (!frozen.IsEmpty)
            draft.Wait(
                tier.Id,
                frozen,
                "the zone data changed, and what these buckets were built from has expired: they keep their old boundaries",
                person: false
            );
    }

    private static void Mark(
        ProjectedLedger draft,
        TierLayout tier,
        RangeSet dirty,
        RangeSet corrected,
        RangeSet gone,
        RangeSet late,
        IReadOnlyList<BucketChange>? own
    )
    {
        var sets = draft.Of(tier.Id);
        var open = sets.Covered.Except(sets.CutRanges);
        var whole = RangeSet.Empty;
        if (own is not null)
        {
            // What it does not hold it has not lost; and where it holds as much as before, as much came as went.
            open = open.Intersect(RangeSet.Of(own.Select(c => c.Bucket)));
            var empty = RangeSet.Of(own.Where(c => c.Stored == 0).Select(c => c.Bucket));
            var (went, mixed) = (
                tier.BucketsTouching(gone).Except(empty),
                RangeSet.Of(own.Where(c => c.Found >= c.Stored).Select(c => c.Bucket))
            );
            (dirty, gone, whole) = (dirty.Union(mixed).Union(empty), went, empty);
        }

        var came = tier.BucketsTouching(dirty)
            .Intersect(open)
            .Intersect(tier.WholeBuckets(sets.Frozen.Union(draft.Of(RelationId.Source).Frozen).Complement()));
        var again = came.Intersect(tier.WholeBuckets(draft.TakenByOthers(tier).Complement()).Union(whole));
        var cut = tier.BucketsTouching(gone).Intersect(open).Union(came.Except(again));
        var fresh = again.Except(cut).Except(sets.Dirty);
        var followed = again.Except(cut).Intersect(tier.BucketsTouching(corrected)).Except(sets.MayShrink);
        List<CutBucket> buckets =
        [
            .. cut.SelectMany(tier.Grid.Buckets)
                .Select(b => new CutBucket(b, 0, ByOthers: true)
                {
                    Input = RelationId.Source,
                    IsMixed = came.Overlaps(b) || late.Overlaps(b) || sets.Dirty.Overlaps(b),
                }),
        ];
        if (fresh.IsEmpty && followed.IsEmpty && buckets.Count == 0)
            return;
        draft.Steps.Add(
            new PlanStep.Mark
            {
                Relation = tier.Id,
                Dirty = fresh,
                MayShrink = followed,
                Cut = buckets,
                Reason = (fresh.IsEmpty && followed.IsEmpty, buckets.Count == 0) switch
                {
                    (false, true) => "rows came or changed after these buckets were built",
                    (true, false) => "somebody else removed rows of these buckets: they stay as they were built",
                    _ => "rows came, changed, or were removed by somebody else after these buckets were built",
                },
            }
        );
        (sets.Dirty, sets.MayShrink) = (sets.Dirty.Union(fresh), sets.MayShrink.Union(followed));
        sets.Cut.AddRange(buckets);
    }
}
