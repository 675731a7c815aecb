using NodaTime;
using Varve.Planning;
using Varve.Time;

namespace Varve.Diagnosis;

/// <summary>What a survey of one policy shows. Pure.</summary>
internal static class PolicyFindings
{
    public static IEnumerable<Finding> Of(PolicyLayout blueprint, TableState state, Instant now)
    {
        var (name, source) = (blueprint.Policy.Name, blueprint.Source.Text);
        foreach (var (tier, range) in state.Unknown)
            yield return new(
                "catalog.older",
                Severity.Error,
                name,
                CatalogSigns.Text(blueprint.Tier(tier), range),
                CatalogSigns.WayOut(name)
            );
        foreach (var tier in blueprint.Tiers)
        {
            var ledger = state.Ledger.Of(tier.Id);
            if (state.Tiers.GetValueOrDefault(tier.Id)?.First is { } first && ledger.Frozen.Contains(first))
                yield return new(
                    "relation.older",
                    Severity.Warning,
                    name,
                    $"{tier.States.Text} has rows of {InstantText.Format(first)}, which the catalog says have expired: the table came from an older backup, or somebody else wrote to it.",
                    "They stay as long as nobody removes them. If the table is older than the catalog, newer buckets may be missing too: varve verify."
                );
            if (ledger.Covered.End is { } end && end > now)
                yield return new(
                    "coverage.beyond",
                    Severity.Warning,
                    name,
                    $"{tier.Id} is covered until {InstantText.Format(end)}, which has not come: a run was made while the clock was ahead.",
                    $"Rows that come for it are found only inside of recheck. Mark it to be built again once it has passed: varve invalidate {name} --from … --to …."
                );
        }

        foreach (var (relation, sets) in state.Ledger.Relations)
        {
            if (sets.Halted.Except(sets.Accepted) is { IsEmpty: false } halted)
                yield return new(
                    "range.halted",
                    Severity.Error,
                    name,
                    $"{relation} waits for a person between {InstantText.Format(halted.Start!.Value)} and {InstantText.Format(halted.End!.Value)}: its proof failed.",
                    $"varve verify {name} shows what differs, varve verify {name} --accept lets it go."
                );
        }

        if (PlanNotes.Timeless(blueprint, state) is { } timeless)
            yield return new(
                "rows.timeless",
                Severity.Warning,
                name,
                $"{timeless}: they are in no tier and never expire.",
                "Give them a time, or remove them."
            );
        if (PlanNotes.Unit(blueprint, state.First, state.Last) is { } unit)
            yield return new(
                "source.unit",
                Severity.Warning,
                name,
                $"{char.ToUpperInvariant(unit.Message[0])}{unit.Message[1..]}.",
                "Write that unit into the policy. If the rows are of 1970, nothing is to be done."
            );
        if (state.Future is { Rows: > 0, Last: { } last })
            yield return new(
                "rows.future",
                Severity.Warning,
                name,
                $"{PlanText.Count(state.Future.Rows, "row")} of {source} {(state.Future.Rows == 1 ? "is" : "are")} later than now, up to {InstantText.Format(last)}.",
                "They wait until their time has come. If a clock or a unit was wrong, put it right."
            );
    }

    public static IEnumerable<Finding> Of(string policy, IReadOnlyList<Hold> holds, Instant now) =>
        from hold in holds
        where hold.Until is { } until && until <= now
        select new Finding(
            "hold.ended",
            Severity.Note,
            policy,
            $"The hold {hold.Id[..13]} ({hold.Reason}) ended by itself at {InstantText.Format(hold.Until!.Value)}.",
            $"varve policy release {policy} takes it off the list."
        );

    /// <summary>The edges that are stored against those that follow from the coverage.</summary>
    public static IEnumerable<Finding> Of(PolicyLayout blueprint, Ledger ledger, IReadOnlyList<(RelationId Relation, Instant At)> edges)
    {
        var expected = StitchedView.Of(blueprint, ledger.Of).Select(p => (p.Relation, p.Range.From)).ToList();
        if (expected.SequenceEqual(edges))
            yield break;
        yield return new(
            "edges",
            Severity.Error,
            blueprint.Policy.Name,
            $"{blueprint.Stitched!.Text} reads {Shown(edges)}, and what is covered asks for {Shown(expected)}: rows may be missing or read twice.",
            $"varve repair {blueprint.Policy.Name} writes the views again."
        );
    }

    private static string Shown(IEnumerable<(RelationId Relation, Instant At)> edges) =>
        string.Join(", ", edges.Select(e => $"{e.Relation} from {InstantText.Format(e.At)}")) is { Length: > 0 } text ? text : "nothing";
}
