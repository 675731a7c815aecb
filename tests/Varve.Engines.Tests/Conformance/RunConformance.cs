using NodaTime;
using Varve.Catalog;
using Varve.Engines.Tests.Kills;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 7: runs.</summary>
public abstract class RunConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private const string Usual = "keep: 3d\ntiers: [{ every: 1h, keep: 10d }, { every: 1d }]";

    [Fact]
    public async Task A_run_and_its_steps_are_kept()
    {
        var rows = Every("2025-01-01", "2025-01-07", "1h");
        var story = await BeginAsync(Policy(Usual), rows);
        var outcome = await story.RunWellAsync("2025-01-07");
        var run = Assert.Single(await story.WithAsync(l => l.HistoryAsync(Selection.All)));
        Assert.Equal((outcome.Summary.RunId, RunStatus.Done, story.Policy.Name), (run.Id, run.Status, run.Policy));
        Assert.Equal(At("2025-01-07"), run.AsOf);
        Assert.Equal(72, outcome.Summary.RowsRemoved);
        Assert.Equal(outcome.Summary.RowsRemoved, run.RowsRemoved);
        Assert.Equal(outcome.Done.Count, run.StepsDone);
        var steps = await story.WithAsync(l => l.StepsAsync(run.Id[..^4]));
        Assert.Equal(outcome.Done.Select(s => (s.Kind, s.Relation)), steps.Select(s => (s.Kind, s.Relation)));
        Assert.All(steps, s => Assert.Equal(StepStatus.Done, s.Status));
        Assert.All(steps.Where(s => s.Kind is "rollup" or "expire"), s => Assert.False(string.IsNullOrWhiteSpace(s.Statement)));
    }

    [Fact]
    public async Task Rows_read_are_those_of_the_input_and_not_the_rows_behind_its_states()
    {
        var rows = Every("2025-01-01", "2025-01-03", "10m");
        var story = await BeginAsync(Policy("tiers: [{ every: 1h }, { every: 1d }]"), rows);
        var outcome = await story.RunWellAsync("2025-01-03");
        var read = outcome
            .Events.OfType<RunEvent.StepDone>()
            .Where(e => e.Step is PlanStep.RollUp)
            .ToLookup(e => e.Step.Relation, e => e.Result.RowsIn);
        Assert.Equal((288, 48), (read[new("1h")].Sum(), read[new("1d")].Sum()));
        Assert.Equal(288 + 48, outcome.Summary.RowsRead);
        Assert.Equal(288 + 48, (await story.WithAsync(l => l.HistoryAsync(Selection.All)))[0].RowsRead);
    }

    [Fact]
    public async Task A_run_in_which_nothing_was_to_be_done_has_no_steps_and_is_found()
    {
        var story = await BeginAsync(Policy(Usual), Every("2025-01-01", "2025-01-07", "1h"));
        var first = await story.RunWellAsync("2025-01-07");
        var second = await story.RunWellAsync("2025-01-07");
        Assert.Empty(second.Done);
        Assert.Empty(await story.WithAsync(l => l.StepsAsync(second.Summary.RunId)));
        Assert.NotEmpty(await story.WithAsync(l => l.StepsAsync(first.Summary.RunId)));
        Assert.Contains(
            "No run begins with nothing",
            (await Assert.ThrowsAsync<PolicyException>(() => story.WithAsync(l => l.StepsAsync("nothing")))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "2 runs begin with 0",
            (await Assert.ThrowsAsync<PolicyException>(() => story.WithAsync(l => l.StepsAsync("0")))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    [Rule("stopped-run-resumes")]
    public async Task A_run_that_was_interrupted_is_finished_by_the_next_one()
    {
        var rows = Every("2025-01-01", "2025-01-07", "1h");
        var story = await BeginAsync(Policy(Usual), rows);
        var counted = Trip.Never();
        await TripAsync(story, counted, "2025-01-01T12:00Z");
        foreach (var at in new[] { counted.Statements + 2, 9, 30 })
        {
            await TripAsync(story, new Trip(at, Moment.AfterStatement), "2025-01-07");
        }

        await story.RunWellAsync("2025-01-07");
        await story.ExpectTiersAsync(rows);
        Same(Since(rows, "2025-01-04"), await story.SourceAsync());
        var runs = await story.WithAsync(l => l.HistoryAsync(Selection.All));
        Assert.Equal(RunStatus.Done, runs[0].Status);
        Assert.DoesNotContain(runs, r => r.Status is RunStatus.Running);
        foreach (var run in runs.Where(r => r.Steps > 0))
            Assert.DoesNotContain(await story.WithAsync(l => l.StepsAsync(run.Id)), s => s.Status is StepStatus.Running);
        Assert.Empty((await story.WithAsync(l => l.VerifyAuditAsync())).Findings);
    }

    [Fact]
    public async Task A_plan_that_no_longer_fits_is_stale_and_touches_nothing()
    {
        var rows = Every("2025-01-01", "2025-01-07", "1h");
        var story = await BeginAsync(Policy(Usual), rows);
        var plan = await story.PlanAsync("2025-01-06");
        await story.RunWellAsync("2025-01-06");
        var before = await story.SourceAsync();
        var outcome = await Record.ExceptionAsync(async () =>
        {
            var run = await story.RunAsync("2025-01-06", new RunOptions { Plans = [plan], Yes = true });
            if (run.Errors.Count > 0)
                throw run.Errors[0];
        });
        var stale = Assert.IsType<StalePlanException>(outcome);
        Assert.NotEmpty(stale.Differences);
        Same(before, await story.SourceAsync());
    }

    [Fact]
    public async Task A_plan_that_was_made_before_runs_as_it_is_also_when_new_rows_came()
    {
        var rows = Every("2025-01-01", "2025-01-07", "1h").ToList();
        var story = await BeginAsync(Policy(Usual), rows);
        var plan = await story.PlanAsync("2025-01-06");
        rows.AddRange(Every("2025-01-01T00:30Z", "2025-01-02T00:30Z", "1h"));
        await story.InsertAsync(rows.TakeLast(24));
        var outcome = await story.RunAsync("2025-01-06", new RunOptions { Plans = [plan], Yes = true });
        Assert.Empty(outcome.Errors);
        Assert.Equal(plan.Steps.Select(s => s.Key), outcome.Done.Select(s => s.Key));
        await story.ExpectTiersAsync(Before(rows, "2025-01-06"));
        Same(Since(rows, "2025-01-03"), await story.SourceAsync());
    }

    [Fact]
    public async Task Planning_changes_nothing()
    {
        var rows = Every("2025-01-01", "2025-01-07", "1h");
        var story = await BeginAsync(Policy(Usual), rows);
        var shapes = (await Db.ShapesAsync("m")).Select(s => s.Name).ToList();
        var one = await story.PlanAsync("2025-01-07");
        var two = await story.PlanAsync("2025-01-07");
        Assert.Equal(one.Steps.Select(s => s.Key), two.Steps.Select(s => s.Key));
        Assert.Equal(shapes, (await Db.ShapesAsync("m")).Select(s => s.Name));
        Same(rows, await story.SourceAsync());
        Assert.Empty(await story.WithAsync(l => l.HistoryAsync(Selection.All)));
    }

    [Fact]
    public async Task What_the_plan_says_is_what_the_run_does()
    {
        var story = await BeginAsync(Policy(Usual), Every("2025-01-01", "2025-01-15", "1h"));
        var plan = await story.PlanAsync("2025-01-15");
        var outcome = await story.RunWellAsync("2025-01-15");
        Assert.Equal(plan.Steps.Select(s => s.Key), outcome.Done.Select(s => s.Key));
        Assert.True((await story.PlanAsync("2025-01-15")).IsEmpty);
    }

    [Theory]
    [InlineData("keep: 34h\nrecheck: 1h\nlate: 1h\nzone: Europe/Berlin\ntiers: [{ every: 7h }, { every: 1d }]", "2025-01-04T09:00Z")]
    [InlineData("keep: 15h\nrecheck: 4h\ntiers: [{ every: 6h, keep: 179h }, { every: 1w, keep: 179h }]", "2025-01-12T06:00Z")]
    [InlineData(
        "keep: 8h\nrecheck: 1h\ntiers: [{ every: 15m, keep: 9h }, { every: 1h, keep: 39h }, { every: 1d, keep: 40h }]",
        "2025-01-05T07:00Z"
    )]
    public async Task Of_a_few_scattered_rows_no_step_is_skipped(string policy, string asOf)
    {
        SourceRow[] rows =
        [
            Row("2025-01-01T05:17Z", 1),
            Row("2025-01-01T09:40Z", 2, "b"),
            Row("2025-01-01T16:02Z", 3),
            Row("2025-01-02T23:59Z", 4),
        ];
        var story = await BeginAsync(Policy(policy), rows);
        var plan = await story.PlanAsync(asOf);
        var outcome = await story.RunWellAsync(asOf);
        Assert.Equal(plan.Steps.Select(s => s.Key), outcome.Done.Select(s => s.Key));
        Assert.True((await story.PlanAsync(asOf)).IsEmpty);
    }

    [Fact]
    [Rule("stopped-run-resumes")]
    public async Task A_run_with_no_time_left_stops_between_two_steps_and_goes_on_later()
    {
        var rows = Every("2025-01-01", "2025-01-15", "1h");
        var story = await BeginAsync(Policy(Usual), rows);
        var outcome = await story.WithAsync(
            l =>
                RunOutcome.OfAsync(
                    l,
                    new RunOptions
                    {
                        AsOf = At("2025-01-15"),
                        Yes = true,
                        For = Duration.FromSeconds(5),
                    }
                ),
            new HurryingTime(At("2025-06-01"))
        );
        Assert.True(outcome.Summary.Stopped);
        Assert.NotEqual(0, outcome.Summary.StepsLeft);
        Assert.Empty(outcome.Errors);
        var plan = await story.PlanAsync("2025-01-15");
        Assert.Equal(plan.Steps[0].Key, outcome.Summary.Next?.Key);
        await story.RunWellAsync("2025-01-15");
        await story.ExpectTierAsync(1, rows);
    }

    [Fact]
    public async Task A_run_with_no_time_at_all_begins_nothing_and_says_of_what()
    {
        var story = await BeginAsync(Policy(Usual), Every("2025-01-01", "2025-01-15", "1h"));
        await Db.CreateAsync(Cpu() with { Name = new("m", "mem") });
        await story.WithAsync(l =>
            l.ApplyAsync(PolicyYaml.Parse("policy: mem\n" + Policy(Usual).Replace("m.cpu", "m.mem", StringComparison.Ordinal), "p.yaml"))
        );
        var outcome = await story.RunAsync(At("2025-01-15"), new RunOptions { Yes = true, For = Duration.Zero });
        Assert.Equal(
            [story.Policy.Name, "mem"],
            outcome.Events.Select(e => Assert.IsType<RunEvent.Postponed>(e).Policy).Order(StringComparer.Ordinal)
        );
        Assert.Empty(await story.WithAsync(l => l.HistoryAsync(Selection.All)));
        Assert.Null((await story.RunAsync(At("2025-01-15"))).Events.OfType<RunEvent.Finished>().First().Summary.Next);
    }

    [Fact]
    public async Task A_run_that_is_asked_to_stop_stops_between_two_steps()
    {
        var rows = Every("2025-01-01", "2025-01-15", "1h");
        var story = await BeginAsync(Policy(Usual), rows);
        using var stop = new CancellationTokenSource();
        var done = 0;
        await story.WithAsync(
            async lifecycle =>
            {
                await foreach (
                    var one in lifecycle.RunAsync(
                        Selection.All,
                        new RunOptions
                        {
                            AsOf = At("2025-01-15"),
                            Yes = true,
                            Stop = stop.Token,
                        }
                    )
                )
                    if (one is RunEvent.StepDone && ++done == 3)
                        await stop.CancelAsync();
                return 0;
            },
            new SettableTime(At("2025-02-01"))
        );
        Assert.InRange(done, 3, 4);
        await story.RunWellAsync("2025-01-15");
        await story.ExpectTierAsync(1, rows);
    }

    [Fact]
    [Rule("halted-alone")]
    public async Task One_failing_policy_does_not_stop_the_others()
    {
        var rows = Every("2025-01-01", "2025-01-07", "1h");
        var story = await BeginAsync(Policy(Usual), rows);
        foreach (var name in new[] { "aaa", "zzz" })
        {
            await Db.CreateAsync(Cpu() with { Name = new("m", name) });
            var documents = PolicyYaml.Parse(Policy(Usual).Replace("m.cpu", $"m.{name}", StringComparison.Ordinal), "p.yaml");
            await story.WithAsync(l => l.ApplyAsync(documents));
            await Db.ExecuteAsync($"DROP TABLE m.{name}");
        }

        var outcome = await story.RunAsync("2025-01-07");
        Assert.Equal(2, outcome.Errors.Count);
        await story.ExpectTiersAsync(rows);
        Same(Since(rows, "2025-01-04"), await story.SourceAsync());
        var last = await story.WithAsync(l => l.StatusAsync(Selection.Of(story.Policy.Name), At("2025-01-07")));
        Assert.Null(last[0].LastError);
    }

    [Fact]
    public async Task A_run_waits_for_nobody_who_holds_the_lease()
    {
        var rows = Every("2025-01-01", "2025-01-07", "1h");
        var story = await BeginAsync(Policy(Usual), rows);
        await using var database = await Db.OpenAsync();
        await using (await database.Engine.LeaseAsync(story.Policy.Name, CancellationToken.None))
        {
            var outcome = await Record.ExceptionAsync(async () =>
            {
                var run = await RunOutcome.OfAsync(new Lifecycle(database), new RunOptions { AsOf = At("2025-01-07"), Yes = true });
                if (run.Errors.Count > 0)
                    throw run.Errors[0];
            });
            Assert.IsType<BusyException>(outcome);
        }

        Assert.Empty((await RunOutcome.OfAsync(new Lifecycle(database), new RunOptions { AsOf = At("2025-01-07"), Yes = true })).Errors);
    }

    [Fact]
    public async Task The_audit_log_has_every_removal_and_its_chain_holds()
    {
        var rows = Every("2025-01-01", "2025-01-07", "1h");
        var story = await BeginAsync(Policy(Usual), rows);
        var outcome = await story.RunWellAsync("2025-01-07");
        var verdict = await story.WithAsync(l => l.VerifyAuditAsync());
        Assert.Empty(verdict.Findings);
        Assert.Equal(outcome.Summary.AuditHead, verdict.Head);
        var log = await story.WithAsync(l => l.AuditAsync(500));
        Assert.Equal(Enumerable.Range(1, log.Count).Reverse().Select(i => (long)i), log.Select(e => e.Seq));
        Assert.Contains(log, e => e.Action == "rows.expired" && e.Policy == story.Policy.Name);
        Assert.NotEmpty((await story.WithAsync(l => l.VerifyAuditAsync(new string('f', 64)))).Findings);
    }

    [Fact]
    public async Task Applying_the_same_policy_again_changes_nothing()
    {
        var story = await BeginAsync(Policy(Usual), Every("2025-01-01", "2025-01-07", "1h"));
        List<PolicyDocument> documents = [.. PolicyYaml.Parse(Policy(Usual), "again.yaml").Select(Db.Said)];
        var result = Assert.Single(await story.WithAsync(l => l.ApplyAsync(documents)));
        Assert.Equal((1, Varve.Catalog.ApplyOutcome.Unchanged), (result.Revision, result.Outcome));
        var changed = Assert.Single(
            await story.WithAsync(l =>
                l.ApplyAsync([
                    .. PolicyYaml.Parse(Policy(Usual.Replace("10d", "11d", StringComparison.Ordinal)), "again.yaml").Select(Db.Said),
                ])
            )
        );
        Assert.Equal((2, Varve.Catalog.ApplyOutcome.Changed), (changed.Revision, changed.Outcome));
    }

    [Fact]
    [Rule("one-policy-a-table")]
    public async Task A_table_belongs_to_one_policy()
    {
        var story = await BeginAsync(Policy(Usual), Every("2025-01-01", "2025-01-07", "1h"));
        await Assert.ThrowsAsync<PolicyException>(() => story.ApplyAsync("policy: another\n" + Policy("tiers: [{ every: 30m }]")));
    }

    private static async Task TripAsync(Story story, Trip trip, string asOf)
    {
        await using var inner = await story.Db.OpenAsync();
        var lifecycle = new Lifecycle(
            new Database(new TrippingEngine(inner.Engine, trip), inner.Name),
            new LifecycleOptions { TimeProvider = new SettableTime(At(asOf)) }
        );
        var error = await Record.ExceptionAsync(() => RunOutcome.OfAsync(lifecycle, new RunOptions { AsOf = At(asOf), Yes = true }));
        Assert.True(error is null or DeathException, error?.ToString());
    }
}
