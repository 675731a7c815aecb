using NodaTime;
using Varve.Diagnosis;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;

namespace Varve.Engines.Tests.Conformance;

/// <summary>
/// A diagnosis finds each thing that is not as it should be, and changes nothing; a catalog from an older backup stops runs.
/// </summary>
public abstract class DoctorConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private const string Tiers = "keep: 2d\ntiers: [{ every: 1h, keep: 4d }, { every: 1d }]";

    [Fact]
    public async Task A_sound_database_has_no_findings()
    {
        var story = await BuiltAsync();
        Assert.Empty(await DiagnoseAsync());
        await story.RunWellAsync("2025-01-06");
        Assert.Empty(await DiagnoseAsync());
    }

    [Fact]
    public async Task A_database_without_a_catalog_is_a_note_and_gets_none()
    {
        await Db.CreateAsync(Cpu());
        Assert.Equal([("catalog.version", Severity.Note)], (await DiagnoseAsync()).Select(f => (f.Check, f.Severity)));
        Assert.Empty(await Db.ShapesAsync("varve"));
    }

    [Theory]
    [InlineData("DROP TABLE m.cpu", "policy.table", Severity.Error)]
    [InlineData("ALTER TABLE m.cpu DROP COLUMN v", "policy.sound", Severity.Error)]
    [InlineData("DROP TABLE m.cpu_1h_states", "relation.missing", Severity.Error)]
    [InlineData("DROP VIEW m.cpu_1h", "relation.missing", Severity.Error)]
    [InlineData("ALTER TABLE m.cpu_1h_states DROP COLUMN v_max", "relation.columns", Severity.Error)]
    [InlineData("ALTER TABLE m.cpu_1h_states ALTER COLUMN v_max TYPE FLOAT", "relation.columns", Severity.Error)]
    [InlineData("ALTER TABLE m.cpu_1d_states ALTER COLUMN varve_rows TYPE INTEGER", "relation.columns", Severity.Error)]
    [InlineData("ALTER TABLE m.cpu ALTER COLUMN v TYPE FLOAT", "source.types", Severity.Error)]
    [InlineData("ALTER TABLE m.cpu ALTER COLUMN ts TYPE TIMESTAMP_MS", "source.types", Severity.Error)]
    [InlineData("CREATE OR REPLACE VIEW m.cpu_1h AS SELECT ts, host, 1 AS v_count FROM m.cpu_1h_states", "view.changed", Severity.Error)]
    [InlineData("CREATE OR REPLACE VIEW m.cpu_all AS SELECT 1 AS a", "view.changed", Severity.Error)]
    [InlineData("DROP VIEW m.cpu_1d; CREATE TABLE m.cpu_1d (a INTEGER)", "view.changed", Severity.Error)]
    [InlineData("INSERT INTO m.cpu VALUES (NULL, 'a', 1)", "rows.timeless", Severity.Warning)]
    [InlineData("INSERT INTO m.cpu VALUES (TIMESTAMP '2100-01-01', 'a', 1)", "rows.future", Severity.Warning)]
    [InlineData(
        "INSERT INTO varve.holds VALUES ('01900000-0000-7000-8000-000000000000', 'm.cpu', NULL, 0, 1, 'why', 'who', 5, 4)",
        "hold.ended",
        Severity.Note
    )]
    [InlineData("UPDATE varve.runs SET status = 'running', finished_us = NULL", "run.open", Severity.Warning)]
    [InlineData(
        "UPDATE varve.ledgers SET document = json_merge_patch(document, '{\"relations\":{\"source\":{\"halted\":[[0,1000000]]}}}')",
        "range.halted",
        Severity.Error
    )]
    [InlineData(
        "INSERT INTO varve.dirty (policy, relation, kind, from_us, to_us) VALUES ('m.cpu', 'source', 'halted', 0, 1000000)",
        "catalog.shown",
        Severity.Warning
    )]
    [InlineData("DELETE FROM varve.coverage WHERE relation = '1h' AND kind = 'covered'", "catalog.shown", Severity.Warning)]
    [InlineData("UPDATE varve.edges SET at_us = at_us + 1 WHERE at_us > 0", "edges", Severity.Error)]
    [InlineData("UPDATE varve.audit SET actor = 'nobody' WHERE seq = 2", "audit.chain", Severity.Error)]
    [InlineData("UPDATE varve.audit SET at_us = -9223372036854775807 WHERE seq = 2", "audit.chain", Severity.Error)]
    [InlineData("DELETE FROM varve.audit", "audit.chain", Severity.Error)]
    [InlineData(
        "UPDATE varve.ledgers SET document = json_merge_patch(document, '{\"relations\":{\"1h\":{\"covered\":[[0,9999999999999999]]}}}')",
        "coverage.beyond",
        Severity.Warning
    )]
    [InlineData("UPDATE varve.meta SET value = '1' WHERE name = 'schema_version'", "catalog.version", Severity.Warning)]
    [InlineData("UPDATE varve.meta SET value = '99' WHERE name = 'schema_version'", "catalog.version", Severity.Error)]
    [InlineData(
        "UPDATE varve.ledgers SET document = json_merge_patch(document, '{\"relations\":{\"1h\":{\"covered\":null}}}')",
        "catalog.older",
        Severity.Error
    )]
    [InlineData(
        "INSERT INTO m.cpu_1h_states (ts, host, varve_rows) VALUES (TIMESTAMP '2024-12-30', 'a', 1)",
        "catalog.older",
        Severity.Error
    )]
    public async Task What_was_broken_is_found(string meddling, string check, Severity severity)
    {
        await BuiltAsync();
        foreach (var view in new[] { "cpu_all", "cpu_1h" }.Where(_ => meddling.StartsWith("DROP TABLE m.cpu_1h", StringComparison.Ordinal)))
            await Db.ExecuteAsync($"DROP VIEW m.{view}");
        await Db.ExecuteAsync(meddling);
        var found = await DiagnoseAsync();
        Assert.Contains((check, severity), found.Select(f => (f.Check, f.Severity)));
        Assert.All(found, f => Assert.True(f.WayOut.Length > 10 && f.Found.Length > 10));
        Assert.Equal(found.OrderByDescending(f => f.Severity), found);
    }

    [Fact]
    public async Task Tables_with_times_that_no_policy_keeps_are_named()
    {
        await BuiltAsync();
        await Db.ExecuteAsync("CREATE TABLE m.settings (a INTEGER)");
        Assert.Empty(await DiagnoseAsync());
        await Db.ExecuteAsync("CREATE TABLE m.forgotten (ts TIMESTAMP, v INTEGER)");
        var found = Assert.Single(await DiagnoseAsync());
        Assert.Equal(("table.loose", Severity.Note), (found.Check, found.Severity));
        Assert.Contains("No policy keeps m.forgotten, which has times.", found.Found, StringComparison.Ordinal);
        Assert.Contains("varve init m.forgotten", found.WayOut, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_should_have_expired_tell_of_an_older_table()
    {
        var story = await BuiltAsync();
        await story.RunWellAsync("2025-01-08");
        await Db.ExecuteAsync("INSERT INTO m.cpu_1h_states (ts, host, varve_rows) VALUES (TIMESTAMP '2025-01-01', 'a', 1)");
        Assert.Equal(["relation.older"], (await DiagnoseAsync("2025-01-08")).Select(f => f.Check));
    }

    [Fact]
    public async Task A_head_that_the_log_does_not_have_is_found_and_stops_a_run()
    {
        var story = await BuiltAsync();
        var head = (await story.WithAsync(l => l.VerifyAuditAsync())).Head;
        Assert.Empty(await DiagnoseAsync(head: head));
        Assert.Contains(await DiagnoseAsync(head: new('a', 64)), f => f.Check == "audit.chain");
        var before = (await story.SourceAsync()).Count;
        var halted = await Assert.ThrowsAsync<HaltException>(() =>
            story.RunAsync("2025-01-07", new() { Yes = true, AuditHead = new('a', 64) })
        );
        Assert.Equal("VRV331", halted.Code);
        Assert.Equal(before, (await story.SourceAsync()).Count);
        Assert.NotEmpty((await story.RunAsync("2025-01-07", new() { Yes = true, AuditHead = head })).Done);
    }

    [Fact]
    public async Task A_catalog_from_an_older_backup_stops_the_run_and_its_rows_can_be_adopted()
    {
        var rows = Every("2025-01-01", "2025-01-10", "20m");
        var story = await BeginAsync(Policy(Tiers), Before(rows, "2025-01-05"));
        await story.RunWellAsync("2025-01-05");
        string[] tables = ["ledgers", "coverage", "dirty", "edges", "audit", "runs", "steps", "meta"];
        foreach (var table in tables)
            await Db.ExecuteAsync($"CREATE TABLE m.saved_{table} AS SELECT * FROM varve.{table}");
        await story.InsertAsync(Since(rows, "2025-01-05"));
        await story.RunWellAsync("2025-01-09");
        foreach (var table in tables)
            await Db.ExecuteAsync($"DELETE FROM varve.{table}; INSERT INTO varve.{table} SELECT * FROM m.saved_{table}");
        var kept = await story.SourceAsync();

        var halted = Assert.Single((await story.RunAsync("2025-01-10")).Errors);
        Assert.Equal("VRV330", Assert.IsType<HaltException>(halted).Code);
        Assert.Contains(await DiagnoseAsync("2025-01-10"), f => f.Check == "catalog.older");
        Same(kept, await story.SourceAsync());

        Assert.True(await story.WithAsync(l => l.AdoptAsync(story.Policy.Name)) > 0);
        await story.RunWellAsync("2025-01-10");
        Assert.Empty(await DiagnoseAsync("2025-01-10"));
        Assert.All(await story.WithAsync(l => l.VerifyAsync(Selection.All)), r => Assert.Empty(r.Mismatches));
        await story.ExpectTierAsync(1, rows);
        Assert.Equal(0, await story.WithAsync(l => l.AdoptAsync(story.Policy.Name)));
    }

    private async Task<Story> BuiltAsync()
    {
        var story = await BeginAsync(Policy(Tiers), Every("2025-01-01", "2025-01-06", "20m"));
        await story.RunWellAsync("2025-01-05T12:00Z");
        return story;
    }

    private Task<IReadOnlyList<Finding>> DiagnoseAsync(string now = "2025-01-06", string? head = null) =>
        new Story(Db, Cpu()).WithAsync(lifecycle => lifecycle.DiagnoseAsync(head), new SettableTime(At(now)));
}
