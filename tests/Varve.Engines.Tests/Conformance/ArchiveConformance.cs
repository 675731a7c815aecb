using Varve.Archiving;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 7: rows are archived, and the archive is proven, before they go.</summary>
public abstract class ArchiveConformance(Func<ScratchDatabase> create) : ArchiveSuite(create)
{
    [Fact]
    [Rule("proof-archive")]
    public async Task Rows_are_archived_before_they_go_and_come_back_as_they_were()
    {
        var (story, rows) = await BeginAsync();
        var outcome = await story.RunWellAsync("2025-01-11");
        var kinds = outcome.Done.Select(s => s.Kind).ToList();
        Assert.True(
            kinds.IndexOf("archive") is >= 0 and var at && at < kinds.IndexOf("expire") && at > kinds.IndexOf("rollup"),
            string.Join(' ', kinds)
        );
        Same(Since(rows, "2025-01-04"), await story.SourceAsync());
        Assert.Single(Cold.Parts);
        Assert.Single(Cold.Manifests);
        var result = await RestoreAsync(story);
        Assert.Equal(new("m", "cpu_restored"), result.Table);
        Same(Before(rows, "2025-01-04"), await ReadAsync(result.Table));
        Assert.Equal("[2025-01-01T00:00:00Z, 2025-01-04T00:00:00Z)", Assert.Single(result.Ranges).ToString());
    }

    [Fact]
    public async Task The_proof_is_in_the_catalog_and_in_the_audit_log()
    {
        var (story, rows) = await BeginAsync();
        await story.RunWellAsync("2025-01-11");
        var part = Assert.Single(await story.WithAsync(l => l.ArchivesAsync([])));
        Assert.Equal(Before(rows, "2025-01-04").Count(), part.Rows);
        Assert.NotNull(part.ProvenAt);
        var entry = Assert.Single(await story.WithAsync(l => l.AuditAsync()), e => e.Action == "rows.expired");
        Assert.Equal("cold", (string?)entry.Detail["archive"]);
        Assert.Equal(1, (long?)entry.Detail["parts"]);
    }

    [Fact]
    public async Task Late_rows_are_archived_as_further_parts_before_they_are_merged()
    {
        if (await IsRefusedAsync("VRV146", () => BeginAsync(Policy(Kept + "\nlate_after_expiry: merge", "count, max"))))
            return;
        var (story, rows) = await BeginAsync(Policy(Kept + "\nlate_after_expiry: merge", "count, max"));
        await story.RunWellAsync("2025-01-11");
        List<SourceRow> late =
        [
            Row("2025-01-02T03:04:05Z", 1000),
            Row("2025-01-03T03:04:05Z", 1001),
            Row("2025-01-02T03:04:05Z", 1002, "new"),
        ];
        await story.InsertAsync(late);
        var kinds = (await story.RunWellAsync("2025-01-11")).Done.Select(s => s.Kind).ToList();
        Assert.True(kinds.IndexOf("archive") is >= 0 and var at && at < kinds.IndexOf("merge"), string.Join(' ', kinds));
        Same(Since(rows, "2025-01-04"), await story.SourceAsync());
        await story.ExpectTiersAsync([.. rows, .. late]);
        Assert.True((await story.WithAsync(l => l.VerifyArchivesAsync([]))).Agrees);
        var result = await RestoreAsync(story);
        Same([.. Before(rows, "2025-01-04"), .. late], await ReadAsync(result.Table));
        Assert.True((await story.PlanAsync("2025-01-11")).IsEmpty);
    }

    [Fact]
    public async Task Rows_that_come_once_more_are_archived_once_more()
    {
        if (await IsRefusedAsync("VRV146", () => BeginAsync(Policy(Kept + "\nlate_after_expiry: merge", "count, max"))))
            return;
        var (story, rows) = await BeginAsync(Policy(Kept + "\nlate_after_expiry: merge", "count, max"));
        await story.RunWellAsync("2025-01-11");
        for (var time = 0; time < 2; time++)
        {
            await story.InsertAsync(rows.Take(3));
            await story.RunWellAsync("2025-01-11");
        }

        Same(Since(rows, "2025-01-04"), await story.SourceAsync());
        await story.ExpectTiersAsync([.. rows, .. rows.Take(3), .. rows.Take(3)]);
        var result = await RestoreAsync(story);
        Same([.. Before(rows, "2025-01-04"), .. rows.Take(3), .. rows.Take(3)], await ReadAsync(result.Table));
    }

    [Fact]
    public async Task Late_rows_that_cannot_be_archived_are_not_merged()
    {
        if (await IsRefusedAsync("VRV146", () => BeginAsync(Policy(Kept + "\nlate_after_expiry: merge", "count, max"))))
            return;
        var (story, rows) = await BeginAsync(Policy(Kept + "\nlate_after_expiry: merge", "count, max"));
        await story.RunWellAsync("2025-01-11");
        await story.InsertAsync(rows.Take(3));
        var plan = await story.PlanAsync("2025-01-11");
        var outcome = await story.RunAsync(
            At("2025-01-11"),
            new() { Yes = true, Plans = [plan with { Steps = [.. plan.Steps.Where(s => s is not PlanStep.Archive)] }] }
        );
        Assert.Empty(outcome.Errors);
        Same([.. Since(rows, "2025-01-04"), .. rows.Take(3)], await story.SourceAsync());
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("erase-archives")]
    public async Task Erasing_lists_the_parts_that_still_hold_rows_of_that_time()
    {
        var (story, _) = await BeginAsync();
        await story.RunWellAsync("2025-01-11");
        if (
            await IsRefusedAsync("VRV360", () => story.WithAsync(l => l.EraseAsync(new() { Policy = "m.cpu", Where = [new("host", "a")] })))
        )
            return;
        var report = await story.WithAsync(l => l.EraseAsync(new() { Policy = "m.cpu", Where = [new("host", "a")] }));
        Assert.Equal("cold", Assert.Single(report.Archives).Location);
        Assert.Empty(
            (
                await story.WithAsync(l =>
                    l.EraseAsync(
                        new()
                        {
                            Policy = "m.cpu",
                            Where = [new("host", "a")],
                            Range = new(At("2025-01-08"), At("2025-01-09")),
                        }
                    )
                )
            ).Archives
        );
    }

    [Fact]
    public async Task A_second_run_has_nothing_to_archive()
    {
        var (story, _) = await BeginAsync();
        await story.RunWellAsync("2025-01-11");
        Assert.Empty((await story.RunWellAsync("2025-01-11")).Done);
        Assert.Single(Cold.Parts);
    }

    [Fact]
    [Rule("proof-archive")]
    public async Task Rows_that_come_after_the_archive_are_archived_before_they_go()
    {
        var (story, rows) = await BeginAsync();
        await ArchiveOnlyAsync(story, "2025-01-11");
        SourceRow[] late = [Row("2025-01-02T00:30", 7), Row("2025-01-02T00:30", 7), Row("2025-01-03T23:59:59", null, null)];
        await story.InsertAsync(late);
        var outcome = await story.RunWellAsync("2025-01-11");
        Assert.Contains(outcome.Done, s => s is PlanStep.Archive { Reason: "rows came after its part was written" });
        Same(Since(rows, "2025-01-04"), await story.SourceAsync());
        Assert.Equal(2, Cold.Parts.Count);
        Same([.. Before(rows, "2025-01-04"), .. late], await ReadAsync((await RestoreAsync(story)).Table));
    }

    [Fact]
    public async Task One_more_of_equal_rows_is_a_row_more()
    {
        var (story, rows) = await BeginAsync();
        await ArchiveOnlyAsync(story, "2025-01-11");
        await story.InsertAsync(rows[5], rows[5]);
        await story.RunWellAsync("2025-01-11");
        Same([.. Before(rows, "2025-01-04"), rows[5], rows[5]], await ReadAsync((await RestoreAsync(story)).Table));
        Assert.Equal(2, (await story.WithAsync(l => l.ArchivesAsync([])))[1].Rows);
    }

    [Fact]
    public async Task Two_rows_that_changed_places_are_not_the_same()
    {
        var (story, _) = await BeginAsync(Policy("keep: 7d\narchive: cold", "count"));
        await ArchiveOnlyAsync(story, "2025-01-11");
        await Db.ExecuteAsync(
            "UPDATE m.cpu SET v = CASE ts WHEN TIMESTAMP '2025-01-02 01:00' THEN (SELECT v FROM m.cpu WHERE ts = TIMESTAMP '2025-01-02 02:00') ELSE (SELECT v FROM m.cpu WHERE ts = TIMESTAMP '2025-01-02 01:00') END WHERE ts IN (TIMESTAMP '2025-01-02 01:00', TIMESTAMP '2025-01-02 02:00')"
        );
        await story.RunWellAsync("2025-01-11");
        Assert.Equal(2, (await story.WithAsync(l => l.ArchivesAsync([])))[1].Rows);
    }

    [Fact]
    public async Task Rows_that_somebody_else_removed_meanwhile_stay_in_the_archive()
    {
        var (story, rows) = await BeginAsync();
        await ArchiveOnlyAsync(story, "2025-01-11");
        await story.DeleteAsync("2025-01-01", "2025-01-02");
        await story.RunWellAsync("2025-01-11");
        Same(Since(rows, "2025-01-04"), await story.SourceAsync());
        Same(Before(rows, "2025-01-04"), await ReadAsync((await RestoreAsync(story)).Table));
    }

    [Fact]
    public async Task A_plan_shows_what_is_archived_and_a_plan_file_keeps_it()
    {
        var (story, _) = await BeginAsync();
        var plan = await story.PlanAsync("2025-01-11");
        var archive = Assert.Single(plan.Steps.OfType<PlanStep.Archive>());
        Assert.True(archive.Rows > 50);
        Assert.Contains("~ archive  source to cold", PlanText.Text([plan]), StringComparison.Ordinal);
        Assert.Equal(PlanFile.Write([plan]), PlanFile.Write(PlanFile.Read(PlanFile.Write([plan]))));
        var outcome = await story.RunAsync(At("2025-01-11"), new() { Yes = true, Plans = PlanFile.Read(PlanFile.Write([plan])) });
        Assert.Empty(outcome.Errors);
        Assert.Equal(72, outcome.Summary.RowsRemoved);
    }

    [Fact]
    public async Task A_location_that_is_not_declared_stops_the_removal_and_nothing_else()
    {
        var (story, rows) = await BeginAsync();
        story.Archives = new Dictionary<string, string> { ["warm"] = Cold.Folder };
        var note = Assert.Single((await story.PlanAsync("2025-01-11")).Notes);
        Assert.Equal(PolicyCodes.Undeclared, note.Code);
        var outcome = await story.RunAsync("2025-01-11");
        var error = Assert.IsType<PolicyException>(Assert.Single(outcome.Errors));
        Assert.Contains("VARVE_ARCHIVE_COLD", error.Message, StringComparison.Ordinal);
        Assert.Contains("warm", error.Message, StringComparison.Ordinal);
        Assert.Contains(outcome.Done, s => s is PlanStep.RollUp);
        Same(rows, await story.SourceAsync());
        story.Archives = new Dictionary<string, string> { ["COLD"] = new Uri(Cold.Folder).AbsoluteUri };
        await story.RunWellAsync("2025-01-11");
        Same(Since(rows, "2025-01-04"), await story.SourceAsync());
    }

    [Fact]
    public async Task Another_location_gets_what_has_not_gone_yet()
    {
        using var warm = new ColdPlace();
        var (story, rows) = await BeginAsync();
        await ArchiveOnlyAsync(story, "2025-01-11");
        story.Archives = new Dictionary<string, string> { ["cold"] = Cold.Folder, ["warm"] = warm.Folder };
        await story.ApplyAsync(Policy(Kept.Replace("cold", "{ to: warm }", StringComparison.Ordinal), "count, max"));
        await story.RunWellAsync("2025-01-11");
        Assert.Single(warm.Parts);
        Same(
            Before(rows, "2025-01-04"),
            await ReadAsync((await RestoreAsync(story, new() { Policy = story.Policy.Name, Location = "warm" })).Table)
        );
    }

    [Fact]
    [Rule("brake-again")]
    public async Task Taking_the_archive_away_brakes()
    {
        var (story, _) = await BeginAsync();
        await story.RunWellAsync("2025-01-11");
        await story.ApplyAsync(Policy(Kept.Replace("archive: cold\n", "", StringComparison.Ordinal), "count, max"));
        Assert.NotNull((await story.RunAsync(At("2025-01-13"), new())).Brake);
    }

    [Fact]
    public async Task A_hold_keeps_parts_from_being_pruned()
    {
        var (story, _) = await BeginAsync();
        await story.RunWellAsync("2025-01-11");
        await story.RunWellAsync("2025-01-13");
        Assert.Equal(2, Cold.Parts.Count);
        await story.WithAsync(l => l.HoldAsync(story.Policy.Name, null, new(At("2025-01-05"), At("2025-01-06")), "case 7", null));
        var first = await story.WithAsync(l => l.PruneArchivesAsync([], Keep.Parse("1d")));
        Assert.Equal((1, 1), (first.Parts.Count, first.Held.Count));
        Assert.Single(Cold.Parts);
        Assert.Contains("20250104", Cold.Parts[0], StringComparison.Ordinal);
        Assert.Empty((await story.WithAsync(l => l.PruneArchivesAsync([], Keep.Parse("1y")))).Parts);
        await story.WithAsync(l => l.ReleaseAsync(story.Policy.Name, null));
        await story.WithAsync(l => l.PruneArchivesAsync([story.Policy.Name], Keep.Parse("1d")));
        Assert.Empty(Cold.Files);
        Assert.Empty(await story.WithAsync(l => l.ArchivesAsync([])));
        Assert.Equal(2, (await story.WithAsync(l => l.AuditAsync())).Count(e => e.Action == "archive.pruned"));
    }

    [Fact]
    public async Task A_tier_is_expired_without_an_archive()
    {
        var (story, _) = await BeginAsync(Policy("keep: 2d\narchive: cold\ntiers: [{ every: 1d, keep: 4d }]", "count"));
        var outcome = await story.RunWellAsync("2025-01-11");
        Assert.Contains(outcome.Done, s => s is PlanStep.Expire { Relation.Text: "1d", Location: null });
        Assert.All(outcome.Done.OfType<PlanStep.Archive>(), s => Assert.Equal(RelationId.Source, s.Relation));
    }

    [Theory]
    [InlineData(0, "prune")]
    [InlineData(1, "prune")]
    [InlineData(2, "run")]
    [InlineData(3, "run")]
    public async Task A_pruning_that_was_killed_is_finished_by_the_next_one_or_by_a_run(int deletes, string then)
    {
        var (story, rows) = await BeginAsync();
        await story.RunWellAsync("2025-01-11");
        await story.RunWellAsync("2025-01-13");
        Assert.Equal(2, Cold.Parts.Count);
        var place = new DyingPlace(new FolderStore(Cold.Folder)) { Deletes = deletes };
        (story.Archives, story.ArchiveKinds) = (
            new Dictionary<string, string> { ["cold"] = "dying://here" },
            [new ArchiveKind("dying", _ => place)]
        );
        await Assert.ThrowsAsync<Kills.DeathException>(() => story.WithAsync(l => l.PruneArchivesAsync([], Keep.Parse("1d"))));
        (story.Archives, story.ArchiveKinds) = (Cold.Declared, []);
        var report = await story.WithAsync(l => l.VerifyArchivesAsync([]));
        Assert.True(report.Agrees, string.Join(", ", report.Parts.Select(p => p.Problem)));
        Assert.Equal((0, 2, 0), (report.Parts.Count, report.BeingPruned.Count, report.Unknown.Count));
        if (
            await IsRefusedAsync(
                "VRV360",
                () =>
                    story.WithAsync(l =>
                        l.EraseAsync(
                            new()
                            {
                                Policy = "m.cpu",
                                Where = [new("host", "a")],
                                OnlyLook = true,
                            }
                        )
                    )
            )
        )
            return;
        Assert.Equal(2, (
                await story.WithAsync(l =>
                    l.EraseAsync(
                        new()
                        {
                            Policy = "m.cpu",
                            Where = [new("host", "a")],
                            OnlyLook = true,
                        }
                    )
                )
            ).Archives.Count);

        await story.WithAsync(l => l.HoldAsync(story.Policy.Name, null, new(At("2025-01-05"), At("2025-01-06")), "case 7", null));
        await FinishAsync();
        Assert.Single((await story.WithAsync(l => l.VerifyArchivesAsync([]))).BeingPruned);
        await story.WithAsync(l => l.ReleaseAsync(story.Policy.Name, null));
        await FinishAsync();
        Assert.Empty(Cold.Files);
        Assert.Empty((await story.WithAsync(l => l.VerifyArchivesAsync([]))).BeingPruned);
        var actions = (await story.WithAsync(l => l.AuditAsync())).Select(e => e.Action).ToList();
        Assert.Equal((1, 2), (actions.Count(a => a == "archive.pruning"), actions.Count(a => a == "archive.pruned")));
        await story.ExpectTiersAsync(rows);

        Task FinishAsync() =>
            then == "run" ? story.RunWellAsync("2025-01-13") : story.WithAsync(l => l.PruneArchivesAsync([], Keep.Parse("1y")));
    }

    [Fact]
    public async Task A_run_that_cannot_finish_a_pruning_says_so_and_goes_on()
    {
        var (story, rows) = await BeginAsync();
        await story.RunWellAsync("2025-01-11");
        (story.Archives, story.ArchiveKinds) = (
            new Dictionary<string, string> { ["cold"] = "dying://here" },
            [new ArchiveKind("dying", _ => new DyingPlace(new FolderStore(Cold.Folder)))]
        );
        await Assert.ThrowsAsync<Kills.DeathException>(() => story.WithAsync(l => l.PruneArchivesAsync([], Keep.Parse("1d"))));
        (story.Archives, story.ArchiveKinds) = (new Dictionary<string, string>(), []);
        await story.ApplyAsync(Policy("keep: forever\ntiers: [{ every: 1d }]", "count, max"));
        await story.InsertAsync(Every("2025-01-11", "2025-01-12", "1h"));
        var outcome = await story.RunWellAsync("2025-01-13");
        Assert.Contains(outcome.Waits, w => w.Reason.Contains("VARVE_ARCHIVE_COLD", StringComparison.Ordinal));
        await story.ExpectTiersAsync([.. rows, .. Every("2025-01-11", "2025-01-12", "1h")]);
    }
}
