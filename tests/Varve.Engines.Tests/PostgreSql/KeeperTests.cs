using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;
using Varve.PostgreSql;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>Other tools that keep the same table are recognised by what they leave in the catalog.</summary>
public sealed class KeeperTests() : ConformanceSuite(PostgreSqlScratch.New)
{
    private const string Tiers = "tiers: [{ every: 1h }]";

    [Fact]
    public async Task A_retention_of_pg_partman_is_warned_of_with_what_would_happen()
    {
        var story = await PartitionedAsync("'30 days'");
        var problem = Assert.Single(await CheckAsync(story, Policy($"keep: 10d\n{Tiers}")), p => p.Code == "VRV196");
        Assert.True(problem.IsWarning);
        Assert.StartsWith("pg_partman drops what is older than 30 days of m.cpu too", problem.Message, StringComparison.Ordinal);
        await story.ApplyAsync(Policy($"keep: 10d\n{Tiers}"));
        var found = Assert.Single(await FindAsync(story), f => f.Check == "table.retention");
        Assert.Contains("parent_table = 'm.cpu'", found.WayOut, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NULL")]
    [InlineData(null)]
    public async Task Without_a_retention_there_is_nothing_to_say(string? retention)
    {
        var story = await PartitionedAsync(retention);
        Assert.DoesNotContain(await CheckAsync(story, Policy($"keep: 10d\n{Tiers}")), p => p.Code == "VRV196");
        await story.ApplyAsync(Policy(Tiers));
        Assert.DoesNotContain(await FindAsync(story), f => f.Check.StartsWith("table.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("RANGE (ts)", "FOR VALUES FROM ('2025-01-01') TO (MAXVALUE)", "A partition of m.cpu has no end")]
    [InlineData("RANGE (v)", "FOR VALUES FROM (0) TO (1)", "m.cpu is not partitioned by ranges of ts")]
    [InlineData("RANGE (ts)", "FOR VALUES FROM ('2025-01-01') TO ('2025-02-01')", null)]
    public async Task Partitions_that_do_not_say_how_old_their_rows_are_are_named(string by, string bounds, string? said)
    {
        await Db.ExecuteAsync($"CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION) PARTITION BY {by}");
        await Db.ExecuteAsync($"CREATE TABLE m.cpu_1 PARTITION OF m.cpu {bounds}");
        var story = new Story(Db, Cpu());
        await story.ApplyAsync(Policy($"keep: 10d\n{Tiers}"));
        var found = (await FindAsync(story)).Where(f => f.Check == "partition.width").Select(f => f.Found).ToList();
        Assert.Equal(said is null ? 0 : 1, found.Count);
        Assert.All(found, f => Assert.StartsWith(said!, f, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Large_tables_without_a_policy_are_named_and_small_ones_and_those_of_Varve_are_not()
    {
        var story = await BeginAsync(Policy(Tiers), Every("2025-01-01", "2025-01-03", "1h"));
        await Db.ExecuteAsync(
            """
            CREATE TABLE m.small (ts TIMESTAMP); CREATE TABLE m.large (ts TIMESTAMP, filler TEXT);
            INSERT INTO m.large SELECT TIMESTAMP '2025-01-01', repeat('x', 1000) FROM generate_series(1, 20000)
            """
        );
        var found = Assert.Single(await FindAsync(story), f => f.Check == "table.unkept");
        Assert.StartsWith("Tables with a time that no policy names: m.large (", found.Found, StringComparison.Ordinal);
        Assert.DoesNotContain("m.small", found.Found, StringComparison.Ordinal);
        await new Story(Db, Cpu() with { Name = new("m", "large") }).WithAsync(l =>
            l.ApplyAsync(PolicyYaml.Parse("{ table: m.large, time: ts, keep: 90d }", "policy.yaml"))
        );
        Assert.DoesNotContain(await FindAsync(story), f => f.Check == "table.unkept");
    }

    [Fact]
    public async Task Partitions_of_a_hypertable_are_refused_and_its_rows_are_rolled_up_and_deleted()
    {
        await Db.ExecuteAsync(
            """
            CREATE SCHEMA m; CREATE SCHEMA _timescaledb_internal; CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION);
            CREATE TABLE _timescaledb_internal._hyper_1_1_chunk () INHERITS (m.cpu)
            """
        );
        await Db.ExecuteAsync(
            "INSERT INTO _timescaledb_internal._hyper_1_1_chunk SELECT TIMESTAMP '2025-01-01' + n * INTERVAL '1 hour', 'a', n FROM generate_series(0, 239) n"
        );
        var story = new Story(Db, Cpu());
        var refused = await Assert.ThrowsAsync<PolicyException>(() =>
            story.ApplyAsync(Policy($"source: {{ keep: 3d, expire: partitions }}\n{Tiers}"))
        );
        Assert.Contains("drop_chunks", Assert.Single(refused.Problems, p => p.Code == "VRV148").Message, StringComparison.Ordinal);

        await story.ApplyAsync(Policy($"keep: 3d\n{Tiers}"));
        Assert.Single(await FindAsync(story), f => f.Check == "table.hypertable");
        await story.RunWellAsync("2025-01-11");
        Assert.Equal(3 * 24, Number(await Db.QueryAsync("SELECT count(*) FROM m.cpu"), 0));
        Assert.Equal(240, Number(await Db.QueryAsync("SELECT sum(varve_rows)::bigint FROM m.cpu_1h_states"), 0));
    }

    private static async Task<IReadOnlyList<Problem>> CheckAsync(Story story, string policy) =>
        Assert.Single(await story.WithAsync(l => l.CheckAsync(PolicyYaml.Parse(policy, "policy.yaml")))).Problems;

    private async Task<IReadOnlyList<Diagnosis.Finding>> FindAsync(Story story)
    {
        var policies = await story.WithAsync(l => l.PoliciesAsync(Selection.All));
        await using var database = await Db.OpenAsync();
        return await PostgreSqlHealth.DiagnoseAsync(database, policies);
    }

    private async Task<Story> PartitionedAsync(string? retention)
    {
        await Db.ExecuteAsync(
            """
            CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION) PARTITION BY RANGE (ts);
            CREATE TABLE m.cpu_1 PARTITION OF m.cpu FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
            CREATE SCHEMA partman; CREATE TABLE partman.part_config (parent_table TEXT PRIMARY KEY, control TEXT, retention TEXT, retention_keep_table BOOLEAN)
            """
        );
        if (retention is not null)
            await Db.ExecuteAsync($"INSERT INTO partman.part_config VALUES ('m.cpu', 'ts', {retention}, false)");
        return new(Db, Cpu());
    }
}
