using Npgsql;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>Views and foreign tables are rolled up like any table, and nothing of them is removed.</summary>
public sealed class ReadOnlySourceTests() : ConformanceSuite(PostgreSqlScratch.New)
{
    private const string Tiers = "tiers: [{ every: 1h }, { every: 1d }]";

    private readonly IReadOnlyList<SourceRow> _rows = Every("2025-01-01", "2025-02-20", "2h");

    [Theory]
    [InlineData("view", "a view")]
    [InlineData("materialized view", "a materialized view")]
    [InlineData("foreign table", "a foreign table")]
    public async Task What_can_only_be_read_is_rolled_up_and_stays(string kind, string said)
    {
        var story = await BehindAsync(kind);
        var notes = await story.WithAsync(lifecycle => lifecycle.CheckAsync(PolicyYaml.Parse(Policy(Tiers), "policy.yaml")));
        var note = Assert.Single(Assert.Single(notes).Problems, p => p.Code == "VRV195");
        Assert.Equal($"m.cpu is {said}: it is rolled up, and no row of it goes.", note.Message);

        await story.ApplyAsync(Policy(Tiers));
        await story.RunAsShownAsync("2025-02-18");
        await story.RunAsShownAsync("2025-02-21");
        await story.ExpectTiersAsync(_rows);
        var again = await story.RunWellAsync("2025-02-21T00:30Z");
        Assert.Empty(again.Done.OfType<PlanStep.RollUp>());
        Assert.Equal(_rows.Count, Number(await Db.QueryAsync("SELECT sum(varve_rows)::bigint FROM m.cpu_all"), 0));

        var refused = await Assert.ThrowsAsync<PolicyException>(() =>
            story.WithAsync(lifecycle => lifecycle.EraseAsync(new() { Policy = "m.cpu", Where = [new("host", "a")] }))
        );
        Assert.Contains("no row of it is removed by Varve. Delete the rows where they lie", refused.Message, StringComparison.Ordinal);
        Assert.Equal(_rows.Count, (await story.SourceAsync()).Count);
    }

    [Fact]
    public async Task What_arrives_behind_a_view_is_found_as_in_a_table()
    {
        var story = await BehindAsync("view");
        await story.ApplyAsync(Policy(Tiers));
        await story.RunWellAsync("2025-02-21");
        await Db.ExecuteAsync("INSERT INTO m.behind VALUES ('2025-02-20 13:00', 'a', 5)");
        await story.RunWellAsync("2025-02-21T01:00Z");
        await story.ExpectTiersAsync([.. _rows, Row("2025-02-20T13:00Z", 5)]);
    }

    [Theory]
    [InlineData("keep: 10d", "keep", "Take `keep` out, or name the table behind it.")]
    [InlineData("keep: 10d\narchive: cold", "archive", "Take `archive` out")]
    [InlineData("relocate: [{ after: 30d, to: warm }]", "relocate", "Take `relocate` out")]
    [InlineData("source: { expire: partitions }", "expire", "Take `expire: partitions` out")]
    public async Task What_would_remove_or_move_rows_of_a_view_is_refused_with_a_way_out(string key, string path, string way)
    {
        var story = await BehindAsync("view");
        var refused = await Assert.ThrowsAsync<PolicyException>(() => story.ApplyAsync(Policy($"{key}\n{Tiers}")));
        var problem = Assert.Single(refused.Problems, p => p.Code == "VRV138" && p.Path == path);
        Assert.StartsWith("m.cpu is a view: it can be rolled up, and nothing of it is removed", problem.Message, StringComparison.Ordinal);
        Assert.Contains(way, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_became_a_view_loses_no_row_of_what_is_behind_it()
    {
        var story = await BeginAsync(Policy($"keep: 30d\n{Tiers}"), _rows);
        await story.RunWellAsync("2025-01-20");
        await Db.ExecuteAsync("ALTER TABLE m.cpu RENAME TO behind; CREATE VIEW m.cpu AS SELECT * FROM m.behind");
        var refused = Assert.IsType<PolicyException>(Assert.Single((await story.RunAsync("2025-02-21")).Errors));
        Assert.Contains("m.cpu is a view", refused.Message, StringComparison.Ordinal);
        Assert.Equal(_rows.Count, Number(await Db.QueryAsync("SELECT count(*) FROM m.behind"), 0));
    }

    [Fact]
    public async Task A_temporary_table_is_refused_because_nobody_else_can_read_it()
    {
        var server = (PostgreSqlScratch)Db;
        await using var session = await server.ConnectAsync();
        await using (var make = new NpgsqlCommand("CREATE TEMPORARY TABLE cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION)", session))
            await make.ExecuteNonQueryAsync();
        await using var find = new NpgsqlCommand("SELECT nspname::text FROM pg_namespace WHERE oid = pg_my_temp_schema()", session);
        var schema = (string)(await find.ExecuteScalarAsync())!;
        var story = new Story(Db, Cpu());
        var refused = await Assert.ThrowsAsync<PolicyException>(() =>
            story.ApplyAsync(Policy(Tiers).Replace("m.cpu", $"{schema}.cpu", StringComparison.Ordinal))
        );
        Assert.Contains("is a temporary table: only the session that made it can read its rows", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proposal_for_a_view_removes_nothing()
    {
        var story = await BehindAsync("view");
        var draft = await story.WithAsync(lifecycle => lifecycle.ProposeAsync(story.Table.Name, new()));
        Assert.Contains("# m.cpu is a view, and no row of it is removed by Varve", draft.Yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("\nkeep:", draft.Yaml, StringComparison.Ordinal);
        await story.ApplyAsync(draft.Yaml);
        await story.RunWellAsync("2025-02-21");
        Assert.Equal(_rows.Count, Number(await Db.QueryAsync("SELECT sum(varve_rows)::bigint FROM m.cpu_all"), 0));
    }

    /// <summary>The usual table as m.behind, and something that reads it in its place.</summary>
    private async Task<Story> BehindAsync(string kind)
    {
        var story = new Story(Db, Cpu());
        await Db.ExecuteAsync("CREATE SCHEMA m");
        await Db.ExecuteAsync("CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION)");
        await story.InsertAsync(_rows);
        await Db.ExecuteAsync("ALTER TABLE m.cpu RENAME TO behind");
        await Db.ExecuteAsync(
            kind == "foreign table"
                ? """
                CREATE EXTENSION postgres_fdw;
                DO $$ BEGIN
                  EXECUTE format('CREATE SERVER self FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host %L, port %L, dbname %L)', host(inet_server_addr()), inet_server_port(), current_database());
                  EXECUTE format('CREATE USER MAPPING FOR CURRENT_USER SERVER self OPTIONS (user %L)', current_user);
                END $$;
                CREATE FOREIGN TABLE m.cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION) SERVER self OPTIONS (schema_name 'm', table_name 'behind')
                """
                : $"CREATE {kind} m.cpu AS SELECT * FROM m.behind"
        );
        return story;
    }
}
