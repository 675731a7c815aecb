using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>What a person should know about a table, whatever the plan does.</summary>
internal static class PlanNotes
{
    public static IReadOnlyList<Problem> Of(Draft draft, TableState state)
    {
        var blueprint = draft.Blueprint;
        List<Problem> notes = [.. blueprint.Tiers.SelectMany(t => Thin(draft, t))];
        foreach (var (tier, range) in state.Unknown) notes.Add(Note(CatalogSigns.Code, $"{CatalogSigns.Text(blueprint.Tier(tier), range)} A run stops here."));
        if (state.Frozen is { Rows: > 0, First: { } first, Last: { } last } && blueprint.Policy.LateAfterExpiry == LateAfterExpiry.Hold)
        {
            notes.Add(Note("VRV210", FormattableString.Invariant(
                $"{state.Frozen.Rows:N0} rows between {InstantText.Format(first)} and {InstantText.Format(last)} came for a range that has expired; they stay in {blueprint.Source.Text} and are in no tier (late_after_expiry: hold)")));
        }

        if (state.Timeless > 0)
        {
            notes.Add(Note("VRV211", FormattableString.Invariant(
                $"{state.Timeless:N0} rows of {blueprint.Source.Text} have no finite {blueprint.Time.Name}: they are in no tier and never expire")));
        }

        if (state.Future is { Rows: > 0, Last: { } newest })
        {
            notes.Add(Note("VRV212", FormattableString.Invariant(
                $"{state.Future.Rows:N0} rows of {blueprint.Source.Text} are later than the planning instant, up to {InstantText.Format(newest)}: they wait until their time has come")));
        }

        return notes;
    }

    /// <summary>What a tier will never know of the functions that the policy asks for.</summary>
    private static IEnumerable<Problem> Thin(Draft draft, TierLayout tier)
    {
        var sets = draft.Of(tier.Id);
        if (sets.Thin.Count == 0) return [];
        return from value in draft.Blueprint.Values
               let ranges = sets.ThinIn(value.States).Except(sets.Frozen).Except(sets.Dirty)
               where !ranges.IsEmpty
               group value.Name by string.Join(", ", ranges.Take(3)) + (ranges.Count > 3 ? FormattableString.Invariant($" and {ranges.Count - 3} more ranges") : "") into names
               select Note("VRV213", $"{Nearest.Listed(names)} of {tier.Id} cannot be regained for {names.Key}: the policy did not ask for it when this was built, and what it was built from has expired; it reads as NULL there");
    }

    private static Problem Note(string code, string message) => new(code, message) { IsWarning = true };
}
