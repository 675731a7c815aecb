using System.Collections.Frozen;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Tests.Planning;

public sealed class RelocatingTests
{
    private const string Hops = "relocate: [{ after: 2d, to: warm }, { after: 5d, to: cold }], " + Seen.Forever;

    private static readonly Place s_warm = new("warm");
    private static readonly Place s_cold = new("cold");

    [Fact]
    [Rule("moves-by-end")]
    public void A_part_moves_once_its_end_is_long_enough_ago_and_not_its_start()
    {
        var plan = Plan(Hops, Days(null));
        Assert.Equal(["1..2 cold", "2..3 cold", "3..4 cold", "4..5 cold", "5..6 warm", "6..7 warm", "7..8 warm"], Moves(plan));
        Assert.Equal("older than 5d: ended before 2025-01-05T00:00:00Z", plan.Steps[0].Reason);
        Assert.Equal("older than 2d: ended before 2025-01-08T00:00:00Z", plan.Steps[6].Reason);
        Assert.Equal(
            ["1..2 cold", "2..3 cold", "3..4 cold", "4..5 warm", "5..6 warm", "6..7 warm"],
            Moves(Plan(Hops, Days(null), "9T23:59"))
        );
    }

    [Fact]
    [Rule("moves-on-only")]
    public void What_is_there_already_stays_and_no_part_moves_back()
    {
        Assert.Equal(["1..2 cold", "2..3 cold", "3..4 cold", "4..5 cold"], Moves(Plan(Hops, Days(s_warm))));
        Assert.Empty(Plan(Hops, Days(s_cold)).Steps);
    }

    [Fact]
    public void Places_are_compared_with_their_attribute()
    {
        const string Tagged = "relocate: { after: 8d, to: { storage: warm } }, " + Seen.Forever;
        Assert.Equal(["1..2 storage=warm"], Moves(Plan(Tagged, Days(s_warm))));
        Assert.Empty(Plan(Tagged, Days(new("warm", "storage"))).Steps);
    }

    [Fact]
    public void A_part_that_is_not_at_one_place_moves_and_one_that_cannot_move_does_not()
    {
        Assert.Equal(["1..2 cold"], Moves(Plan(Hops, [Part("1..2", null)])));
        Assert.Empty(Plan(Hops, [Part("1..2", null) with { IsFixed = true }]).Steps);
        Assert.Empty(Plan(Hops, [Part("1..+inf", null)]).Steps);
        Assert.Equal(["-inf..2 cold"], Moves(Plan(Hops, [Part("-inf..2", null)])));
    }

    [Fact]
    [Rule("moves-not-due")]
    public void What_is_past_its_keep_does_not_move_first_whether_it_goes_or_waits()
    {
        const string Kept = "keep: 7d, relocate: { after: 2d, to: warm }, " + Seen.Tiers;
        Assert.Equal(
            [
                "expire source [2025-01-01T00:00:00Z, 2025-01-03T00:00:00Z)",
                .. new[] { "3..4", "4..5", "5..6", "6..7", "7..8" }.Select(d => $"relocate source {Jan.Range(d)} to warm"),
            ],
            Plan(Kept, Days(null)).Steps.Select(s => s.Key)
        );
        var held = Seen.Table.Holding(new Hold("1", RelationId.Source, Jan.Range("1..5"), "court", "bob", null));
        var plan = Planner.Plan(Laid(Kept, Days(null)), held, Jan.At("10"));
        Assert.Equal(["5..6 warm", "6..7 warm", "7..8 warm"], Moves(plan));
        Assert.Contains("source 3..5: held by bob: court; what is held does not move", plan.Waiting());
    }

    [Fact]
    [Rule("moves-unconfirmed")]
    public void Until_a_removal_is_confirmed_parts_move_all_the_same()
    {
        const string Kept = "keep: 7d, relocate: { after: 2d, to: warm }, " + Seen.Tiers;
        Assert.Equal(
            ["3..4 warm", "4..5 warm", "5..6 warm", "6..7 warm", "7..8 warm"],
            Moves(Planner.Withheld(Laid(Kept, Days(null)), Seen.Table, Jan.At("10")))
        );
    }

    [Fact]
    public void A_silent_source_that_is_held_ages_by_its_newest_row()
    {
        var silent = Seen.Table with { Last = Jan.At("8") };
        Assert.Equal(
            ["1..2 cold", "2..3 cold", "3..4 warm", "4..5 warm", "5..6 warm"],
            Moves(Planner.Plan(Laid("on_silence: hold, " + Hops, Days(null)), silent, Jan.At("10")))
        );
    }

    [Fact]
    [Rule("moves-again")]
    public void What_somebody_moved_back_moves_again_and_the_plan_says_so()
    {
        var moved = Seen.State(
            new() { Moved = new Dictionary<string, RangeSet> { ["cold"] = Jan.Set("1..3") }.ToFrozenDictionary() },
            ("1h", Seen.Whole),
            ("1d", Seen.Whole)
        );
        var plan = Planner.Plan(Laid(Hops, [Part("1..2", s_warm), Part("2..3", s_cold), Part("3..4", s_warm)]), moved, Jan.At("10"));
        Assert.Equal(["1..2 cold", "3..4 cold"], Moves(plan));
        Assert.Equal("it was moved to cold before, and somebody else has moved it back", plan.Steps[0].Reason);
        Assert.Equal("older than 5d: ended before 2025-01-05T00:00:00Z", plan.Steps[1].Reason);
    }

    [Fact]
    public void The_ledger_knows_where_a_part_was_moved_until_it_goes()
    {
        var draft = new ProjectedLedger(Laid("keep: 7d, " + Hops.Replace("5d", "6d", StringComparison.Ordinal), Days(null)), Seen.Table);
        var source = draft.Of(RelationId.Source);
        draft.Relocate(Part("1..2", null), s_warm, "");
        draft.Relocate(Part("2..3", null), s_warm, "");
        draft.Relocate(Part("2..3", s_warm), s_cold, "");
        Assert.Equal(["cold 2..3", "warm 1..2"], Known());
        draft.Expire(RelationId.Source, Jan.Range("1..2"), "");
        Assert.Equal(["cold 2..3"], Known());

        IEnumerable<string> Known() =>
            source.Ledger.Moved.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key} {Jan.Text(m.Value)}");
    }

    [Fact]
    public void A_plan_says_in_one_line_how_much_moves_where()
    {
        var text = PlanText.Text([Plan(Hops, [.. Days(null).Select(p => p with { Bytes = 1_500_000 })])]);
        Assert.Contains("~ relocate source to cold  4 steps  2025-01-01 … 2025-01-05  ≈ 6 MB", Compact(text), StringComparison.Ordinal);
        Assert.Contains("7 steps: ≈ 10.5 MB moved", text, StringComparison.Ordinal);
        Assert.Equal("relocate source to storage=warm 2025-01-01 … 2025-01-02", PlanText.Describe(Step(new("warm", "storage"))));
    }

    [Fact]
    public void Steps_to_another_place_are_other_steps()
    {
        Assert.Equal("relocate source [2025-01-01T00:00:00Z, 2025-01-02T00:00:00Z) to warm", Step(s_warm).Key);
        var (then, now) = (
            Plan(Hops, [Part("1..2", null)]),
            Plan(Hops.Replace("to: cold", "to: ice", StringComparison.Ordinal), [Part("1..2", null)])
        );
        Assert.Equal(
            [
                "- relocate source [2025-01-01T00:00:00Z, 2025-01-02T00:00:00Z) to cold",
                "+ relocate source [2025-01-01T00:00:00Z, 2025-01-02T00:00:00Z) to ice",
            ],
            Assert.Throws<StalePlanException>(() => Staleness.Keep(then, now)).Differences
        );
    }

    private static PlanStep.Relocate Step(Place to) =>
        new()
        {
            Relation = RelationId.Source,
            Reason = "",
            Range = Jan.Range("1..2"),
            To = to,
        };

    private static Plan Plan(string policy, IReadOnlyList<TablePiece> parts, string asOf = "10") =>
        Planner.Plan(Laid(policy, parts), Seen.Table, Jan.At(asOf));

    private static PolicyLayout Laid(string policy, IReadOnlyList<TablePiece> parts)
    {
        List<Problem> problems = [];
        var house = Tests.Policies.Laid.House with { Pieces = new("ts", parts) };
        var written = Tests.Policies.Texts.Policy(
            $"{{ table: t, time: ts, series: [host], measures: {{ load: [avg], door: last }}, {policy} }}"
        );
        var laid = LayoutRules.Resolve(written, house, Tests.Policies.Laid.Limits with { Unfit = _ => null }, TimeRange.All, problems);
        Assert.DoesNotContain(problems, p => !p.IsWarning);
        return laid!;
    }

    private static IReadOnlyList<TablePiece> Days(Place? place) =>
        [.. Enumerable.Range(1, 9).Select(d => Part(FormattableString.Invariant($"{d}..{d + 1}"), place))];

    private static TablePiece Part(string range, Place? place) => new(Jan.Range(range)) { Place = place };

    private static string[] Moves(Plan plan) => [.. plan.Steps.OfType<PlanStep.Relocate>().Select(s => $"{Jan.Text(s.Range)} {s.To.Text}")];

    private static string Compact(string text) =>
        string.Join(
            '\n',
            text.Split('\n').Select(l => string.Join("  ", l.Split("  ", StringSplitOptions.RemoveEmptyEntries).Select(c => c.Trim())))
        );
}
