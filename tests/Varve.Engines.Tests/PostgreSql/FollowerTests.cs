using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;
using Varve.PostgreSql;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>What the server does beside what a policy proves, and what it would make of names: both are told beforehand.</summary>
public sealed class FollowerTests() : ConformanceSuite(PostgreSqlScratch.New)
{
    private const string Table = "CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP PRIMARY KEY, host TEXT, v DOUBLE PRECISION)";

    private const string Function =
        "CREATE FUNCTION m.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN old; END'; CREATE TRIGGER seen";

    [Theory]
    [InlineData("CREATE TABLE m.note (at TIMESTAMP REFERENCES m.cpu ON DELETE CASCADE)", "rows of m.note that refer to them go too")]
    [InlineData("CREATE TABLE m.note (at TIMESTAMP REFERENCES m.cpu ON DELETE SET NULL)", "rows of m.note that refer to them are changed")]
    [InlineData("CREATE TABLE m.note (at TIMESTAMP REFERENCES m.cpu)", "where a row of m.note refers to one of them, none goes")]
    [InlineData(Function + " BEFORE DELETE ON m.cpu FOR EACH ROW EXECUTE FUNCTION m.f()", "the trigger seen runs")]
    [InlineData("CREATE RULE kept AS ON DELETE TO m.cpu DO INSTEAD NOTHING", "the rule kept is followed")]
    [InlineData(Function + " BEFORE INSERT ON m.cpu FOR EACH ROW EXECUTE FUNCTION m.f()", null)]
    [InlineData("CREATE RULE kept AS ON INSERT TO m.cpu DO ALSO NOTHING", null)]
    [InlineData("CREATE TABLE m.host (h TEXT PRIMARY KEY); ALTER TABLE m.cpu ADD FOREIGN KEY (host) REFERENCES m.host", null)]
    [InlineData(Function + " BEFORE DELETE ON m.cpu FOR EACH ROW EXECUTE FUNCTION m.f(); ALTER TABLE m.cpu DISABLE TRIGGER seen", null)]
    public async Task What_follows_where_rows_go_is_said_beforehand(string made, string? said)
    {
        await Db.ExecuteAsync($"{Table}; {made}");
        var story = new Story(Db, Cpu());
        var policy = Policy("keep: 10d\ntiers: [{ every: 1d }]");
        Assert.Equal(said is null ? 0 : 1, (await ProblemsAsync(story, policy)).Count(p => p.Code == "VRV197"));
        Assert.DoesNotContain(await ProblemsAsync(story, Policy("tiers: [{ every: 1d }]")), p => p.Code == "VRV197");
        await story.ApplyAsync(policy);
        await using var database = await Db.OpenAsync();
        var stored = await new Lifecycle(database).PoliciesAsync(Selection.All);
        var found = (await PostgreSqlHealth.DiagnoseAsync(database, stored)).Where(f => f.Check == "table.removal").ToList();
        Assert.Equal(said is null ? 0 : 1, found.Count);
        Assert.All(found, f => Assert.Contains(said!, f.Found, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_trigger_that_refuses_is_told_as_one_and_every_row_stays()
    {
        await Db.ExecuteAsync(
            $"{Table}; CREATE FUNCTION m.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF old.v = 3 THEN RAISE EXCEPTION ''not mine''; END IF; RETURN old; END'; CREATE TRIGGER seen BEFORE DELETE ON m.cpu FOR EACH ROW EXECUTE FUNCTION m.f()"
        );
        await Db.ExecuteAsync(
            "INSERT INTO m.cpu SELECT TIMESTAMP '2025-01-01' + n * INTERVAL '6 hours', 'a', n FROM generate_series(0, 99) n"
        );
        var story = new Story(Db, Cpu());
        await story.ApplyAsync(Policy("keep: 10d\ntiers: [{ every: 1d }]"));
        var error = Assert.Single((await story.RunAsync("2025-01-26")).Errors);
        Assert.Contains("a trigger, an event trigger or a function in the database refused it", error.Message, StringComparison.Ordinal);
        Assert.Equal(100L, (await Db.QueryAsync("SELECT count(*) FROM m.cpu"))[0][0]);
    }

    /// <summary>63 bytes are the most; a name of more would be cut, and be that of another relation.</summary>
    [Theory]
    [InlineData("n", 53, null)]
    [InlineData("n", 54, "n_1h_states has 64 bytes")]
    [InlineData("ö", 26, null)]
    [InlineData("ö", 27, "ö_1h_states has 64 bytes")]
    public async Task A_name_that_the_server_would_cut_is_refused_before_anything_is_made(string letter, int letters, string? said)
    {
        var name = string.Concat(Enumerable.Repeat(letter, letters));
        await Db.ExecuteAsync($"CREATE SCHEMA m; CREATE TABLE m.{name} (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION)");
        await Db.ExecuteAsync($"INSERT INTO m.{name} VALUES ('2025-01-01', 'a', 1)");
        var story = new Story(Db, Cpu() with { Name = new("m", name) });
        var policy = Policy("tiers: [{ every: 1h }]").Replace("m.cpu", $"m.{name}", StringComparison.Ordinal);
        if (said is null)
        {
            await story.ApplyAsync(policy);
            await story.RunWellAsync("2025-01-02");
            Assert.Equal(1L, (await Db.QueryAsync($"SELECT v_count FROM m.{name}_1h"))[0][0]);
            return;
        }

        var refused = await Assert.ThrowsAsync<PolicyException>(() => story.ApplyAsync(policy));
        Assert.Contains(refused.Problems, p => p.Message.Contains(said, StringComparison.Ordinal));
        Assert.Equal(name, Assert.Single(await Db.ShapesAsync("m")).Name);
    }

    [Theory]
    [InlineData("$varve_view$")]
    [InlineData("$varve_open$")]
    public async Task A_name_that_ends_the_text_of_a_statement_is_refused_and_nothing_of_it_is_run(string tag)
    {
        var name = $"c{tag} $$; TRUNCATE m.kept; --";
        await Db.ExecuteAsync(
            $"CREATE SCHEMA m; CREATE TABLE m.kept AS SELECT 1 AS a; CREATE TABLE m.\"{name}\" (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION); INSERT INTO m.\"{name}\" VALUES ('2025-01-01', 'a', 1)"
        );
        var story = new Story(Db, Cpu() with { Name = new("m", name) });
        await story.ApplyAsync(Policy("tiers: [{ every: 1h }]").Replace("m.cpu", $"'m.\"{name}\"'", StringComparison.Ordinal));
        var error = Assert.Single((await story.RunAsync("2025-01-02")).Errors);
        Assert.Contains($"holds {tag}", error.Message, StringComparison.Ordinal);
        Assert.Single(await Db.QueryAsync("SELECT a FROM m.kept"));
    }

    private static async Task<IReadOnlyList<Problem>> ProblemsAsync(Story story, string policy) =>
        Assert.Single(await story.WithAsync(l => l.CheckAsync(PolicyYaml.Parse(policy, "policy.yaml")))).Problems;
}
