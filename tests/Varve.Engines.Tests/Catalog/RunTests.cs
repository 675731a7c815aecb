using NodaTime;
using Varve.Catalog;
using Varve.Planning;
using Varve.Time;

namespace Varve.Engines.Tests.Catalog;

public sealed class RunTests
{
    private static readonly Instant s_now = Instant.FromUtc(2025, 1, 1, 0, 0);

    [Fact]
    public async Task A_run_and_its_steps_are_kept_from_intent_to_outcome()
    {
        await using var catalog = await CatalogFile.NewAsync();
        await BeginAsync(catalog, "01-a", "p", s_now);
        await catalog.WriteAsync(s => catalog.Runs.IntendAsync(s, "01-a", 0, "DELETE it's", s_now, default));
        Assert.Equal(["01-a"], await catalog.ReadAsync(s => catalog.Runs.FindAsync(s, "01", default)));
        Assert.Equal([StepStatus.Running, StepStatus.Planned], (await StepsAsync(catalog, "01-a")).Select(s => s.Status));
        await catalog.WriteAsync(s => catalog.Runs.CloseAsync(s, "01-a", 0, StepStatus.Done, 5, 4, 3, "note", s_now, default));
        Assert.Equal("p", (await catalog.AskAsync($"SELECT policy FROM {catalog.Tables.Leases}"))[0].Text(0));
        RunRecord finished = new(
            "01-a",
            "p",
            2,
            s_now,
            s_now,
            s_now + Duration.FromSeconds(1),
            RunStatus.Failed,
            2,
            1,
            5,
            4,
            3,
            "VRV400",
            "it's"
        );
        await catalog.WriteAsync(s => catalog.Runs.FinishAsync(s, finished, default));
        Assert.Equal(finished, Assert.Single(await ListAsync(catalog, "p")));
        var steps = await StepsAsync(catalog, "01-a");
        Assert.Equal(
            new(
                "01-a",
                0,
                "expire",
                RelationId.Source,
                Step(0).Touches[0].ToString(),
                "old",
                StepStatus.Done,
                "DELETE it's",
                5,
                4,
                3,
                s_now,
                s_now,
                "note"
            )
            {
                Executed = "DELETE it's",
            },
            steps[0]
        );
        Assert.Equal((StepStatus.Skipped, null), (steps[1].Status, steps[1].StartedAt));
        Assert.Empty(await catalog.AskAsync($"SELECT * FROM {catalog.Tables.Leases}"));
    }

    [Fact]
    public async Task What_a_killed_process_left_open_is_closed_for_its_policy_only()
    {
        await using var catalog = await CatalogFile.NewAsync();
        await BeginAsync(catalog, "01", "p", s_now);
        await BeginAsync(catalog, "02", "q", s_now);
        await catalog.WriteAsync(s => catalog.Runs.IntendAsync(s, "01", 0, "x", s_now, default));
        await catalog.WriteAsync(s => catalog.Runs.CloseInterruptedAsync(s, "p", null, s_now + Duration.FromHours(1), default));
        var run = Assert.Single(await ListAsync(catalog, "p"));
        Assert.Equal((RunStatus.Interrupted, s_now + Duration.FromHours(1)), (run.Status, run.FinishedAt));
        Assert.Equal([StepStatus.Failed, StepStatus.Skipped], (await StepsAsync(catalog, "01")).Select(s => s.Status));
        Assert.Equal(RunStatus.Running, Assert.Single(await ListAsync(catalog, "q")).Status);
        Assert.Equal([StepStatus.Planned, StepStatus.Planned], (await StepsAsync(catalog, "02")).Select(s => s.Status));
        await catalog.WriteAsync(s => catalog.Runs.CloseInterruptedAsync(s, "p", null, s_now + Duration.FromHours(2), default));
        Assert.Equal(s_now + Duration.FromHours(1), Assert.Single(await ListAsync(catalog, "p")).FinishedAt);
    }

    [Fact]
    public async Task A_run_that_was_killed_has_what_its_steps_did()
    {
        await using var catalog = await CatalogFile.NewAsync();
        await BeginAsync(catalog, "01", "p", s_now);
        await BeginAsync(catalog, "02", "p", s_now + Duration.FromMinutes(1));
        await catalog.WriteAsync(s => catalog.Runs.PlanAsync(s, "01", "p", 2, [Step(2), Step(3)], default));
        foreach (var ordinal in new[] { 0, 2 })
            await catalog.WriteAsync(s => catalog.Runs.CloseAsync(s, "01", ordinal, StepStatus.Done, 50, 4, 3, null, s_now, default));
        await catalog.WriteAsync(s => catalog.Runs.CloseAsync(s, "01", 1, StepStatus.Failed, 0, 0, 0, "why", s_now, default));
        await catalog.WriteAsync(s => catalog.Runs.CloseInterruptedAsync(s, "p", null, s_now + Duration.FromHours(1), default));
        Assert.Equal(
            [("02", 2, 0, 0L, 0L, 0L), ("01", 4, 2, 100L, 8L, 6L)],
            (await ListAsync(catalog, "p")).Select(r => (r.Id, r.Steps, r.StepsDone, r.RowsRead, r.RowsWritten, r.RowsRemoved))
        );
    }

    [Fact]
    public async Task Runs_are_listed_newest_first_up_to_a_limit()
    {
        await using var catalog = await CatalogFile.NewAsync();
        for (var i = 0; i < 5; i++)
            await BeginAsync(catalog, $"0{i}", i % 2 == 0 ? "p" : "q", s_now + Duration.FromMinutes(i));
        Assert.Equal(
            ["04", "03", "02"],
            (await catalog.ReadAsync(s => catalog.Runs.ListAsync(s, null, 3, idle: true, default))).Select(r => r.Id)
        );
        Assert.Equal(["04", "02", "00"], (await ListAsync(catalog, "p")).Select(r => r.Id));
    }

    [Fact]
    public async Task Runs_older_than_400_days_are_forgotten_with_all_of_their_steps()
    {
        await using var catalog = await CatalogFile.NewAsync();
        await BeginAsync(catalog, "01", "p", s_now - Duration.FromDays(401));
        await BeginAsync(catalog, "02", "p", s_now - Duration.FromDays(399));
        await BeginAsync(catalog, "03", "p", s_now);
        RunRecord finished = new("03", "p", 2, s_now, s_now, s_now, RunStatus.Done, 2, 2, 0, 0, 0, null, null);
        await catalog.WriteAsync(s => catalog.Runs.FinishAsync(s, finished, default));
        Assert.Equal(["03", "02"], (await ListAsync(catalog, "p")).Select(r => r.Id));
        Assert.Empty(await StepsAsync(catalog, "01"));
        Assert.Equal(2, (await StepsAsync(catalog, "02")).Count);
    }

    [Fact]
    public async Task Thousands_of_steps_are_planned_at_once()
    {
        await using var catalog = await CatalogFile.NewAsync();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await catalog.WriteAsync(s => catalog.Runs.PlanAsync(s, "01", "p", 0, [.. Enumerable.Range(0, 2_000).Select(Step)], default));
        Assert.Equal(2_000, (await StepsAsync(catalog, "01")).Count);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Each_change_of_a_policy_is_a_revision_and_deleting_keeps_them()
    {
        await using var catalog = await CatalogFile.NewAsync();
        foreach (var (keep, revision) in new[] { ("7d", 1), ("8d", 2), ("7d", 3) })
            Assert.Equal(
                revision,
                await catalog.WriteAsync(s => catalog.Shelf.StoreAsync(s, CatalogFile.Document("it's", keep), null, s_now, "ann", default))
            );
        await catalog.WriteAsync(s => catalog.Shelf.StoreAsync(s, CatalogFile.Document("a"), null, s_now, "ann", default));
        var listed = await catalog.ReadAsync(s => catalog.Shelf.ListAsync(s, default));
        Assert.Equal([("a", 1), ("it's", 3)], listed.Select(p => (p.Policy.Name, p.Revision)));
        Assert.Equal(("policy: it's\n", "ann", s_now), (listed[1].Yaml, listed[1].AppliedBy, listed[1].AppliedAt));
        Assert.Equal(Policies.PolicyJson.Hash(CatalogFile.Document("it's").Policy), listed[1].Hash);
        var second = await catalog.ReadAsync(s => catalog.Shelf.RevisionAsync(s, "it's", 2, default));
        Assert.Equal(Keep.Parse("8d"), second!.Policy.Keep);
        await catalog.WriteAsync(s => catalog.Shelf.DeleteAsync(s, "it's", default));
        Assert.Equal(["a"], (await catalog.ReadAsync(s => catalog.Shelf.ListAsync(s, default))).Select(p => p.Policy.Name));
        Assert.NotNull(await catalog.ReadAsync(s => catalog.Shelf.RevisionAsync(s, "it's", 2, default)));
        Assert.Equal(
            4,
            await catalog.WriteAsync(s => catalog.Shelf.StoreAsync(s, CatalogFile.Document("it's"), null, s_now, "ann", default))
        );
    }

    private static Task BeginAsync(CatalogFile catalog, string run, string policy, Instant at) =>
        catalog.WriteAsync(async s =>
        {
            Plan plan = new()
            {
                Policy = policy,
                Revision = 2,
                PolicyHash = "",
                AsOf = s_now,
                ZoneVersion = "",
                Steps = [Step(0), Step(1)],
            };
            await s.ExecuteAsync($"DELETE FROM {catalog.Tables.Leases}", default);
            await catalog.Runs.BeginAsync(s, run, plan, at, "ann", default);
            await catalog.Runs.PlanAsync(s, run, policy, 0, plan.Steps, default);
        });

    private static PlanStep Step(int day) =>
        new PlanStep.Expire
        {
            Relation = RelationId.Source,
            Reason = "old",
            Range = new(s_now + Duration.FromDays(day), s_now + Duration.FromDays(day + 1)),
            Proofs = [],
        };

    private static Task<IReadOnlyList<RunRecord>> ListAsync(CatalogFile catalog, string policy) =>
        catalog.ReadAsync(s => catalog.Runs.ListAsync(s, policy, 9, idle: true, default));

    private static Task<IReadOnlyList<StepRecord>> StepsAsync(CatalogFile catalog, string run) =>
        catalog.ReadAsync(s => catalog.Runs.StepsAsync(s, run, default));
}
