namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>What is seen before a refresh, and what a change changes then.</summary>
public sealed class VisibilityTests : ExecutingSuite
{
    [Fact]
    public async Task What_was_written_is_seen_after_a_refresh_and_by_its_key_at_once()
    {
        await LeasesAsync();
        Assert.Equal("[0]", await RowAsync("SELECT count(*) FROM v.l"));
        Assert.Equal("[0]", await RowAsync("SELECT count(*) FROM v.l WHERE holder = 'x'"));
        Assert.Equal("[\"x\",0,1]", await RowAsync("SELECT holder, \"_seq_no\", \"_primary_term\" FROM v.l WHERE name = 'a'"));
        Assert.Equal("[\"x\"]", await RowAsync("SELECT holder FROM v.l WHERE name IN ('a', 'b')"));
        Assert.Empty(await RowsAsync("SELECT holder FROM v.l WHERE name = ANY(['a'])"));
        await DoAsync("REFRESH TABLE v.l");
        Assert.Equal("[1]", await RowAsync("SELECT count(*) FROM v.l WHERE holder = 'x'"));
    }

    [Fact]
    public async Task A_view_over_a_look_up_by_key_sees_the_last_write()
    {
        await LeasesAsync();
        await DoAsync(
            "CREATE TABLE v.m (t BIGINT)",
            "INSERT INTO v.m VALUES (1), (2)",
            "REFRESH TABLE v.m",
            "CREATE VIEW v.w AS SELECT t FROM v.m WHERE t >= (SELECT token FROM v.l WHERE name = 'a')"
        );
        Assert.Equal("[2]", await RowAsync("SELECT count(*) FROM v.w"));
        await DoAsync("UPDATE v.l SET token = 2 WHERE name = 'a'");
        Assert.Equal("[1]", await RowAsync("SELECT count(*) FROM v.w"));
    }

    [Fact]
    public async Task Of_two_changes_of_one_version_one_is_done()
    {
        await LeasesAsync();
        Assert.Equal(1, await CountAsync("UPDATE v.l SET holder = 'y' WHERE name = 'a' AND \"_seq_no\" = 0 AND \"_primary_term\" = 1"));
        Assert.Equal(0, await CountAsync("UPDATE v.l SET holder = 'z' WHERE name = 'a' AND \"_seq_no\" = 0 AND \"_primary_term\" = 1"));
        Assert.Equal(0, await CountAsync("DELETE FROM v.l WHERE name = 'a' AND \"_seq_no\" = 0 AND \"_primary_term\" = 1"));
        Assert.Equal("[\"y\",1]", await RowAsync("SELECT holder, \"_seq_no\" FROM v.l WHERE name = 'a'"));
        Assert.Equal("[2,2]", await RowAsync("UPDATE v.l SET token = token + 1 WHERE name = 'a' RETURNING token, \"_seq_no\""));
        Assert.Equal(4000, await RefusedAsync("UPDATE v.l SET holder = 'c' WHERE \"_seq_no\" = 1 AND \"_primary_term\" = 1"));
    }

    [Fact]
    public async Task Another_condition_is_tested_on_the_last_refresh_and_the_current_row_is_changed()
    {
        await LeasesAsync();
        await DoAsync("REFRESH TABLE v.l");
        Assert.Equal(1, await CountAsync("UPDATE v.l SET token = 2 WHERE name = 'a' AND token = 1"));
        Assert.Equal(1, await CountAsync("UPDATE v.l SET token = token + 5 WHERE name = 'a' AND token = 1"));
        Assert.Equal("[7]", await RowAsync("SELECT token FROM v.l WHERE name = 'a'"));
        Assert.Equal(1, await CountAsync("DELETE FROM v.l WHERE token < 2"));
        Assert.Empty(await RowsAsync("SELECT token FROM v.l WHERE name = 'a'"));
        Assert.Equal("[1]", await RowAsync("SELECT token FROM v.l WHERE holder = 'x'"));
    }

    [Fact]
    public async Task A_key_is_there_once()
    {
        await LeasesAsync();
        Assert.Equal(4091, await RefusedAsync("INSERT INTO v.l (name) VALUES ('a')"));
        Assert.Equal(1, await CountAsync("INSERT INTO v.l (name) VALUES ('a'), ('b')"));
        Assert.Equal(0, await CountAsync("INSERT INTO v.l (name) VALUES ('b') ON CONFLICT (name) DO NOTHING"));
        Assert.Equal(
            2,
            await CountAsync(
                "INSERT INTO v.l (name, token) VALUES ('b', 7), ('b', 3) ON CONFLICT (name) DO UPDATE SET token = greatest(token, excluded.token)"
            )
        );
        Assert.Equal("[7]", await RowAsync("SELECT token FROM v.l WHERE name = 'b'"));
        Assert.Equal(
            4000,
            await RefusedAsync("INSERT INTO v.l (name, token) VALUES ('b', 7) ON CONFLICT (name) DO UPDATE SET token = 1 WHERE token > 1")
        );
    }

    [Fact]
    public async Task Rows_of_a_query_that_fail_are_left_out_unless_the_session_fails_fast()
    {
        await LeasesAsync();
        await DoAsync(
            "CREATE TABLE v.s (name TEXT, token BIGINT)",
            "INSERT INTO v.s VALUES ('b', 1), (NULL, 2), ('c', 9223372036854775806)",
            "REFRESH TABLE v.s"
        );
        Assert.Equal(2, await CountAsync("INSERT INTO v.l (name, token) (SELECT name, token FROM v.s)"));
        Assert.Equal(0, await CountAsync("INSERT INTO v.l (name, token) (SELECT 'd', token + 1 FROM v.s WHERE name = 'c')"));
        var error = await Assert.ThrowsAsync<EngineException>(() =>
            Session.ExecuteAsync($"INSERT INTO v.l (name, token) (SELECT name, token FROM v.s)", Token)
        );
        Assert.Equal(EngineCodes.Constraint, error.Code);
    }

    private Task LeasesAsync() =>
        DoAsync(
            "CREATE TABLE v.l (name TEXT PRIMARY KEY, holder TEXT, token BIGINT) CLUSTERED INTO 1 SHARDS",
            "INSERT INTO v.l (name, holder, token) VALUES ('a', 'x', 1)"
        );
}
