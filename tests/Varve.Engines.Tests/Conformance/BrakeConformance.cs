using Varve.Catalog;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 2: a plan removes nothing unasked the first time.</summary>
public abstract class BrakeConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private const string Kept = "keep: 7d\ntiers: [{ every: 1h, keep: 1y }, { every: 1d }]";

    [Fact]
    [Rule("first-removal")]
    [Rule("brake-rest-done")]
    [Rule("brake-history")]
    public async Task The_first_removal_of_a_policy_waits_for_a_person_and_everything_else_is_done()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await BeginAsync(Policy(Kept), rows);
        for (var run = 0; run < 2; run++)
        {
            var outcome = await story.RunAsync("2025-01-11", new RunOptions());
            Assert.NotNull(outcome.Brake);
            Assert.IsType<RunEvent.Braked>(outcome.Events[^1]);
            Assert.Equal(run == 0, outcome.Done.Any(s => s is PlanStep.RollUp));
            Same(rows, await story.SourceAsync());
            await story.ExpectTiersAsync(rows);
        }

        await story.RunWellAsync("2025-01-11");
        Assert.Equal(
            [RunStatus.Done, RunStatus.Braked, RunStatus.Braked],
            (await story.WithAsync(l => l.HistoryAsync(Selection.All))).Select(r => r.Status)
        );
        Same(Since(rows, "2025-01-04"), await story.SourceAsync());
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("brake-rest-done")]
    public async Task A_run_that_waits_for_a_word_does_not_give_it_and_late_rows_stay_where_they_are()
    {
        var rows = Every("2025-01-01", "2025-01-21", "1h").ToList();
        var story = await BeginAsync(Policy(Kept), rows);
        await story.RunWellAsync("2025-01-11");
        if (await IsRefusedAsync("VRV146", () => story.ApplyAsync(Policy($"{Kept}\nlate_after_expiry: merge"))))
            return;
        await story.ApplyAsync(Policy($"{Kept}\nlate_after_expiry: merge"));
        var late = Row("2025-01-02T00:30Z", 3);
        await story.InsertAsync(late);
        foreach (var asOf in new[] { "2025-01-12", "2025-01-13" })
        {
            Assert.NotNull((await story.RunAsync(asOf, new RunOptions())).Brake);
            Same([late, .. Since(rows, "2025-01-04")], await story.SourceAsync());
            await story.ExpectTiersAsync(Before(rows, asOf));
        }

        await story.RunWellAsync("2025-01-13");
        Same(Since(rows, "2025-01-06"), await story.SourceAsync());
        await story.ExpectTiersAsync([.. Before(rows, "2025-01-13"), late]);
    }

    [Fact]
    [Rule("brake-plan-file")]
    public async Task A_plan_that_was_made_before_waits_as_a_whole_so_that_what_was_read_can_be_confirmed()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await BeginAsync(Policy(Kept), rows);
        var plan = await story.PlanAsync("2025-01-11");
        var outcome = await story.RunAsync("2025-01-11", new RunOptions { Plans = [plan] });
        Assert.NotNull(outcome.Brake);
        Assert.Empty(outcome.Done);
        Same(rows, await story.SourceAsync());
        var confirmed = await story.RunAsync("2025-01-11", new RunOptions { Plans = [plan], Confirm = [outcome.Brake.Hash] });
        Assert.Null(confirmed.Brake);
        Assert.Equal(plan.Steps.Select(s => s.Key), confirmed.Done.Select(s => s.Key));
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("brake-word")]
    public async Task The_hash_that_the_plan_printed_lets_it_go()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await BeginAsync(Policy(Kept), rows);
        var brake = (await story.PlanAsync("2025-01-11")).Brake;
        Assert.NotNull(brake);
        Assert.NotNull((await story.RunAsync("2025-01-11", new RunOptions { Confirm = ["wrong"] })).Brake);
        var outcome = await story.RunAsync("2025-01-11", new RunOptions { Confirm = [brake.Hash] });
        Assert.Null(outcome.Brake);
        Same(Since(rows, "2025-01-04"), await story.SourceAsync());
    }

    [Fact]
    [Rule("brake-share")]
    [Rule("brake-tenth")]
    public async Task A_word_is_for_what_was_read_and_nothing_else()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h").ToList();
        var story = await BeginAsync(Policy(Kept), rows);
        var brake = (await story.PlanAsync("2025-01-11")).Brake!;
        Assert.Equal((72, 72), (brake.SourceRows, brake.Rows));
        Assert.Equal(0.3, brake.Share, 1e-9);

        // Seven rows more are near enough to the 72 that were read, sixteen are not.
        for (var i = 0; i < 16; i++)
        {
            if (i == 7)
                Assert.True((await story.PlanAsync("2025-01-11")).Brake!.IsConfirmedBy(brake.Hash));
            await story.InsertAsync(Row(FormattableString.Invariant($"2025-01-02T00:{30 + i}:00Z"), i));
        }

        var refused = await story.RunAsync("2025-01-11", new RunOptions { Confirm = [brake.Hash] });
        Assert.Equal(88, refused.Brake!.SourceRows);
        Assert.Equal(rows.Count + 16, (await story.SourceAsync()).Count);
        Assert.Null((await story.RunAsync("2025-01-11", new RunOptions { Confirm = [refused.Brake.Hash] })).Brake);
        Same(Since(rows, "2025-01-04"), await story.SourceAsync());
    }

    [Fact]
    [Rule("brake-hold-ended")]
    public async Task What_a_hold_kept_waits_for_a_word_once_it_has_ended()
    {
        var rows = Every("2025-01-01", "2025-01-21", "1h");
        var story = await BeginAsync(Policy(Kept), rows);
        await story.RunWellAsync("2025-01-11");
        await story.WithAsync(l => l.HoldAsync(story.Policy.Name, null, new(At("2025-01-05"), At("2025-01-06")), "court", null));
        await story.RunWellAsync("2025-01-14");
        Same([.. Since(Before(rows, "2025-01-06"), "2025-01-05"), .. Since(rows, "2025-01-07")], await story.SourceAsync());
        await story.WithAsync(l => l.ReleaseAsync(story.Policy.Name, null));
        var braked = await story.RunAsync("2025-01-15", new RunOptions());
        Assert.Equal("a hold was ended, and what it kept would go", braked.Brake?.Reason);
        Assert.Equal(48, braked.Brake!.SourceRows);
        Assert.Equal(24, Since(Before(await story.SourceAsync(), "2025-01-06"), "2025-01-05").Count());
        Assert.Null((await story.RunAsync("2025-01-15", new RunOptions { Confirm = [braked.Brake.Hash] })).Brake);
        Same(Since(rows, "2025-01-08"), await story.SourceAsync());
        Assert.Null((await story.RunAsync("2025-01-16", new RunOptions())).Brake);
        Same(Since(rows, "2025-01-09"), await story.SourceAsync());
    }

    [Fact]
    [Rule("brake-hold-ended")]
    public async Task What_a_hold_kept_waits_only_once_it_is_due()
    {
        var rows = Every("2025-01-01", "2025-01-21", "1h");
        var story = await BeginAsync(Policy(Kept), rows);
        await story.RunWellAsync("2025-01-11");
        await story.WithAsync(l => l.HoldAsync(story.Policy.Name, null, new(At("2025-01-15"), At("2025-01-16")), "court", null));
        await story.WithAsync(l => l.ReleaseAsync(story.Policy.Name, null));
        Assert.Null((await story.RunAsync("2025-01-14", new RunOptions())).Brake);
        Assert.NotNull((await story.RunAsync("2025-01-23", new RunOptions())).Brake);
    }

    [Fact]
    [Rule("brake-age")]
    public async Task Age_alone_never_brakes_once_it_was_confirmed()
    {
        var rows = Every("2025-01-01", "2025-01-21", "1h");
        var story = await BeginAsync(Policy(Kept), rows);
        await story.RunWellAsync("2025-01-11");
        Assert.Null((await story.PlanAsync("2025-01-20")).Brake);
        Assert.Null((await story.RunAsync("2025-01-20", new RunOptions())).Brake);
        Same(Since(rows, "2025-01-13"), await story.SourceAsync());
    }

    [Fact]
    public async Task A_plan_that_removes_nothing_never_brakes()
    {
        var rows = Every("2025-01-01", "2025-01-03", "1h");
        var story = await BeginAsync(Policy(Kept), rows);
        Assert.Null((await story.RunAsync("2025-01-03", new RunOptions())).Brake);
        await story.ExpectTiersAsync(rows);
    }

    [Theory]
    [Rule("brake-again")]
    [InlineData("keep: 3d\ntiers: [{ every: 1h, keep: 1y }, { every: 1d }]")]
    [InlineData("keep: 7d\ntiers: [{ every: 1h, keep: 8d }, { every: 1d }]")]
    public async Task A_revision_that_removes_more_brakes_again(string shorter)
    {
        var rows = Every("2025-01-01", "2025-01-21", "1h");
        var story = await BeginAsync(Policy(Kept), rows);
        await story.RunWellAsync("2025-01-11");
        await story.ApplyAsync(Policy(shorter));
        var hours = await story.CountAsync("cpu_1h");
        var outcome = await story.RunAsync("2025-01-11", new RunOptions());
        Assert.NotNull(outcome.Brake);
        Same(Since(rows, "2025-01-04"), await story.SourceAsync());
        Assert.Equal(hours, await story.CountAsync("cpu_1h"));
        await story.RunWellAsync("2025-01-11");
        var goes = shorter.StartsWith("keep: 3d", StringComparison.Ordinal);
        Same(Since(rows, goes ? "2025-01-08" : "2025-01-04"), await story.SourceAsync());
        Assert.Equal(goes ? hours : 192, await story.CountAsync("cpu_1h"));
    }

    [Fact]
    public async Task A_revision_that_removes_less_does_not_brake()
    {
        var rows = Every("2025-01-01", "2025-01-21", "1h");
        var story = await BeginAsync(Policy(Kept), rows);
        await story.RunWellAsync("2025-01-11");
        await story.ApplyAsync(Policy("keep: 8d\ntiers: [{ every: 1h, keep: 1y }, { every: 1d }]"));
        Assert.Null((await story.RunAsync("2025-01-21", new RunOptions())).Brake);
        Same(Since(rows, "2025-01-13"), await story.SourceAsync());
    }
}
