using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;

namespace Varve.Engines.Tests.DuckDb;

/// <summary>Text columns with a collation: DuckDB takes values for equal that are not the same, and shows it nowhere.</summary>
public sealed class AlikeTests() : ConformanceSuite(DuckDbScratch.New)
{
    private const string OfHosts = "table: main.cpu\ntime: ts\nseries: [host]\nmeasures: { v: [max] }\ntiers: [{ every: 1h }]";

    [Theory]
    [InlineData("NOCASE", "a", "A")]
    [InlineData("NOACCENT", "e", "\u00e9")]
    [InlineData("de", "\u00e9", "e\u0301")]
    [Rule("duckdb-collation")]
    public async Task A_series_of_texts_that_are_taken_for_equal_is_refused_and_kept_apart_without_the_collation(
        string collation,
        string one,
        string other
    )
    {
        await Db.ExecuteAsync(
            $"""
            CREATE TABLE main.cpu (ts TIMESTAMP, host VARCHAR COLLATE {collation}, note VARCHAR, v DOUBLE);
            INSERT INTO main.cpu VALUES ('2025-01-01', '{one}', 'x', 1), ('2025-01-01', '{other}', 'x', 2)
            """
        );
        var story = new Story(Db, Cpu());
        var refused = await Assert.ThrowsAsync<PolicyException>(() => story.ApplyAsync(OfHosts));
        Assert.Contains("`host`", refused.Message, StringComparison.Ordinal);
        var way = refused.Message[refused.Message.IndexOf("host SET", StringComparison.Ordinal)..];
        await Db.ExecuteAsync($"ALTER TABLE main.cpu ALTER COLUMN {way[..way.IndexOf('`', StringComparison.Ordinal)]}");
        await story.ApplyAsync(OfHosts);
        await story.RunWellAsync("2025-01-02");
        Assert.Equal(
            new[] { (one, 1d), (other, 2d) }.OrderBy(r => r.Item1, StringComparer.Ordinal).Select(r => new object?[] { r.Item1, r.Item2 }),
            (await Db.QueryAsync("SELECT host, v_max FROM main.cpu_1h")).OrderBy(r => (string)r[0]!, StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_view_has_the_collation_of_what_it_reads_or_says()
    {
        await Db.ExecuteAsync(
            """
            CREATE TABLE main.raw (ts TIMESTAMP, host VARCHAR COLLATE NOCASE, plain VARCHAR, v DOUBLE);
            CREATE VIEW main.cpu AS SELECT * FROM main.raw;
            CREATE VIEW main.said AS SELECT ts, plain COLLATE NOCASE AS host, v FROM main.raw;
            CREATE VIEW main.exact AS SELECT ts, host COLLATE "C" AS host, v FROM main.raw
            """
        );
        await using var database = await Db.OpenAsync();
        foreach (var (view, alike) in new[] { ("cpu", true), ("said", true), ("exact", false) })
        {
            // The second look knows the relation already.
            for (var look = 0; look < 2; look++)
            {
                var seen = (await database.Engine.DescribeAsync(new("main", view), default))!;
                Assert.Equal(alike, seen.Columns.Single(c => c.Name == "host").HasAlikes);
            }
        }
    }

    [Fact]
    public async Task Where_the_collation_was_taken_away_meanwhile_the_next_look_says_so()
    {
        await Db.ExecuteAsync("CREATE TABLE main.cpu (ts TIMESTAMP, host VARCHAR COLLATE NOCASE)");
        await using var database = await Db.OpenAsync();
        Assert.True(await HasAlikesAsync());
        await database.Engine.TransactAsync(
            (s, token) => s.ExecuteAsync($"ALTER TABLE main.cpu ALTER COLUMN host SET DATA TYPE VARCHAR", token),
            Scope.Writing,
            TestContext.Current.CancellationToken
        );
        Assert.False(await HasAlikesAsync());

        async Task<bool> HasAlikesAsync() =>
            (await database.Engine.DescribeAsync(new("main", "cpu"), default))!.Columns.Single(c => c.Name == "host").HasAlikes;
    }

    [Fact]
    public async Task A_measure_of_such_texts_is_told_apart_by_its_bytes_and_a_change_of_case_is_seen()
    {
        await Db.ExecuteAsync(
            """
            CREATE TABLE main.cpu (ts TIMESTAMP, host VARCHAR, state VARCHAR COLLATE NOCASE);
            INSERT INTO main.cpu VALUES ('2025-01-01 00:00', 'h', 'b'), ('2025-01-01 00:10', 'h', 'a'), ('2025-01-01 00:20', 'h', 'A'), ('2025-01-01 00:30', 'h', 'up')
            """
        );
        var story = new Story(Db, Cpu());
        const string measured =
            "table: main.cpu\ntime: ts\nseries: [host]\nmeasures: { state: [min, max, first, last] }\nkeep: 3d\nproof: full\ntiers: [{ every: 1h }]";
        await story.WithAsync(l => l.ApplyAsync(PolicyYaml.Parse(measured, "p.yaml")));
        await story.RunWellAsync("2025-01-02");
        const string tier = "SELECT state_min, state_max, state_first, state_last FROM main.cpu_1h WHERE state_last COLLATE \"C\" <> 'x'";
        Assert.Equal(["A", "up", "b", "up"], (await Db.QueryAsync(tier))[0]);

        await Db.ExecuteAsync("UPDATE main.cpu SET state = 'UP' WHERE state COLLATE \"C\" = 'up'");
        Assert.Empty((await story.RunAsync("2025-01-08", new() { Yes = true })).Errors);
        Assert.Equal(["A", "b", "b", "UP"], (await Db.QueryAsync(tier))[0]);
        Assert.Equal(0L, (await Db.QueryAsync("SELECT count(*) FROM main.cpu"))[0][0]);
    }

    [Fact]
    public async Task The_least_text_of_an_archived_part_is_so_by_its_bytes()
    {
        await Db.ExecuteAsync(
            """
            CREATE TABLE main.cpu (ts TIMESTAMP, host VARCHAR, state VARCHAR COLLATE NOCASE);
            INSERT INTO main.cpu SELECT TIMESTAMP '2025-01-01' + INTERVAL (i) MINUTE, 'h', CASE WHEN i < 500 THEN 'up' ELSE 'UP' END FROM range(1000) AS r(i)
            """
        );
        using var cold = new ColdPlace();
        var story = new Story(Db, Cpu()) { Archives = cold.Declared };
        await story.WithAsync(l =>
            l.ApplyAsync(
                PolicyYaml.Parse(
                    "table: main.cpu\ntime: ts\nseries: [host]\nmeasures: { state: [count] }\nkeep: 3d\narchive: cold\ntiers: [{ every: 1h }]",
                    "p.yaml"
                )
            )
        );
        Assert.Empty((await story.RunAsync("2025-01-08", new() { Yes = true })).Errors);
        Assert.Contains(
            "\"UP\"",
            await File.ReadAllTextAsync(cold.At(cold.Manifests[0]), TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        await story.WithAsync(l => l.RestoreAsync(new() { Policy = "main.cpu" }));
        Assert.Equal(
            [
                ["UP", 500L],
                ["up", 500L],
            ],
            await Db.QueryAsync("SELECT state COLLATE \"C\" AS s, count(*) FROM main.cpu_restored GROUP BY s ORDER BY s")
        );
    }
}
