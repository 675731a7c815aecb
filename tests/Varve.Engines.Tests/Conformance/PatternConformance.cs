using Varve.Archiving;
using Varve.Catalog;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>A pattern keeps every table that it matches, also those made later; one that it cannot keep ends nothing else.</summary>
public abstract class PatternConformance(Func<ScratchDatabase> create) : PatternSuite(create)
{
    [Fact]
    [Rule("pattern-each")]
    public async Task Every_table_that_it_matches_gets_a_policy_with_measures_by_type()
    {
        await TableAsync("cpu", "2025-01-01", "2025-01-11");
        await TableAsync(
            "door",
            "2025-01-01",
            "2025-01-11",
            new("host", ValueKind.Text),
            new("open", ValueKind.Bool),
            new("n", ValueKind.Integer),
            new("why", ValueKind.Text)
        );
        await ApplyAsync(Pattern());
        var policies = await WithAsync(l => l.PoliciesAsync(Selection.Of(new("all"))));
        Assert.Equal(["m.cpu", "m.door"], policies.Select(p => p.Policy.Name));
        Assert.Equal(
            [("open", Function.Last), ("n", Function.Avg), ("why", Function.Last)],
            policies[1].Policy.Measures!.Select(m => (m.Name, m.Functions[0]))
        );
        Assert.Empty((await RunAsync("2025-01-11")).Errors);
        Assert.Equal((168, 240, 10), (await CountAsync("cpu"), await CountAsync("cpu_1h"), await CountAsync("door_1d")));
        await AgreesAsync();
    }

    [Fact]
    public async Task Tables_and_columns_that_it_cannot_keep_end_nothing_else()
    {
        await TableAsync("cpu", "2025-01-01", "2025-01-11");
        await TableAsync(
            "fan",
            "2025-01-01",
            "2025-01-11",
            new("host", ValueKind.Text),
            new("v", ValueKind.Text),
            new("w", ValueKind.Double)
        );
        await TableAsync("lone", "2025-01-01", "2025-01-11", new("host", ValueKind.Text), new("other", ValueKind.Double));
        await TableAsync("nobody", "2025-01-01", "2025-01-11", new SourceColumn("v", ValueKind.Double));
        await Db.ExecuteAsync("CREATE TABLE m.hosts (host VARCHAR, rack INTEGER)");
        await ApplyAsync(Pattern().Replace("auto", "{ v: [avg], w: [max] }", StringComparison.Ordinal));
        var report = await ReportAsync();
        Assert.Equal(["cpu", "fan"], report.Tables.Select(t => t.Name));
        Assert.Equal(5, report.LeftOut.Count);
        Assert.All(
            (string[])
                [
                    "`w` is left out of m.cpu",
                    "`v` is left out of m.fan",
                    "m.hosts is left out",
                    "m.lone is left out",
                    "m.nobody is left out",
                ],
            text => Assert.Contains(report.LeftOut, p => p.Message.Contains(text, StringComparison.Ordinal))
        );
        Assert.All(report.LeftOut, p => Assert.True(p.IsWarning));
        Assert.Empty((await RunAsync("2025-01-11")).Errors);
        Assert.Equal(240, await CountAsync("fan_1h"));
    }

    [Fact]
    public async Task A_column_that_one_table_lacks_is_left_out_of_that_table()
    {
        await TableAsync("cpu", "2025-01-01", "2025-01-03");
        await TableAsync(
            "fan",
            "2025-01-01",
            "2025-01-03",
            new("host", ValueKind.Text),
            new("v", ValueKind.Double),
            new("w", ValueKind.Double)
        );
        var results = await ApplyAsync(Pattern().Replace("auto", "{ v: [avg], w: [max] }", StringComparison.Ordinal));
        Assert.Contains(results[0].Notes, n => n.Message.Contains("It is left out of m.cpu", StringComparison.Ordinal));
        Assert.Equal(["v"], (await WithAsync(l => l.PoliciesAsync(Selection.Of("m.cpu"))))[0].Policy.Measures!.Select(m => m.Name));
        Assert.Equal(["v", "w"], (await WithAsync(l => l.PoliciesAsync(Selection.Of("m.fan"))))[0].Policy.Measures!.Select(m => m.Name));
    }

    [Fact]
    public async Task A_table_that_is_made_later_is_planned_and_taken_up_by_the_next_run()
    {
        await ApplyAsync(Pattern());
        Assert.Contains((await ReportAsync()).LeftOut, n => n.Code == "VRV193");
        Assert.Empty((await RunAsync("2025-01-02")).Errors);
        await TableAsync("cpu", "2025-01-02", "2025-01-05");
        Assert.Equal("m.cpu", Assert.Single(await PlanAsync("2025-01-05")).Policy);
        Assert.Empty(await NamesAsync());
        var outcome = await RunAsync("2025-01-05", new());
        Assert.Equal(ApplyOutcome.Created, Assert.Single(outcome.Events.OfType<RunEvent.TakenUp>()).Result.Outcome);
        Assert.Equal(72, await CountAsync("cpu_1h"));
        Assert.Empty((await RunAsync("2025-01-05")).Events.OfType<RunEvent.TakenUp>());

        // It was seen young, so age alone lets its rows go.
        Assert.Null((await RunAsync("2025-01-11", new())).Brake);
        Assert.Equal(24, await CountAsync("cpu"));
        Assert.Contains(
            await WithAsync(l => l.AuditAsync()),
            e => e.Action == "policy.created" && e.Detail["pattern"]?.ToString() == "all"
        );
    }

    [Fact]
    public async Task A_table_that_comes_with_old_rows_waits_for_a_person()
    {
        await TableAsync("cpu", "2025-01-01", "2025-01-11");
        await ApplyAsync(Pattern());
        await RunAsync("2025-01-11");
        await TableAsync("backup", "2025-01-01", "2025-01-11");
        Assert.NotNull((await RunAsync("2025-01-11", new())).Brake);
        Assert.Equal(240, await CountAsync("backup"));
    }

    [Fact]
    public async Task A_plan_that_was_saved_before_a_table_was_taken_up_runs()
    {
        await ApplyAsync(Pattern());
        await TableAsync("cpu", "2025-01-02", "2025-01-05");
        var plans = PlanFile.Read(PlanFile.Write(await PlanAsync("2025-01-05")));
        var outcome = await RunAsync("2025-01-05", new() { Plans = plans });
        Assert.Empty(outcome.Errors);
        Assert.Equal(72, await CountAsync("cpu_1h"));
    }

    [Fact]
    public async Task Relations_of_its_own_and_restored_copies_are_never_matched()
    {
        if (!await HasArchivesAsync())
            return;
        using var cold = new ColdPlace();
        Archives = cold.Declared;
        await TableAsync("cpu", "2025-01-01", "2025-01-11");
        await ApplyAsync(Pattern("archive: cold"));
        await RunAsync("2025-01-11");
        await WithAsync(l => l.RestoreAsync(new() { Policy = "m.cpu" }));
        Assert.Equal(72, await CountAsync("cpu_restored"));
        Assert.Empty((await RunAsync("2025-01-12")).Events.OfType<RunEvent.TakenUp>());
        Assert.Equal(["m.cpu"], await NamesAsync());
        Assert.Empty((await ReportAsync()).LeftOut);
    }

    [Fact]
    public async Task A_table_that_is_gone_ends_nothing_else_and_goes_on_when_it_is_back()
    {
        await TableAsync("cpu", "2025-01-01", "2025-01-04");
        await TableAsync("fan", "2025-01-01", "2025-01-04");
        await ApplyAsync(Pattern());
        await RunAsync("2025-01-04");
        await Db.ExecuteAsync("ALTER TABLE m.cpu RENAME TO away");
        await ApplyAsync(Pattern("except: m.away"));
        var outcome = await RunAsync("2025-01-04");
        Assert.Empty(outcome.Errors);
        Assert.Contains("m.cpu is gone", Assert.Single(outcome.Events.OfType<RunEvent.LeftOut>()).Note.Message, StringComparison.Ordinal);
        Assert.Equal("m.fan", Assert.Single(await PlanAsync("2025-01-04")).Policy);
        await Db.ExecuteAsync("ALTER TABLE m.away RENAME TO cpu");
        Assert.Empty((await RunAsync("2025-01-05")).Events.OfType<RunEvent.LeftOut>());
        await AgreesAsync();
    }

    [Fact]
    public async Task A_table_that_is_no_longer_as_its_policy_says_fails_alone()
    {
        await TableAsync("cpu", "2025-01-01", "2025-01-04");
        await TableAsync("fan", "2025-01-01", "2025-01-04");
        await ApplyAsync(Pattern());
        await Db.ExecuteAsync("ALTER TABLE m.cpu RENAME COLUMN ts TO happened");
        var plans = await PlanAsync("2025-01-04");
        Assert.Equal((true, false), (plans[0].Failure is not null, plans[1].Failure is not null));
        Assert.Equal("VRV131", PlanFile.Read(PlanFile.Write(plans))[0].Failure!.Code);
        var statuses = await WithAsync(l => l.StatusAsync(Selection.All));
        Assert.Equal("VRV131", statuses[0].Failure!.Code);
        Assert.IsType<PolicyException>(Assert.Single((await RunAsync("2025-01-04")).Errors));
        Assert.Equal([true, false, false], (await WithAsync(l => l.VerifyAsync(Selection.All))).Select(r => r.Failure is not null));
        Assert.Equal(
            [true, false],
            (await WithAsync(l => l.ForecastAsync(Selection.All, new() { AsOf = At("2025-01-04") }))).Select(f => f.Failure is not null)
        );
        Assert.Equal(72, await CountAsync("fan_1h"));
        await Assert.ThrowsAsync<PolicyException>(() => PlanAsync("2025-01-04", Selection.Of("m.cpu")));
    }

    [Theory]
    [InlineData("m.c*", "m.CPU", true)]
    [InlineData("m.*u", "m.CPU", true)]
    [InlineData("M.*", "m.CPU", true)]
    [InlineData("m.x*", "m.CPU", false)]
    public async Task Names_are_matched_as_the_engine_takes_them(string pattern, string table, bool matches)
    {
        await TableAsync("CPU", "2025-01-01", "2025-01-02");
        await ApplyAsync(Pattern(table: pattern));
        await using var database = await Db.OpenAsync();
        Assert.Equal(matches && (database.Engine.Capabilities.IgnoresCase || pattern == "m.C*") ? [table] : [], await NamesAsync());
    }

    [Fact]
    public async Task A_pattern_without_a_schema_means_the_default_one()
    {
        await TableAsync("cpu", "2025-01-01", "2025-01-02");
        await Db.ExecuteAsync("CREATE TABLE cpu AS SELECT * FROM m.cpu");
        await ApplyAsync(Pattern(table: "c*"));
        Assert.Equal(["cpu"], await NamesAsync());
        Assert.Empty((await RunAsync("2025-01-02")).Errors);
    }

    [Fact]
    public async Task Archives_are_checked_and_pruned_by_the_name_of_the_pattern()
    {
        if (!await HasArchivesAsync())
            return;
        using var cold = new ColdPlace();
        Archives = cold.Declared;
        await TableAsync("cpu", "2025-01-01", "2025-01-11");
        await TableAsync("mem", "2025-01-01", "2025-01-11");
        await ApplyAsync(Pattern("archive: cold"));
        Assert.Empty((await RunAsync("2025-01-11")).Errors);
        await Db.ExecuteAsync($"UPDATE varve.archives SET pruning_us = 0 WHERE policy = 'm.cpu'");
        var report = await WithAsync(l => l.VerifyArchivesAsync(["all"]));
        Assert.Equal((1, 1), (report.Parts.Count, report.BeingPruned.Count));
        Assert.Empty((await WithAsync(l => l.PruneArchivesAsync(["m.mem"], Keep.Parse("1y")))).Begun);
        Assert.Equal(4, cold.Files.Count);
        var pruning = await WithAsync(l => l.PruneArchivesAsync(["all"], Keep.Parse("1d")));
        Assert.Equal((1, 1), (pruning.Parts.Count, pruning.Begun.Count));
        Assert.Empty(cold.Files);
        Assert.Empty((await WithAsync(l => l.VerifyArchivesAsync(["all"]))).BeingPruned);
    }

    [Fact]
    public async Task Nothing_is_restored_into_a_table_that_a_pattern_would_take_up()
    {
        if (!await HasArchivesAsync())
            return;
        using var cold = new ColdPlace();
        Archives = cold.Declared;
        await TableAsync("cpu", "2025-01-01", "2025-01-11");
        await ApplyAsync(Pattern("archive: cold\nexcept: [m.free]"));
        Assert.Empty((await RunAsync("2025-01-11")).Errors);
        var error = await Record.ExceptionAsync(() => IntoAsync(TableName.Parse(Db.Cased("M.BACK"))));
        Assert.Contains("of the pattern all", Assert.IsType<PolicyException>(error).Message, StringComparison.Ordinal);
        Assert.Equal(["m.cpu"], await NamesAsync());
        foreach (var free in (TableName[])[new("m", "free"), new("other", "back"), new("m", "cpu_restored"), new(null, "back")])
            await IntoAsync(free);

        Task<RestoreResult> IntoAsync(TableName table) => WithAsync(l => l.RestoreAsync(new() { Policy = "m.cpu", Into = table }));
    }
}
