using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Maintenance;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 5: other series, or another interval, make other tiers; those that are there are set aside.</summary>
public abstract class AsideConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private const string ByHost = "series: [host]";
    private const string BySite = "series: [host, site]";
    private const string First = "tiers: [{ every: 1h }, { every: 1d }]";
    private const string Second = "tiers: [{ every: 1h, name: 1h_site }, { every: 1d, name: 1d_site }]";

    private static readonly SourceTable s_table = new(
        new("m", "cpu"),
        "ts",
        TimeKind.Timestamp,
        [new("host", ValueKind.Text), new("site", ValueKind.Text), new("v", ValueKind.Double)]
    );

    [Theory]
    [Rule("set-aside")]
    [InlineData(BySite, "series: [host, site]")]
    [InlineData(ByHost + "\ninterval: 10m", "interval: 10m")]
    public async Task They_are_built_from_what_the_source_has_and_the_others_stay_as_they_are(string line, string said)
    {
        var rows = Rows("2025-01-01", "2025-01-21");
        var story = await StoryAsync(rows);
        await story.RunWellAsync("2025-01-21");
        var before = await BuiltAsync();
        var refused = await Assert.ThrowsAsync<PolicyException>(() => story.ApplyAsync(Says(line, First)));
        Assert.Equal(["VRV150", "VRV150"], refused.Problems.Where(p => !p.IsWarning).Select(p => p.Code));
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
        Assert.Contains("name: 1h_2", refused.Message, StringComparison.Ordinal);

        await story.ApplyAsync(Says(line, Second));
        await story.RunWellAsync("2025-01-21");
        await story.ExpectTierAsync(0, Since(rows, "2025-01-16"));
        await story.ExpectTierAsync(1, Since(rows, "2025-01-16"));
        Assert.Equal(before, await BuiltAsync());
        Assert.True((await story.PlanAsync("2025-01-21")).IsEmpty);
        var status = await story.StatusAsync("2025-01-21");
        Assert.Equal(["1h#2", "1d#2"], status.Relations.Where(r => r.IsRetired).Select(r => r.Relation.Text));
        Assert.Equal(
            (480, 20),
            (status.Relations.Single(r => r.Relation.Text == "1h#2").Rows, status.Relations.Single(r => r.Relation.Text == "1d#2").Rows)
        );

        await story.InsertAsync(Rows("2025-01-21", "2025-02-01"));
        await story.RunWellAsync("2025-03-01");
        Assert.Empty(await story.SourceAsync());
        await story.ExpectTiersAsync(Since([.. rows, .. Rows("2025-01-21", "2025-02-01")], "2025-01-16"));
        Assert.Equal(before, await BuiltAsync());
        Assert.Empty((await story.WithAsync(l => l.VerifyAsync(Selection.Of("m.cpu")))).SelectMany(r => r.Mismatches));
    }

    [Fact]
    [Rule("set-aside-names")]
    public async Task What_was_set_aside_is_dropped_when_a_person_says_so_and_its_name_is_not_used_again()
    {
        var rows = Rows("2025-01-01", "2025-01-21");
        var story = await StoryAsync(rows);
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Says(BySite, Second));
        await story.RunWellAsync("2025-01-21");
        var dropped = await story.WithAsync(l => l.DropRetiredAsync("m.cpu"));
        Assert.Equal(["cpu_1d", "cpu_1d_states", "cpu_1h", "cpu_1h_states"], dropped.Select(t => t.Name).Order(StringComparer.Ordinal));
        Assert.DoesNotContain((await story.StatusAsync("2025-01-21")).Relations, r => r.IsRetired);
        Assert.Equal("VRV150", (await Assert.ThrowsAsync<PolicyException>(() => story.ApplyAsync(Says(ByHost, First)))).Code);
        await story.ApplyAsync(Says(ByHost, "tiers: [{ every: 1h, name: hourly }]"));
        await story.RunWellAsync("2025-01-21");
        await story.ExpectTiersAsync(Since(rows, "2025-01-16"));
        Assert.Equal(
            ["1h#3", "1d#3"],
            (await story.StatusAsync("2025-01-21")).Relations.Where(r => r.IsRetired).Select(r => r.Relation.Text)
        );
    }

    [Fact]
    public async Task What_others_removed_since_is_not_taken_for_all_there_was()
    {
        var rows = Rows("2025-01-01", "2025-01-21");
        var story = await StoryAsync(rows, keep: "30d");
        await story.RunWellAsync("2025-01-21");
        await Db.QueryAsync("DELETE FROM m.cpu WHERE ts >= TIMESTAMP '2025-01-05' AND ts < TIMESTAMP '2025-01-06' AND site = 'north'");
        await story.ApplyAsync(Says(BySite, Second, "30d"));
        await story.RunWellAsync("2025-01-21");
        List<SourceRow> whole = [.. rows.Where(r => r.At < At("2025-01-05") || r.At >= At("2025-01-06"))];
        await story.ExpectTierAsync(1, whole);
        await story.RunWellAsync("2025-01-21");
        await story.ExpectTierAsync(1, whole);
        Assert.Equal(20, await story.CountAsync("cpu_1d"));
    }

    [Fact]
    public async Task A_plan_of_the_file_is_what_the_run_does_then()
    {
        var rows = Rows("2025-01-01", "2025-01-21");
        var story = await StoryAsync(rows);
        await story.RunWellAsync("2025-01-21");
        var documents = PolicyYaml.Parse(Says(BySite, Second), "policy.yaml");
        var ahead = (await story.WithAsync(l => l.PlanAsync(documents, At("2025-01-21"))))[0];
        await story.ApplyAsync(Says(BySite, Second));
        var after = await story.PlanAsync("2025-01-21");
        Assert.Equal(after.Steps.Select(PlanText.Describe), ahead.Steps.Select(PlanText.Describe));
        Assert.Contains(after.Steps, s => s is PlanStep.CreateTier { Relation.Text: "1h" });
    }

    [Fact]
    public async Task Erasing_reaches_what_was_set_aside_by_its_own_series()
    {
        var rows = Rows("2025-01-01", "2025-01-21");
        var story = await StoryAsync([
            .. rows,
            .. Every("2025-01-01", "2025-01-21", "1h", "b").Select(r => SourceRow.Of(r.At, "b", "south", r.Values[1])),
        ]);
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Says(BySite, Second));
        await story.RunWellAsync("2025-01-21");
        if (
            await IsRefusedAsync(
                "VRV360",
                () => story.WithAsync(l => l.EraseAsync(new EraseRequest { Policy = "m.cpu", Where = [new("host", "b")] }))
            )
        )
            return;
        var report = await story.WithAsync(l => l.EraseAsync(new EraseRequest { Policy = "m.cpu", Where = [new("host", "b")] }));
        Assert.Equal(
            (480, 20),
            (report.Tiers.Single(t => t.Relation.Text == "1h#2").Removed, report.Tiers.Single(t => t.Relation.Text == "1d#2").Removed)
        );
        Assert.All(report.Tiers, t => Assert.True(t.Kept.IsEmpty));
        await story.ExpectTiersAsync(Since(rows, "2025-01-16"));

        report = await story.WithAsync(l => l.EraseAsync(new EraseRequest { Policy = "m.cpu", Where = [new("site", "north")] }));
        Assert.All(
            report.Tiers.Where(t => !t.Relation.Text.Contains('#', StringComparison.Ordinal)),
            t => Assert.True(t.Kept.IsEmpty && t.Removed > 0)
        );
        Assert.All(
            report.Tiers.Where(t => t.Relation.Text.Contains('#', StringComparison.Ordinal)),
            t => Assert.Equal("[2025-01-01T00:00:00Z, 2025-01-21T00:00:00Z)", t.Kept.ToString())
        );
        await story.ExpectTiersAsync(Since(rows, "2025-01-16").Where(r => (string?)r.Values[1] != "north"));
    }

    [Fact]
    public async Task Nothing_is_set_aside_under_a_run()
    {
        var story = await StoryAsync(Rows("2025-01-01", "2025-01-21"));
        await story.RunWellAsync("2025-01-21");
        await using (var database = await Db.OpenAsync())
        await using (await database.Engine.LeaseAsync("m.cpu", CancellationToken.None))
            await Assert.ThrowsAsync<BusyException>(() =>
                new Lifecycle(database).ApplyAsync(PolicyYaml.Parse(Says(BySite, Second), "policy.yaml"))
            );
        Assert.Equal(1, (await story.StatusAsync("2025-01-21")).Revision);
        Assert.DoesNotContain((await story.StatusAsync("2025-01-21")).Relations, r => r.IsRetired);
    }

    [Fact]
    public async Task A_hold_on_a_tier_goes_aside_with_it()
    {
        var story = await StoryAsync(Rows("2025-01-01", "2025-01-21"));
        await story.RunWellAsync("2025-01-21");
        await story.WithAsync(l => l.HoldAsync("m.cpu", "1h", TimeRange.All, "the auditors read it", null));
        await story.ApplyAsync(Says(BySite, Second));
        Assert.Equal("1h#2", Assert.Single((await story.StatusAsync("2025-01-21")).Holds).Relation!.Text);
        await story.RunWellAsync("2025-01-21");
        Assert.Contains(
            "the auditors",
            (await Assert.ThrowsAsync<PolicyException>(() => story.WithAsync(l => l.DropRetiredAsync("m.cpu")))).Message,
            StringComparison.Ordinal
        );
    }

    private static string Says(string line, string tiers, string keep = "5d") =>
        $"table: m.cpu\ntime: ts\n{line}\nmeasures: {{ v: [avg, min, max, stddev] }}\nkeep: {keep}\n{tiers}\n";

    /// <summary>One host that moves between two sites in each hour.</summary>
    private static List<SourceRow> Rows(string from, string to) =>
        [.. Every(from, to, "10m").Select((r, i) => SourceRow.Of(r.At, "a", i % 2 == 0 ? "north" : "south", r.Values[1]))];

    private Task<Story> StoryAsync(IEnumerable<SourceRow> rows, string keep = "5d") =>
        Story.BeginAsync(Db, s_table, Says(ByHost, First, keep), rows);

    private async Task<IReadOnlyList<object?[]>> BuiltAsync() =>
        [
            .. await Db.QueryAsync("SELECT * FROM m.cpu_1h ORDER BY ts, host"),
            .. await Db.QueryAsync("SELECT * FROM m.cpu_1d ORDER BY ts, host"),
        ];
}
