using System.Collections.Frozen;
using Varve.Planning;
using Varve.Time;

namespace Varve.Tests.Planning;

public sealed class CutoffsTests
{
    [Theory]
    [Rule("recheck")]
    [InlineData(Seen.Forever, "9..10")]
    [InlineData("recheck: 3d, " + Seen.Forever, "7..10")]
    [InlineData("late: 10h, " + Seen.Forever, "8T18..9T14")]
    [InlineData("late: 4h, " + Seen.Forever, "9..9T20")]
    [InlineData("keep: 7d, " + Seen.Forever, "9..10")]
    [InlineData("keep: 20h, late: 2h, recheck: 17h, " + Seen.Forever, "9T07..9T22")]
    [InlineData("keep: 20h, late: 2h, " + Seen.Forever, "9T07..9T22")]
    public void The_first_tier_is_watched_as_long_as_changes_are_looked_for(string policy, string watched) =>
        Assert.Equal(watched, Watched(policy, Seen.Table));

    [Fact]
    [Rule("recheck")]
    public void The_watch_leaves_room_for_the_longest_bucket_before_the_source_goes() =>
        Assert.Equal("9T14..9T21", Watched("keep: 20h, tiers: [{ every: 7h }, { every: 11h }]", Seen.State(new(), ("7h", Seen.Whole))));

    [Fact]
    [Rule("recheck")]
    public void The_watch_leaves_room_for_a_day_of_25_hours_and_no_more()
    {
        var asOf = NodaTime.Instant.FromUtc(2025, 1, 10, 0, 0);
        foreach (var keep in Enumerable.Range(26, 44))
        {
            var policy = Seen.Policy($"zone: Europe/Berlin, keep: {keep}h, tiers: [{{ every: 1d, keep: forever }}]");
            var watched = asOf - Cutoffs.At(policy, asOf, null).RecheckFrom;
            Assert.Equal(NodaTime.Duration.FromHours(Math.Min(keep - 25, 24)), watched);
        }
    }

    [Fact]
    public void Boundaries_are_known_a_century_back_and_three_years_ahead()
    {
        var known = Cutoffs.At(Seen.Policy(Seen.Forever), NodaTime.Instant.FromUtc(2025, 1, 1, 0, 0), null).Known;
        Assert.Equal((NodaTime.Instant.FromUtc(1925, 1, 1, 0, 0), NodaTime.Instant.FromUtc(2028, 1, 4, 0, 0)), (known.From, known.To));
    }

    [Fact]
    public void With_arrival_stamps_all_that_is_covered_is_watched() =>
        Assert.Equal("1..10", Watched("arrival: ts, " + Seen.Forever, Seen.Table));

    [Fact]
    public void The_watch_begins_with_a_whole_bucket() => Assert.Equal("9T05..10", Watched(Seen.Forever, Seen.Table, "10T05:30"));

    [Fact]
    public void What_is_settled_is_not_watched()
    {
        var hours = Seen.Whole with
        {
            Dirty = Jan.Set("2..3").Union(Jan.Set("9..9T04")),
            MayShrink = Jan.Set("2..3"),
            Cut = [new(Jan.Range("4..5"), 0, ByOthers: false)],
            Frozen = Jan.Set("6..7"),
        };
        Assert.Equal(
            "1..2 3..4 5..6 7..8 8T06..10",
            Watched("recheck: 30d, " + Seen.Forever, Seen.State(new() { Frozen = Jan.Set("8..8T05:30") }, ("1h", hours)))
        );
    }

    [Fact]
    public void Besides_nothing_is_compared_while_nothing_changes() => Assert.Equal("", Asked(Seen.Forever, Seen.Table));

    [Fact]
    public void A_new_finest_tier_asks_for_the_rows_of_the_finest_that_was_there_where_it_is_not_built_yet()
    {
        const string policy = "tiers: [{ every: 30m }, { every: 1h }, { every: 1d }]";
        Assert.Equal("1h < source 1..10 rows", Asked(policy, Seen.Table));
        Assert.Equal(
            "1h < source 7..10 rows",
            Asked(
                policy,
                Seen.State(
                    new(),
                    ("30m", Seen.Whole with { Covered = Jan.Set("1..6"), Lost = Jan.Set("6..7") }),
                    ("1h", Seen.Whole),
                    ("1d", Seen.Whole)
                )
            )
        );
    }

    [Fact]
    public void A_tier_that_lacks_states_is_compared_with_what_can_fill_it()
    {
        var thin = Seen.Whole with { Thin = new Dictionary<string, RangeSet> { ["load_sum"] = Jan.Set("2..5") }.ToFrozenDictionary() };
        Assert.Equal("1h < source 2..5 states", Asked(Seen.Forever, Seen.State(new(), ("1h", thin), ("1d", Seen.Whole))));
        Assert.Equal("1d < 1h 2..5 states", Asked(Seen.Forever, Seen.State(new(), ("1h", Seen.Whole), ("1d", thin))));
        Assert.Equal(
            "1d < 1h 2..4 states",
            Asked(
                Seen.Forever,
                Seen.State(new() { Frozen = Jan.Set("4..5") }, ("1h", Seen.Whole with { Dirty = Jan.Set("4..5") }), ("1d", thin))
            )
        );
        Assert.Equal(
            "1h < source 3..5 states",
            Asked(Seen.Forever, Seen.State(new() { Frozen = Jan.Set("1..3") }, ("1h", thin), ("1d", Seen.Whole)))
        );
    }

    [Fact]
    public void Without_tiers_nothing_is_watched_but_what_expired()
    {
        var watch = Planner.Watch(Seen.Policy("keep: 7d"), Seen.State(new() { Frozen = Jan.Set("1..3") }).Ledger, Jan.At("10"));
        Assert.Empty(watch.Recheck);
        Assert.Equal("1..3", Jan.Text(watch.Frozen));
    }

    [Fact]
    public void The_planning_instant_is_floored_to_milliseconds()
    {
        var at = Jan.At("10") + NodaTime.Duration.FromTicks(9_999);
        Assert.Equal(Jan.At("10"), Planner.Watch(Seen.Policy(Seen.Forever), Seen.Table.Ledger, at).AsOf);
        Assert.Equal(Jan.At("10"), Planner.Plan(Seen.Policy(Seen.Forever), Seen.Table, at).AsOf);
    }

    [Theory]
    [Rule("proof-keep")]
    [InlineData("tiers: [{ every: 1h }, { every: 1d }]", "1h")]
    [InlineData("tiers: [{ every: 24h }]", "24h")]
    [InlineData("tiers: [{ every: 1d }]", "1d")]
    [InlineData("tiers: [{ every: 25h }]", "1d")]
    [InlineData("tiers: [{ every: 1w }]", "1d")]
    [InlineData("tiers: [{ every: 7h }, { every: 11h }]", "11h")]
    public void The_source_goes_at_boundaries_of_the_coarsest_tier_of_at_most_a_day_that_is_built_from_it(string policy, string grid) =>
        Assert.Equal(grid, Cutoffs.At(Seen.Policy(policy), Jan.At("10"), null).ExpiryGrid(RelationId.Source)!.Id);

    [Fact]
    public void A_tier_that_nothing_is_built_from_goes_at_its_own_boundaries()
    {
        var horizon = Cutoffs.At(Seen.Policy("tiers: [{ every: 1h }, { every: 1d }]"), Jan.At("10"), null);
        Assert.Equal("1d", horizon.ExpiryGrid(new("1h"))!.Id);
        Assert.Equal("1d", horizon.ExpiryGrid(new("1d"))!.Id);
        Assert.Null(Cutoffs.At(Seen.Policy("keep: 7d"), Jan.At("10"), null).ExpiryGrid(RelationId.Source));
    }

    private static string Asked(string policy, TableState state) =>
        string.Join(
            "; ",
            Planner
                .Watch(Seen.Policy(policy), state.Ledger, Jan.At("10"))
                .Asked.Select(a => $"{a.Tier} < {a.Input} {Jan.Text(a.Ranges)} {(a.OnlyRows ? "rows" : "states")}")
        );

    private static string Watched(string policy, TableState state, string asOf = "10") =>
        Jan.Text(Planner.Watch(Seen.Policy(policy), state.Ledger, Jan.At(asOf)).Recheck);
}
