namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>Partitions: they come with rows, go as a whole, are sealed, moved, lost and saved.</summary>
public sealed class PartitionsExecutedTests : ExecutingSuite
{
    private const string Shards =
        "SELECT partition_ident, seq_no_stats['max_seq_no'], num_docs FROM sys.shards WHERE schema_name = 'v' AND \"primary\" ORDER BY 1";

    [Fact]
    public async Task Partitions_come_with_rows_under_the_names_that_cratedb_gives_them()
    {
        await TableAsync();
        Assert.Equal(
            ["[\"04130\",{\"day\":0}]", "[\"044jgdhk60o30c1g\",{\"day\":86400000}]"],
            [
                .. (await RowsAsync("SELECT partition_ident, \"values\" FROM information_schema.table_partitions ORDER BY 1")).Select(r =>
                    r.Replace(" ", "", StringComparison.Ordinal)
                ),
            ]
        );
        Assert.Equal(["[\"04130\",1,2]", "[\"044jgdhk60o30c1g\",2,1]"], await RowsAsync(Shards));
        await DoAsync("INSERT INTO v.m (ts) VALUES (86400001)");
        Assert.Equal("[\"044jgdhk60o30c1g\",3,1]", (await RowsAsync(Shards))[1]);
    }

    [Theory]
    [InlineData("081300r5ek", "0", "eu")]
    [InlineData("085jedpn6oo30c1g60o06pbl", "7776000000", "eu")]
    [InlineData("04130", "0")]
    [InlineData("04732dhp74sj4c1g60o30c1g", "1699920000000")]
    public void An_ident_is_made_from_the_values(string ident, params string[] values) =>
        Assert.Equal(ident, CratePartition.Encode(values));

    [Fact]
    public void The_ident_of_null_is_short() => Assert.Equal("0400", CratePartition.Encode([null]));

    [Fact]
    public async Task A_condition_on_partition_columns_alone_drops_partitions()
    {
        await TableAsync();
        Assert.Equal(1, await CountAsync("DELETE FROM v.m WHERE ts >= 86400000"));
        Assert.Equal(2, (await RowsAsync(Shards)).Count);
        var uuid = await RowAsync("SELECT partition_uuid FROM sys.shards WHERE partition_ident = '04130' AND \"primary\"");
        Assert.Equal(-1, await CountAsync("DELETE FROM v.m WHERE day = 0"));
        Assert.Equal(-1, await CountAsync("DELETE FROM v.m WHERE day = 5"));
        Assert.Single(await RowsAsync(Shards));
        await DoAsync("INSERT INTO v.m (ts) VALUES (1)");
        Assert.NotEqual(uuid, await RowAsync("SELECT partition_uuid FROM sys.shards WHERE partition_ident = '04130' AND \"primary\""));
    }

    [Fact]
    public async Task A_sealed_partition_takes_no_rows_and_can_be_dropped()
    {
        await TableAsync();
        await DoAsync("ALTER TABLE v.m PARTITION (day = 0) SET (\"blocks.write\" = true)");
        Assert.Equal(4035, await RefusedAsync("INSERT INTO v.m (ts) VALUES (1)"));
        Assert.Equal(4035, await RefusedAsync("DELETE FROM v.m WHERE ts = 0"));
        Assert.Equal(
            "[true]",
            await RowAsync("SELECT settings['blocks']['write'] FROM information_schema.table_partitions WHERE partition_ident = '04130'")
        );
        await DoAsync(
            "ALTER TABLE v.m PARTITION (day = 0) RESET (\"blocks.write\")",
            "INSERT INTO v.m (ts) VALUES (1)",
            "ALTER TABLE v.m PARTITION (day = 0) SET (\"blocks.write\" = true)",
            "DELETE FROM v.m WHERE day = 0"
        );
        Assert.Single(await RowsAsync(Shards));
        Assert.Equal(4046, await RefusedAsync("ALTER TABLE v.m PARTITION (day = 0) SET (\"blocks.write\" = true)"));
    }

    [Fact]
    public async Task A_lost_shard_makes_reads_partial_without_a_word()
    {
        await TableAsync();
        Crate.Lose("v", "m", "04130");
        Assert.Equal("[1]", await RowAsync("SELECT count(*) FROM v.m"));
        Assert.Equal(5002, await RefusedAsync("INSERT INTO v.m (ts) VALUES (1)"));
        Assert.Equal("[\"RED\"]", await RowAsync("SELECT health FROM sys.health WHERE partition_ident = '04130'"));
        Crate.Lose("v", "m", "04130", isLost: false);
        Assert.Equal("[3]", await RowAsync("SELECT count(*) FROM v.m"));
        await DoAsync("CREATE TABLE v.n (k INT)");
        Crate.Lose("v", "n");
        Assert.Equal(5002, await RefusedAsync("SELECT count(*) FROM v.n"));
    }

    [Fact]
    public async Task A_partition_moves_to_a_node_that_has_what_it_requires_and_back_with_its_table()
    {
        const string Where = "SELECT node['name'], routing_state FROM sys.shards WHERE partition_ident = '04130' AND \"primary\"";
        await TableAsync();
        await DoAsync(
            "ALTER TABLE ONLY v.m SET (\"routing.allocation.require.storage\" = 'hot')",
            "ALTER TABLE v.m PARTITION (day = 0) SET (\"routing.allocation.require.storage\" = 'cold')"
        );
        Assert.Equal("[\"n1\",\"RELOCATING\"]", await RowAsync(Where));
        Assert.Equal("[\"n3\",\"STARTED\"]", await RowAsync(Where));
        await DoAsync("ALTER TABLE v.m PARTITION (day = 0) SET (\"routing.allocation.require.storage\" = 'nowhere')");
        Assert.Equal("[\"n3\",\"STARTED\"]", await RowAsync(Where));
        Assert.Contains(
            "not allowed to remain",
            await RowAsync("SELECT explanation FROM sys.allocations WHERE partition_ident = '04130'"),
            StringComparison.Ordinal
        );
        await DoAsync("ALTER TABLE v.m SET (\"routing.allocation.require.storage\" = 'warm')");
        await RowAsync(Where);
        Assert.Equal("[\"n2\",\"STARTED\"]", await RowAsync(Where));
    }

    [Fact]
    public async Task A_partition_is_saved_dropped_and_comes_back()
    {
        const string State = "SELECT state, table_partitions FROM sys.snapshots WHERE name = 's1'";
        await TableAsync();
        await DoAsync(
            "CREATE REPOSITORY r TYPE fs WITH (location = '/x')",
            "CREATE SNAPSHOT r.s1 TABLE v.m PARTITION (day = 0) WITH (wait_for_completion = false)"
        );
        Assert.Equal(40012, await RefusedAsync("DELETE FROM v.m WHERE day = 0"));
        Assert.Contains("IN_PROGRESS", await RowAsync(State), StringComparison.Ordinal);
        Assert.Contains("SUCCESS", await RowAsync(State), StringComparison.Ordinal);
        Assert.Equal(4097, await RefusedAsync("RESTORE SNAPSHOT r.s1 TABLE v.m PARTITION (day = 0) WITH (wait_for_completion = true)"));
        await DoAsync(
            "RESTORE SNAPSHOT r.s1 TABLE v.m PARTITION (day = 0) WITH (table_rename_pattern = '^m$', table_rename_replacement = 'm_drill')",
            "DELETE FROM v.m WHERE day = 0",
            "RESTORE SNAPSHOT r.s1 TABLE v.m PARTITION (day = 0) WITH (wait_for_completion = true)"
        );
        Assert.Equal("[3,2]", await RowAsync("SELECT (SELECT count(*) FROM v.m), (SELECT count(*) FROM v.m_drill)"));
        Assert.Equal(4046, await RefusedAsync("CREATE SNAPSHOT r.s2 TABLE v.m PARTITION (day = 7)"));
        Assert.Equal(4096, await RefusedAsync("CREATE SNAPSHOT r.s1 TABLE v.m"));
        Assert.Equal(4047, await RefusedAsync("CREATE SNAPSHOT q.s1 TABLE v.m"));
    }

    private Task TableAsync() =>
        DoAsync(
            "CREATE TABLE v.m (ts TIMESTAMP WITH TIME ZONE, day TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc('day', ts)) "
                + "CLUSTERED INTO 1 SHARDS PARTITIONED BY (day) WITH (number_of_replicas = 0)",
            "INSERT INTO v.m (ts) VALUES (0), (1), (86400000)",
            "REFRESH TABLE v.m"
        );
}
