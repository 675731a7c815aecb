using NodaTime;
using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>
/// Decides what a run does. Pure: the same policy, state and instant give the same plan; no I/O, no clock, no SQL.
/// What it returns is what <c>plan</c> prints and what <c>run</c> executes.
/// </summary>
public static class Planner
{
    /// <summary>As many slices are worked off without a look at which of them have rows.</summary>
    private const int MostUnseen = 32;

    /// <summary>What has to be looked at before a policy can be planned.</summary>
    public static ObservationRequest Watch(PolicyLayout blueprint, Ledger ledger, Instant asOf) =>
        new ObservationRequests(blueprint, ledger, Cutoffs.At(blueprint, Micros.FloorToMilliseconds(asOf), null)).Look();

    /// <summary>The steps that bring a table to what its policy says, as of one instant.</summary>
    /// <param name="blueprint">The policy laid over its table.</param>
    /// <param name="state">What was seen of it.</param>
    /// <param name="asOf">The only "now"; floored to milliseconds.</param>
    public static Plan Plan(PolicyLayout blueprint, TableState state, Instant asOf) => Plan(blueprint, state, asOf, removes: true);

    /// <summary>The same without removals, and as nothing would have been removed: what is done until a person confirms them.</summary>
    internal static Plan Withheld(PolicyLayout blueprint, TableState state, Instant asOf) => Plan(blueprint, state, asOf, removes: false);

    private static Plan Plan(PolicyLayout blueprint, TableState state, Instant asOf, bool removes)
    {
        var horizon = Cutoffs.At(blueprint, Micros.FloorToMilliseconds(asOf), state.Last);
        var draft = new ProjectedLedger(blueprint, state);
        if (ColumnTypeChanges.Of(blueprint, state.Ledger) is { Count: > 0 } columns)
            draft.Waits.AddRange(ColumnTypeChanges.Waits(blueprint, columns));
        else
            Decide(draft, state, horizon, removes);
        return new()
        {
            Policy = blueprint.Policy.Name,
            Revision = state.Ledger.Revision,
            PolicyHash = state.Ledger.PolicyHash,
            AsOf = horizon.AsOf,
            ZoneVersion = DateTimeZoneProviders.Tzdb.VersionId,
            Steps = draft.Steps,
            Waits = draft.Waits,
            Notes = PlanNotes.Of(draft, state),
            Brake = BrakeRule.For(blueprint, state, draft.Steps),
        };
    }

    /// <summary>
    /// Where it has to be looked at on which days there are rows, because slices of the same length would be many and most of
    /// them might be empty; null where that is not so, or was looked at.
    /// </summary>
    internal static TimeRange? Scattered(PolicyLayout blueprint, TableState state, Instant asOf)
    {
        if (state.Days is not null || ColumnTypeChanges.Of(blueprint, state.Ledger).Count > 0)
            return null;
        var horizon = Cutoffs.At(blueprint, Micros.FloorToMilliseconds(asOf), state.Last);
        var draft = new ProjectedLedger(blueprint, state);
        Prepare(draft, state, horizon, removes: true);
        var work = new SliceWork(draft, state, horizon);
        return work.Range is { } range && Slices.Count(state, work.Rows, range) > MostUnseen ? range : null;
    }

    private static void Decide(ProjectedLedger draft, TableState state, Cutoffs horizon, bool removes)
    {
        Prepare(draft, state, horizon, removes);
        new SliceWork(draft, state, horizon).Add(removes);
        if (removes)
            Discard(draft, state, horizon);
        Relocating.Decide(draft, horizon);
    }

    private static void Prepare(ProjectedLedger draft, TableState state, Cutoffs horizon, bool removes)
    {
        Create(draft, state);
        ChangedInputs.Mark(draft);
        Changes.Mark(draft, state, horizon);
        Backfill.Mark(draft, horizon);
        Publish(draft, state);
        if (removes)
            Merging.Decide(draft, state, horizon);
    }

    private static void Create(ProjectedLedger draft, TableState state)
    {
        foreach (var tier in draft.Blueprint.Tiers.Where(t => !state.Ledger.Of(t.Id).Created))
            draft.Steps.Add(new PlanStep.CreateTier { Relation = tier.Id, Reason = "the policy asks for it" });
    }

    private static void Publish(ProjectedLedger draft, TableState state)
    {
        if (draft.Blueprint.Tiers.Count > 0 && state.Ledger.PublishedRevision != state.Ledger.Revision)
            draft.Steps.Add(new PlanStep.Publish { Relation = RelationId.All, Reason = "the views of this revision" });
    }

    // As of an earlier instant than a run before, what expired then may be younger than keep again.
    private static void Discard(ProjectedLedger draft, TableState state, Cutoffs horizon)
    {
        if (draft.Blueprint.Policy.LateAfterExpiry != LateAfterExpiry.Discard || state.Frozen is not { First: { } first, Last: { } last })
            return;
        var past = state.Ledger.Of(RelationId.Source).Frozen.Intersect(TimeRange.Before(horizon.ExpiryCutoff(RelationId.Source)));
        foreach (var hold in draft.Ledger.Holds.Where(h => h.Relation is null or { IsSource: true }))
            past = past.Remove(hold.Range);
        foreach (var range in past.Where(r => first < r.To && last >= r.From))
        {
            draft.Steps.Add(
                new PlanStep.Discard
                {
                    Relation = RelationId.Source,
                    Range = range,
                    Reason = "rows that came for a range that has expired (late_after_expiry: discard)",
                    Rows = state.Frozen.Rows,
                }
            );
        }
    }
}
