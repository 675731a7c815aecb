using System.Globalization;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;
using Varve.Proposing;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>
/// What people really have: odd names everywhere, tables without rows, rows of another century, policies that two people
/// change.
/// </summary>
public abstract class BadInputConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private readonly ColdPlace _cold = new();

    private const string Longest = "(the longest)";

    public static TheoryData<string> Odd => ["we\"ird; drop table x --", "Größe", "select", "it's %s ${x} `y`", Longest];

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _cold.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [MemberData(nameof(Odd))]
    public async Task Any_name_is_archived_expired_erased_restored_and_pruned(string name)
    {
        if (!await HasArchivesAsync())
            return;
        if (name == Longest)
            name = new('n', Db.LongestName);
        var folder = Directory.CreateDirectory(Path.Combine(_cold.Folder, $"{name[..Math.Min(20, name.Length)]} 'cold'")).FullName;
        var table = new SourceTable(
            new("m", name),
            $"t {name}",
            TimeKind.Timestamp,
            [new($"h {name}", ValueKind.Text), new($"v {name}", ValueKind.Double)]
        );
        List<SourceRow> rows =
        [
            .. Every("2025-01-01", "2025-01-11", "6h", name),
            .. Every("2025-01-01", "2025-01-11", "6h", "'; DROP SCHEMA m; --"),
        ];
        var story = await Story.BeginAsync(Db, table, null, rows);
        story.Archives = new Dictionary<string, string> { ["cold"] = folder };
        await story.ApplyAsync(
            $"""
            policy: {Scalar(name)}
            table: {Scalar($"m.\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")}
            time: {Scalar(table.Time)}
            series: [{Scalar($"h {name}")}]
            measures:
              {Scalar($"v {name}")}: [avg, max]
            keep: 3d
            archive: cold
            tags: [Größe]
            tiers:
              - every: 1d
            """
        );
        await story.RunWellAsync("2025-01-11");
        Same(Since(rows, "2025-01-08"), await story.SourceAsync());
        Assert.True((await story.WithAsync(l => l.VerifyArchivesAsync([name]))).Agrees);
        if (
            await IsRefusedAsync(
                "VRV360",
                () => story.WithAsync(l => l.EraseAsync(new() { Policy = name, Where = [new($"h {name}", "'; DROP SCHEMA m; --")] }))
            )
        )
            return;
        Assert.Equal(
            12,
            (await story.WithAsync(l => l.EraseAsync(new() { Policy = name, Where = [new($"h {name}", "'; DROP SCHEMA m; --")] }))).Rows
        );
        var restored = await story.WithAsync(l =>
            l.RestoreAsync(new() { Policy = name, Into = new("m", $"{name[..Math.Min(20, name.Length)]} back") })
        );
        Same(Before(rows, "2025-01-08"), await Db.ReadAsync(table with { Name = restored.Table }));
        Assert.NotEmpty((await story.WithAsync(l => l.PruneArchivesAsync([name], Keep.Parse("1d")))).Parts);
        Assert.Empty(Directory.GetFiles(folder, "*", SearchOption.AllDirectories));
        Assert.Empty((await story.WithAsync(l => l.VerifyAuditAsync())).Findings);
    }

    [Theory]
    [MemberData(nameof(Odd))]
    public async Task Any_name_is_proposed_in_a_policy_that_can_be_applied(string name)
    {
        Assert.SkipUnless(Db.Takes(name), "No table can have that name here.");
        if (name == Longest)
            name = new('n', Db.LongestName);
        var table = new SourceTable(
            new("m", name),
            $"t {name}",
            TimeKind.Timestamp,
            [new($"h {name}", ValueKind.Text), new($"v {name}", ValueKind.Double)]
        );
        List<SourceRow> rows =
        [
            .. Every("2025-01-01", "2025-01-01T06:00Z", "1m", name),
            .. Every("2025-01-01", "2025-01-01T06:00Z", "1m", "'; DROP SCHEMA m; --"),
        ];
        var story = await Story.BeginAsync(Db, table, null, rows);
        var draft = await story.WithAsync(l => l.ProposeAsync(table.Name, new ProposalChoices()));
        await story.ApplyAsync(draft.Yaml);
        Assert.Equal((table.Time, $"h {name}"), (story.Policy.Time, Assert.Single(story.Policy.Series)));
        await story.RunWellAsync("2025-01-02");
        Assert.NotEqual(0, (await story.StatusAsync("2025-01-02")).Relations[1].Rows);
    }

    [Fact]
    public async Task A_table_without_rows_and_one_whose_rows_have_no_time_or_another_century_do_no_harm()
    {
        var story = await BeginAsync(Policy("keep: 3d\ntiers: [{ every: 1h }, { every: 1d }]"));
        await story.RunWellAsync("2025-01-11");
        Assert.Equal(0, (await story.StatusAsync("2025-01-11")).Relations.Sum(r => r.Rows));
        Assert.Empty(
            (
                await story.WithAsync(l =>
                    l.QueryAsync(
                        new()
                        {
                            Policy = "m.cpu",
                            From = At("2025-01-01"),
                            To = At("2025-01-02"),
                        }
                    )
                )
            ).Rows
        );
        Assert.All(await story.WithAsync(l => l.VerifyAsync(Selection.All)), r => Assert.Empty(r.Mismatches));
        List<SourceRow> odd = [Row("2100-01-01", 1), SourceRow.Of((NodaTime.Instant?)null, "a", 2.0)];
        await story.InsertAsync(odd);
        await story.RunWellAsync("2025-01-11");
        Same(odd, await story.SourceAsync());
        var rows = Every("2025-01-05", "2025-01-11", "1h");
        await story.InsertAsync(rows);
        await story.RunWellAsync("2025-01-11");
        Same([.. Since(rows, "2025-01-08"), .. odd], await story.SourceAsync());
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("expect-revision")]
    public async Task A_policy_that_somebody_else_changed_is_not_written_over()
    {
        var story = await BeginAsync(Policy("keep: 9d\ntiers: [{ every: 1d }]"));
        await story.ApplyAsync(Policy("keep: 8d\ntiers: [{ every: 1d }]"));
        var mine = PolicyYaml.Parse(Policy("keep: 7d\ntiers: [{ every: 1d }]"), "mine.yaml");
        var refused = await Assert.ThrowsAsync<PolicyException>(() =>
            story.WithAsync(l => l.ApplyAsync(mine, new Dictionary<string, int> { ["m.cpu"] = 1 }))
        );
        Assert.Equal("VRV315", refused.Code);
        Assert.Contains("revision 2", refused.Message, StringComparison.Ordinal);
        Assert.Equal("8d", (await StoredAsync(story)).Policy.Keep.Text);
        Assert.Equal(
            "VRV315",
            (
                await Assert.ThrowsAsync<PolicyException>(() =>
                    story.WithAsync(l => l.ApplyAsync(mine, new Dictionary<string, int> { ["m.cpu"] = 0 }))
                )
            ).Code
        );
        await story.WithAsync(l => l.ApplyAsync(mine, new Dictionary<string, int> { ["m.cpu"] = 2 }));
        Assert.Equal((3, "7d"), ((await StoredAsync(story)).Revision, (await StoredAsync(story)).Policy.Keep.Text));
    }

    [Theory]
    [InlineData("meta", "a INTEGER")]
    [InlineData("meta", "name VARCHAR, value VARCHAR")]
    [InlineData("policies", "a INTEGER")]
    [InlineData("audit", "a INTEGER")]
    public async Task A_schema_of_somebody_else_is_not_taken_for_the_catalog(string table, string columns)
    {
        // Where a catalog is not made at once, tables without the rest of it are one that was begun.
        if (!Db.HasTransactions)
            return;
        await Db.ExecuteAsync("CREATE SCHEMA varve");
        await Db.ExecuteAsync($"CREATE TABLE varve.{table} ({columns})");
        var shapes = await Db.ShapesAsync("varve");
        var refused = await Assert.ThrowsAsync<EngineException>(() => BeginAsync(Policy(Two), Every("2025-01-01", "2025-01-02", "1h")));
        Assert.Equal(EngineCodes.NotACatalog, refused.Code);
        Assert.Contains($"varve has a table {table} that is not Varve's", refused.Message, StringComparison.Ordinal);
        Assert.Equal(Said(shapes), Said(await Db.ShapesAsync("varve")));
        Assert.Equal(0L, Convert.ToInt64((await Db.QueryAsync($"SELECT count(*) FROM varve.{table}"))[0][0], CultureInfo.InvariantCulture));
    }

    private static string Said(IEnumerable<RelationShape> shapes) =>
        string.Join('\n', shapes.Select(s => $"{s.Name} {string.Join(", ", s.Columns)}").Order(StringComparer.Ordinal));

    /// <summary>What may not change makes room for a policy of another name: nothing of what is built is lost or mixed.</summary>
    [Fact]
    public async Task The_way_out_of_a_change_that_is_refused_leads_out()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await BeginAsync(Policy("keep: 3d\ntiers: [{ every: 1d }]", "avg, max"), rows);
        await story.RunWellAsync("2025-01-11");
        var refused = await Assert.ThrowsAsync<PolicyException>(() =>
            story.ApplyAsync(Policy("schema: second\nkeep: 3d\ntiers: [{ every: 1d }]", "avg, max"))
        );
        Assert.Equal("VRV150", refused.Code);
        Assert.Contains("`schema`", refused.Message, StringComparison.Ordinal);
        var built = await Db.QueryAsync("SELECT ts, host, v_avg, v_max, varve_rows FROM m.cpu_1d ORDER BY ts");
        await story.WithAsync(async l =>
        {
            await l.DeletePolicyAsync("m.cpu");
            return 0;
        });
        await story.ApplyAsync(Policy("policy: second\nschema: second\nkeep: 3d\ntiers: [{ every: 1d }]", "avg, max"));
        await story.RunWellAsync("2025-01-11");
        Assert.Equal(built, await Db.QueryAsync("SELECT ts, host, v_avg, v_max, varve_rows FROM m.cpu_1d ORDER BY ts"));
        Assert.Equal(
            [
                [3L, 72L],
            ],
            (await Db.QueryAsync("SELECT count(*), CAST(sum(varve_rows) AS BIGINT) FROM second.cpu_1d")).Select(r =>
                r.Select(v => Convert.ToInt64(v, System.Globalization.CultureInfo.InvariantCulture)).ToArray()
            )
        );
        await story.InsertAsync(Every("2025-01-11", "2025-01-13", "1h"));
        await story.RunWellAsync("2025-01-13");
        Same(Since([.. rows, .. Every("2025-01-11", "2025-01-13", "1h")], "2025-01-10"), await story.SourceAsync());
    }

    private static async Task<Varve.Catalog.StoredPolicy> StoredAsync(Story story) =>
        Assert.Single(await story.WithAsync(l => l.PoliciesAsync(Selection.All)));

    private static string Scalar(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
