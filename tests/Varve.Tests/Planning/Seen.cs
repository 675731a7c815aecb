using System.Collections.Frozen;
using Varve.Planning;
using Varve.Tests.Policies;

namespace Varve.Tests.Planning;

/// <summary>
/// Policies and tables as the planner sees them: rows from the first to the tenth of January, 1000 a day, the planning
/// instant the start of the tenth, all that is closed covered.
/// </summary>
internal static class Seen
{
    internal const string Tiers = "tiers: [{ every: 1h, keep: 30d }, { every: 1d }]";
    internal const string Forever = "tiers: [{ every: 1h }, { every: 1d }]";

    internal static readonly RelationLedger Whole = new()
    {
        Created = true,
        Covered = Jan.Set("1..10"),
        Columns = [.. Policy(Forever).StateNames],
    };

    internal static readonly TableState Table = State(new(), ("1h", Whole), ("1d", Whole));

    internal static PolicyLayout Policy(string rest) =>
        Laid.Sound($"{{ table: t, time: ts, series: [host], measures: {{ load: [avg], door: last }}, {rest} }}", Laid.House);

    internal static TableState State(RelationLedger source, params (string Tier, RelationLedger Ledger)[] tiers) =>
        new()
        {
            Ledger = Known(tiers.Prepend((Tier: "source", Ledger: source)).ToFrozenDictionary(t => new RelationId(t.Tier), t => t.Ledger)),
            Rows = 9000,
            Bytes = 90_000,
            First = Jan.At("1"),
            Last = Jan.At("10"),
        };

    internal static TableState Holding(this TableState state, params Hold[] holds) =>
        state with
        {
            Ledger = state.Ledger with { Holds = holds },
        };

    internal static Plan Plan(string policy, TableState state, string asOf = "10") => Planner.Plan(Policy(policy), state, Jan.At(asOf));

    /// <summary>The steps in short.</summary>
    internal static string[] Steps(this Plan plan) => [.. plan.Steps.Select(Step)];

    /// <summary>What waits, in short.</summary>
    internal static string[] Waiting(this Plan plan) => [.. plan.Waits.Select(Wait)];

    internal static string Wait(Wait wait) =>
        $"{wait.Relation} {Jan.Text(wait.Range)}: {wait.Reason}{(wait.NeedsPerson ? " (a person)" : "")}";

    private static string Step(PlanStep step) =>
        step switch
        {
            PlanStep.RollUp { Again: var again } s => $"rollup {s.Relation} < {s.Input} {Jan.Text(s.Ranges)}{(again ? " again" : "")}",
            PlanStep.Mark s =>
                $"mark {s.Relation} dirty {Jan.Text(s.Dirty)} lost {Jan.Text(s.Lost)} cut {string.Join(' ', s.Cut.Select(c => Jan.Text(c.Bucket)))}".TrimEnd(),
            PlanStep.Expire s => $"expire {s.Relation} {Jan.Text(s.Range)} proven by {string.Join(' ', s.Proofs)}".TrimEnd(),
            _ => $"{step.Kind} {step.Relation} {Jan.Text(step.Touches)}".TrimEnd(),
        };

    private static Ledger Known(FrozenDictionary<RelationId, RelationLedger> relations) =>
        new()
        {
            Revision = 1,
            PolicyHash = "hash",
            ConfirmedRevision = 1,
            PublishedRevision = 1,
            Relations = relations,
        };
}
