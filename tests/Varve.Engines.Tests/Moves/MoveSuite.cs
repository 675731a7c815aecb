using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Moves;

/// <summary>Parts that take their time to move: a run waits for them, tells how far they are, and records those that are there.</summary>
public abstract class MoveSuite(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private const string Hops =
        "relocate: [{ after: 2d, to: { storage: warm } }, { after: 4d, to: { storage: cold } }]\ntiers: [{ every: 1d }]";

    private readonly Parts _parts = new(InstantText.Parse("2025-01-01"), 6);

    [Fact]
    [Rule("moves-by-end")]
    [Rule("moves-wholly")]
    public async Task Parts_move_on_as_they_age_and_a_run_waits_until_all_of_each_is_there()
    {
        await BeginAsync();
        var outcome = await RunAsync("2025-01-05");
        Assert.Equal("warm warm - - - -", _parts.Text);
        Assert.Equal(
            [
                "relocate source [2025-01-01T00:00:00Z, 2025-01-02T00:00:00Z) to storage=warm",
                "relocate source [2025-01-02T00:00:00Z, 2025-01-03T00:00:00Z) to storage=warm",
            ],
            Moves(outcome)
        );
        Assert.Equal(
            [(0L, 900L), (300, 900), (600, 900), (0, 900), (300, 900), (600, 900)],
            outcome.Events.OfType<RunEvent.StepProgress>().Select(p => (p.DoneBytes, p.Bytes))
        );
        Assert.Contains("900 B moved to storage=warm", outcome.Events.OfType<RunEvent.StepDone>().Select(d => d.Result.Note));

        Assert.Equal(4, Moves(await RunAsync("2025-01-07")).Count);
        Assert.Equal("cold cold warm warm - -", _parts.Text);
        Assert.Empty((await RunAsync("2025-01-07")).Done);
        Assert.Equal(6, _parts.Told);
    }

    [Fact]
    [Rule("moves-wholly")]
    public async Task What_moved_stands_in_ledger_and_audit_log()
    {
        await BeginAsync();
        await RunAsync("2025-01-05");
        var moved = await MovedAsync();
        Assert.Equal("[2025-01-01T00:00:00Z, 2025-01-03T00:00:00Z)", Assert.Single(moved).Value.ToString());
        Assert.Equal(2L, Number(await Db.QueryAsync("SELECT count(*) FROM varve.audit WHERE action = 'rows.relocated'"), 0));
        await RunAsync("2025-01-07");
        moved = await MovedAsync();
        Assert.Equal(
            ["storage=cold [2025-01-01T00:00:00Z, 2025-01-03T00:00:00Z)", "storage=warm [2025-01-03T00:00:00Z, 2025-01-05T00:00:00Z)"],
            moved.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key} {m.Value}")
        );
    }

    [Fact]
    [Rule("moves-wholly")]
    public async Task A_run_that_is_stopped_leaves_a_move_to_the_next_which_goes_on_with_it()
    {
        await BeginAsync();
        using var stop = new CancellationTokenSource();
        List<RunEvent> events = [];
        await WithAsync(
            "2025-01-05",
            async lifecycle =>
            {
                await foreach (
                    var happened in lifecycle.RunAsync(
                        Selection.All,
                        new()
                        {
                            Yes = true,
                            Stop = stop.Token,
                            AsOf = At("2025-01-05"),
                        }
                    )
                )
                {
                    events.Add(happened);
                    if (happened is RunEvent.StepProgress)
                        await stop.CancelAsync();
                }
            }
        );
        Assert.Contains(
            "the next one goes on with it",
            Assert.Single(events.OfType<RunEvent.StepSkipped>()).Reason,
            StringComparison.Ordinal
        );
        Assert.True(events.OfType<RunEvent.Finished>().Single().Summary.Stopped);
        Assert.Empty(await MovedAsync());
        Assert.Equal(2, Moves(await RunAsync("2025-01-05")).Count);
        Assert.Equal(("warm warm - - - -", 2), (_parts.Text, _parts.Told));
    }

    [Fact]
    [Rule("moves-given-up")]
    public async Task A_move_that_does_not_get_on_is_given_up_with_what_the_engine_says_and_the_others_go_on()
    {
        await BeginAsync();
        _parts.Stuck = "no node has room";
        var outcome = await RunAsync("2025-01-05", new HurryingTime(At("2025-01-05")));
        Assert.All(
            outcome.Errors,
            e => Assert.Equal((EngineCodes.Waits, true), (e.Code, e.Message.Contains("no node has room", StringComparison.Ordinal)))
        );
        Assert.Equal(2, outcome.Errors.Count);
        _parts.Stuck = null;
        Assert.Equal(2, Moves(await RunAsync("2025-01-05")).Count);
        Assert.Equal(("warm warm - - - -", 2), (_parts.Text, _parts.Told));
    }

    [Fact]
    [Rule("moves-taken-back")]
    public async Task A_move_that_does_not_get_on_is_taken_back_and_stays_so_until_it_may_go_on()
    {
        await BeginAsync();
        await RunAsync("2025-01-05");
        _parts.Stuck = "no node has room";
        await RunAsync("2025-01-07", new HurryingTime(At("2025-01-07")));
        Assert.Equal("- - - - - -", _parts.Text);
        await WithAsync(
            "2025-01-07",
            async lifecycle =>
            {
                var looked = await lifecycle.UndoMovesAsync(new() { Policy = "m.cpu", OnlyLook = true });
                Assert.Equal("- - - - - -", _parts.Text);
                var undone = await lifecycle.UndoMovesAsync(new() { Policy = "m.cpu" });
                Assert.Equal(looked, undone);
                Assert.Equal(
                    ["storage=cold storage=warm False", "storage=cold storage=warm False", "storage=warm  False", "storage=warm  False"],
                    undone.Select(u => $"{u.From} {u.To} {u.HasArrived}")
                );
            }
        );
        _parts.Stuck = null;
        Assert.Equal("warm warm - - - -", _parts.Text);

        var stays = await RunAsync("2025-01-07");
        Assert.Empty(Moves(stays));
        Assert.Contains("relocate resume m.cpu", stays.Events.OfType<RunEvent.Waiting>().First().Wait.Reason, StringComparison.Ordinal);
        await WithAsync(
            "2025-01-07",
            async lifecycle =>
            {
                await Assert.ThrowsAsync<PolicyException>(() => lifecycle.UndoMovesAsync(new() { Policy = "m.cpu" }));
                Assert.Equal(2, await lifecycle.ResumeMovesAsync("m.cpu"));
                await Assert.ThrowsAsync<PolicyException>(() => lifecycle.ResumeMovesAsync("m.cpu"));
            }
        );
        Assert.Equal(4, Moves(await RunAsync("2025-01-07")).Count);
        Assert.Equal("cold cold warm warm - -", _parts.Text);
        Assert.Equal(
            ["moves.stopped", "moves.undone", "moves.resumed"],
            (await Db.QueryAsync("SELECT action FROM varve.audit WHERE action LIKE 'moves.%' ORDER BY seq")).Select(r => (string)r[0]!)
        );
    }

    [Fact]
    [Rule("moves-taken-back")]
    public async Task What_has_arrived_is_taken_back_where_that_is_asked_for_and_only_what_lies_in_the_range()
    {
        await BeginAsync();
        await RunAsync("2025-01-05");
        await WithAsync(
            "2025-01-05",
            async lifecycle =>
            {
                var refused = await Assert.ThrowsAsync<PolicyException>(() => lifecycle.UndoMovesAsync(new() { Policy = "m.cpu" }));
                Assert.Equal(("VRV362", true), (refused.Code, refused.Message.Contains("2 parts have arrived", StringComparison.Ordinal)));
                var undone = Assert.Single(
                    await lifecycle.UndoMovesAsync(
                        new()
                        {
                            Policy = "m.cpu",
                            Range = new(At("2025-01-01T12:00Z"), At("2025-01-03")),
                            Arrived = true,
                        }
                    )
                );
                Assert.Equal((At("2025-01-02"), true), (undone.Range.From, undone.HasArrived));
            }
        );
        Assert.Equal("warm - - - - -", _parts.Text);
        Assert.Equal("[2025-01-01T00:00:00Z, 2025-01-02T00:00:00Z)", Assert.Single(await MovedAsync()).Value.ToString());
        Assert.Empty(Moves(await RunAsync("2025-01-05")));

        // What stays where it was may move on to the next place.
        await RunAsync("2025-01-07");
        Assert.Equal("cold cold warm warm - -", _parts.Text);
    }

    [Fact]
    [Rule("moves-again")]
    public async Task What_somebody_moved_back_is_moved_again_and_plan_and_history_say_so()
    {
        await BeginAsync();
        await RunAsync("2025-01-05");
        _parts.Put(new(At("2025-01-02"), At("2025-01-03")), null);
        var again = Assert.Single((await RunAsync("2025-01-05")).Done);
        Assert.Contains("somebody else has moved it back", again.Reason, StringComparison.Ordinal);
        Assert.Equal("warm warm - - - -", _parts.Text);
    }

    [Fact]
    public async Task A_place_that_is_not_there_is_refused_at_apply_and_where_it_went_later_the_step_says_so()
    {
        await BeginAsync();
        _parts.Known.Clear();
        var refused = await Assert.ThrowsAsync<PolicyException>(() =>
            ApplyAsync("relocate: { after: 1d, to: { storage: lukewarm } }\ntiers: [{ every: 1d }]")
        );
        Assert.Equal(("VRV149", "No node has storage=lukewarm."), (refused.Problems[0].Code, refused.Problems[0].Message));
        var outcome = await RunAsync("2025-01-05");
        Assert.All(outcome.Errors, e => Assert.Contains("No node has storage=warm", e.Message, StringComparison.Ordinal));
        Assert.Equal(("- - - - - -", 0), (_parts.Text, _parts.Told));
        Assert.Equal(4L, Number(await Db.QueryAsync("SELECT count(*) FROM m.cpu_1d"), 0));
    }

    [Fact]
    [Rule("moves-not-held")]
    public async Task A_hold_keeps_a_part_where_it_is()
    {
        await BeginAsync();
        List<RunEvent> events = [];
        await WithAsync(
            "2025-01-05",
            async lifecycle =>
            {
                await lifecycle.HoldAsync("m.cpu", RelationId.Source.Text, new(At("2025-01-01"), At("2025-01-02")), "court", null);
                events.AddRange((await RunOutcome.OfAsync(lifecycle, new() { Yes = true, AsOf = At("2025-01-05") })).Events);
            }
        );
        Assert.Equal("- warm - - - -", _parts.Text);
        Assert.Contains(
            "what is held does not move",
            Assert.Single(events.OfType<RunEvent.Waiting>()).Wait.Reason,
            StringComparison.Ordinal
        );
    }

    private async Task BeginAsync()
    {
        await Story.BeginAsync(Db, Cpu(), null, Every("2025-01-01", "2025-01-07", "6h"));
        await ApplyAsync(Hops);
    }

    private Task ApplyAsync(string more) => WithAsync("2025-01-01", l => l.ApplyAsync(PolicyYaml.Parse(Policy(more), "policy.yaml")));

    private async Task<RunOutcome> RunAsync(string asOf, TimeProvider? time = null)
    {
        RunOutcome? outcome = null;
        await WithAsync(asOf, async l => outcome = await RunOutcome.OfAsync(l, new() { Yes = true, AsOf = At(asOf) }), time);
        return outcome!;
    }

    private async Task<IReadOnlyDictionary<string, RangeSet>> MovedAsync() =>
        Varve
            .Catalog.LedgerJson.Read((string)Assert.Single(await Db.QueryAsync("SELECT document FROM varve.ledgers"))[0]!)
            .Of(RelationId.Source)
            .Moved;

    private async Task WithAsync(string asOf, Func<Lifecycle, Task> work, TimeProvider? time = null)
    {
        await using var database = await Db.OpenAsync();
        await work(
            new(
                new Database(new PlacingEngine(database.Engine, _parts), database.Name),
                new() { TimeProvider = time ?? new SettableTime(At(asOf)) }
            )
        );
    }

    private static IReadOnlyList<string> Moves(RunOutcome outcome)
    {
        Assert.Empty(outcome.Errors);
        return [.. outcome.Done.OfType<PlanStep.Relocate>().Select(s => s.Key)];
    }
}
