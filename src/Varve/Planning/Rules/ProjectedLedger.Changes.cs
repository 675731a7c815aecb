using System.Collections.Frozen;
using NodaTime;
using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <content>What a step changes in it.</content>
internal sealed partial class ProjectedLedger
{
    public void RollUp(TierLayout tier, RelationId input, RangeSet ranges, string reason)
    {
        var sets = Of(tier.Id);
        AddRollUp(tier, input, ranges.Except(sets.Covered), reason, again: false);
        AddRollUp(tier, input, ranges.Intersect(sets.Covered), "its input changed since it was built", again: true);
        Outdate(input, ranges.Intersect(sets.Covered));
        States.Learn(tier, input, ranges);

        DirtyCoarser(tier, ranges);
        sets.Covered = sets.Covered.Union(ranges);
        sets.Writing = sets.Writing.Except(ranges);
        sets.Dirty = sets.Dirty.Except(ranges);
        sets.Fill(ranges.Start!.Value);
    }

    /// <summary>
    /// Some buckets of a tier are about to be written: what they hold counts for nothing until that was verified, and neither
    /// does what coarser tiers have of them.
    /// </summary>
    public void Claim(TierLayout tier, RangeSet ranges)
    {
        var sets = Of(tier.Id);
        DirtyCoarser(tier, ranges);
        sets.Writing = sets.Writing.Union(ranges.Except(sets.Covered));
        sets.Dirty = sets.Dirty.Union(ranges.Intersect(sets.Covered).Except(sets.CutRanges));
    }

    // Behind what it covers a tier is being filled: a coarser bucket that is there already was built without it, and stays.
    private void DirtyCoarser(TierLayout tier, RangeSet ranges)
    {
        var sets = Of(tier.Id);
        var changed = ranges.Intersect(TimeRange.Before(sets.Covered.End ?? Instant.MinValue));
        var followed = sets.MayShrink.Intersect(sets.Dirty).Intersect(ranges);
        foreach (var coarser in Blueprint.BuiltFrom(tier.Id))
        {
            var touched = coarser.BucketsTouching(changed).Intersect(Of(coarser.Id).Covered).Except(Of(coarser.Id).CutRanges);
            Of(coarser.Id).Dirty = Of(coarser.Id)
                .Dirty.Union(touched.Except(coarser.Unnested).Intersect(coarser.WholeBuckets(Unavailable(tier.Id, coarser).Complement())));
            if (!coarser.Unnested.IsEmpty)
                Of(coarser.Id).Dirty = Of(coarser.Id)
                    .Dirty.Union(
                        touched
                            .Intersect(coarser.Unnested)
                            .Intersect(coarser.WholeBuckets(Unavailable(RelationId.Source, coarser).Complement()))
                    );
            Of(coarser.Id).MayShrink = Of(coarser.Id).MayShrink.Union(touched.Intersect(coarser.BucketsTouching(followed)));
        }
    }

    // Parts that count their changes go together, however many slices they were, as long as their proof reads few rows.
    private void AddExpiry(PlanStep.Expire step)
    {
        if (
            step.Relation == RelationId.Source
            && Blueprint.ArePiecesAll
            && Steps is [.., PlanStep.Expire last]
            && last.Relation == step.Relation
            && last.Location == step.Location
            && last.Reason == step.Reason
            && last.Range.To == step.Range.From
            && last.Rows + step.Rows <= Slices.FewRows
        )
            Steps[^1] = last with
            {
                Range = new(last.Range.From, step.Range.To),
                Proofs = [.. last.Proofs.Union(step.Proofs)],
                Rows = last.Rows + step.Rows,
                Bytes = last.Bytes + step.Bytes,
            };
        else
            Steps.Add(step);
    }

    /// <summary>Removes a range; where nothing older is left, everything before it counts as expired too.</summary>
    /// <param name="relation">From where.</param>
    /// <param name="range">What goes.</param>
    /// <param name="reason">Why.</param>
    /// <param name="wholeFrom">From here on, which may be before it, up to its end there was no row, and it has not begun to expire; null:
    /// it has.</param>
    public void Expire(RelationId relation, TimeRange range, string reason, Instant? wholeFrom = null)
    {
        var readers = Blueprint.ReadersOf(relation).Where(r => r.Buckets.Overlaps(range)).ToList();
        var rows = Estimate.Rows(this, _state, relation, range);
        AddExpiry(
            new()
            {
                Relation = relation,
                Range = range,
                Proofs = [.. readers.Select(r => r.Tier.Id)],
                Location = Archives.Of(relation),
                Reason = reason,
                Rows = rows,
                Bytes = Estimate.Bytes(_state, relation, rows),
            }
        );
        var sets = Of(relation);
        var end = wholeFrom ?? range.To;
        var gone = new TimeRange(Instant.Min(range.From, end), end);
        var nothingBefore = FirstOf(relation) is not { } first || first >= range.From;
        sets.Frozen = sets.Frozen.Add(gone);
        sets.Unmove(gone);
        if (nothingBefore)
            Freeze(relation, ReleasableRanges.Whole(this, relation, Empty(relation, gone.From)));
        var cut = nothingBefore && sets.Frozen.Contains(gone.From - Duration.Epsilon) ? TimeRange.Before(gone.To) : gone;
        foreach (var reader in readers)
            Of(reader.Tier.Id).CutAt(reader, cut, relation);
        foreach (var tier in Blueprint.Tiers)
            Of(tier.Id).Cut.RemoveAll(c => Blueprint.CountedIn(tier, c) == relation && sets.Frozen.Covers(c.Bucket));
        foreach (var finer in Blueprint.BuildersOf(relation))
            Of(finer).Frozen = Of(finer).Frozen.Union(ReleasableRanges.Of(this, finer, sets.Frozen.Intersect(range)));
    }

    /// <summary>Moves a part of the source.</summary>
    public void Relocate(TablePiece piece, Place to, string reason)
    {
        Steps.Add(
            new PlanStep.Relocate
            {
                Relation = RelationId.Source,
                Range = piece.Range,
                To = to,
                From = piece.Place,
                Reason = reason,
                Bytes = piece.Bytes,
            }
        );
        Of(RelationId.Source).MoveTo(to, piece.Range);
    }

    // Of the source there was no row: buckets beside a held range, before which a tier may begin one day, are without rows and
    // not lost. A tier may have none because they are lost in it.
    private void Freeze(RelationId relation, RangeSet empty)
    {
        var sets = Of(relation);
        var since = RangeSet.Of(empty.Except(sets.Frozen).Where(r => !r.FromStart));
        sets.Frozen = sets.Frozen.Union(empty);
        if (relation != RelationId.Source)
            return;
        foreach (var (tier, buckets) in Blueprint.ReadersOf(relation))
            Adopt(tier, tier.WholeBuckets(since).Intersect(buckets).Except(Of(tier.Id).Lost));
    }

    // A held range is not frozen, and of a tier nothing is gone that its inputs may still give it.
    private RangeSet Empty(RelationId relation, Instant until)
    {
        var empty = RangeSet.Of(TimeRange.Before(until));
        foreach (var hold in Ledger.Holds.Where(h => h.Relation is null || h.Relation == relation))
            empty = empty.Remove(hold.Range);
        return Blueprint.BuildersOf(relation).Aggregate(empty, (all, finer) => all.Intersect(Removed(finer)));
    }

    /// <summary>Takes buckets of a tier for built, whatever they were built from.</summary>
    public void Adopt(TierLayout tier, RangeSet buckets) => Of(tier.Id).Covered = Of(tier.Id).Covered.Union(buckets);

    /// <summary>
    /// Buckets that should agree with the source and do not are judged and built again like any that changed; the end of
    /// them, null where there are none.
    /// </summary>
    public Instant? FollowSource(RangeSet comparable)
    {
        foreach (var reader in Blueprint.ReadersOf(RelationId.Source))
        {
            var sets = Of(reader.Tier.Id);
            sets.Dirty = sets.Dirty.Union(reader.Touched(comparable).Intersect(sets.Covered).Except(sets.CutRanges).Except(sets.Frozen));
        }

        return comparable.End;
    }

    /// <summary>
    /// What was built from a table that is no longer the source is history: its rows count as expired, so that nothing of it is
    /// built again from another table's, and rows of that time are late ones. The end of it, null where nothing
    /// is built.
    /// </summary>
    /// <exception cref="PolicyException">Late rows would be removed, or added to that history.</exception>
    public Instant? LeaveSource()
    {
        if (Blueprint.Tiers.Count == 0 || Of(Blueprint.Tiers[0].Id).Covered.End is not { } end)
            return null;
        var policy = Blueprint.Policy;
        if (policy.LateAfterExpiry != Policies.LateAfterExpiry.Hold)
            throw new PolicyException(
                WorkCodes.OtherTable,
                $"Rows of {Blueprint.Source.Text} from the time of what is built would count as late ones, and late_after_expiry of {policy.Name} says what is not to happen to them. Set it to hold first: varve apply."
            );
        var history = TimeRange.Before(end);
        var source = Of(RelationId.Source);
        source.Frozen = source.Frozen.Add(history);
        source.Halted = source.Halted.Except(RangeSet.Of(history));
        foreach (var reader in Blueprint.ReadersOf(RelationId.Source))
        {
            var (tier, sets) = (reader.Tier, Of(reader.Tier.Id));
            sets.CutAt(reader, history, RelationId.Source);
            sets.Cut.RemoveAll(c => source.Frozen.Covers(c.Bucket));
            sets.Dirty = sets.Dirty.Except(tier.BucketsTouching(source.Frozen).Intersect(reader.Buckets));
        }

        return end;
    }

    /// <summary>What lies before the oldest row of a relation counts as expired from it.</summary>
    public void FreezeWhatIsGone()
    {
        foreach (var relation in Blueprint.Tiers.Select(t => t.Id).Prepend(RelationId.Source))
        {
            var (tiers, sets) = (Blueprint.BuiltFrom(relation).ToList(), Of(relation));
            var readers = Blueprint.ReadersOf(relation).ToList();
            if (tiers.Count == 0)
                continue;
            var end =
                (relation == RelationId.Source ? _state.First : _state.Tiers.GetValueOrDefault(relation)?.First)
                ?? tiers.Max(t => Of(t.Id).Covered.End);
            if (end is not { } first || tiers[0].Grid.Floor(first) is var edge && edge <= (tiers.Min(t => Of(t.Id).Covered.Start) ?? first))
                continue;
            sets.Frozen = sets.Frozen.Add(TimeRange.Before(edge));
            foreach (var reader in readers)
            {
                Of(reader.Tier.Id).CutAt(reader, TimeRange.Before(edge), relation);
                Of(reader.Tier.Id).Cut.RemoveAll(c => sets.Frozen.Covers(c.Bucket));
            }
        }
    }

    /// <summary>Notes what is due and waits; ranges that wait for the same reason become one.</summary>
    public void Wait(RelationId relation, RangeSet ranges, string reason, bool person)
    {
        var hull = new TimeRange(ranges.Start!.Value, ranges.End!.Value);
        var same = Waits.FindIndex(w => w.Relation == relation && w.Reason == reason);
        if (same < 0)
            Waits.Add(new(relation, hull, reason, person));
        else
            Waits[same] = Waits[same] with
            {
                Range = new(Instant.Min(Waits[same].Range.From, hull.From), Instant.Max(Waits[same].Range.To, hull.To)),
            };
    }

    /// <summary>
    /// A bucket that is built again from the source has changed: what a retired tier has of it is as it was, and no input any
    /// more.
    /// </summary>
    private void Outdate(RelationId input, RangeSet again)
    {
        if (again.IsEmpty || input != RelationId.Source)
            return;
        foreach (var tier in Blueprint.Retired)
            Of(tier.Id).Dirty = Of(tier.Id).Dirty.Union(tier.BucketsTouching(again).Intersect(Of(tier.Id).Covered));
    }

    private void AddRollUp(TierLayout tier, RelationId input, RangeSet ranges, string reason, bool again)
    {
        foreach (var some in ranges.Chunk(MostRanges))
        {
            var part = RangeSet.Of(some);
            Steps.Add(
                new PlanStep.RollUp
                {
                    Relation = tier.Id,
                    Input = input,
                    Ranges = part,
                    Again = again,
                    Reason = reason,
                    Rows = Estimate.Written(this, _state, tier, part),
                }
            );
        }
    }
}
