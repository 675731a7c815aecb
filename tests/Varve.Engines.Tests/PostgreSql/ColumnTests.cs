using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>Columns as people have them on a server: each kind is rolled up and proven, or refused by its name.</summary>
public sealed class ColumnTests() : ConformanceSuite(PostgreSqlScratch.New)
{
    [Fact]
    public async Task Generated_and_identity_columns_domains_enums_and_text_of_a_collation_are_rolled_up_and_their_rows_proven()
    {
        await Db.ExecuteAsync(
            """
            CREATE SCHEMA m; CREATE TYPE m.mood AS ENUM ('up', 'down', 'idle'); CREATE DOMAIN m.celsius AS NUMERIC(6, 2) CHECK (VALUE > -300);
            CREATE TABLE m.cpu (id BIGINT GENERATED ALWAYS AS IDENTITY, ts TIMESTAMPTZ, host TEXT, v m.celsius,
              twice NUMERIC GENERATED ALWAYS AS (v * 2) STORED, mood m.mood, name TEXT COLLATE "und-x-icu");
            INSERT INTO m.cpu (ts, host, v, mood, name)
            SELECT TIMESTAMPTZ '2025-01-01 00:00+00' + n * INTERVAL '30 minutes', 'a', n, (ARRAY['up', 'down']::m.mood[])[1 + n % 2], (ARRAY['a', 'B'])[1 + n % 2]
            FROM generate_series(0, 7 * 48 - 1) n
            """
        );
        var story = new Story(Db, Cpu());
        await story.WithAsync(l =>
            l.ApplyAsync(
                PolicyYaml.Parse(
                    """
                    table: m.cpu
                    time: ts
                    series: [host]
                    measures: { id: [max], v: [avg, max], twice: [sum], mood: [min, max, last], name: [min, max] }
                    keep: 3d
                    proof: full
                    tiers: [{ every: 1h }]
                    """,
                    "p.yaml"
                )
            )
        );
        Assert.Empty((await story.RunAsync("2025-01-08", new() { Yes = true })).Errors);
        Assert.Equal(3L * 48, (await Db.QueryAsync("SELECT count(*) FROM m.cpu"))[0][0]);

        // Text is compared by its bytes, whatever its collation: "B" is before "a". Labels of an enum have the order that it gives them.
        Assert.Equal(
            [2L, 0.5m, 1m, 2m, "up", "down", "down", "B", "a"],
            (
                await Db.QueryAsync(
                    "SELECT id_max, CAST(v_avg AS NUMERIC), v_max, twice_sum, CAST(mood_min AS TEXT), CAST(mood_max AS TEXT), CAST(mood_last AS TEXT), name_min, name_max FROM m.cpu_1h ORDER BY ts LIMIT 1"
                )
            )[0]
        );
    }

    [Theory]
    [InlineData("CREATE COLLATION m.alike (provider = icu, locale = 'und-u-ks-level2', deterministic = false)", "TEXT COLLATE m.alike")]
    [InlineData("CREATE EXTENSION citext SCHEMA m", "m.citext")]
    public async Task A_series_of_texts_that_are_taken_for_equal_is_refused_and_a_generated_column_tells_them_apart(
        string first,
        string type
    )
    {
        if (
            first.Contains("EXTENSION", StringComparison.Ordinal)
            && (await Db.QueryAsync("SELECT 1 FROM pg_available_extensions WHERE name = 'citext'")).Count == 0
        )
            Assert.Skip("The server has no citext: it comes with PostgreSQL's contrib.");
        await Db.ExecuteAsync($"CREATE SCHEMA m; {first}; CREATE TABLE m.cpu (ts TIMESTAMP, host {type}, v DOUBLE PRECISION)");
        await Db.ExecuteAsync("INSERT INTO m.cpu VALUES ('2025-01-01', 'a', 1), ('2025-01-01', 'A', 2)");
        var story = new Story(Db, Cpu());
        const string policy = "table: m.cpu\ntime: ts\nseries: [host]\nmeasures: { v: [max] }\ntiers: [{ every: 1h }]";
        var refused = await Assert.ThrowsAsync<PolicyException>(() => story.ApplyAsync(policy));
        if (type == "m.citext")
        {
            var measured = await Assert.ThrowsAsync<PolicyException>(() =>
                story.ApplyAsync("table: m.cpu\ntime: ts\nseries: []\nmeasures: { host: [last], v: [max] }\ntiers: [{ every: 1h }]")
            );
            Assert.Contains("The measure `host` is m.citext", measured.Message, StringComparison.Ordinal);
        }

        var way = refused.Message[refused.Message.IndexOf("host_exact", StringComparison.Ordinal)..];
        await Db.ExecuteAsync($"ALTER TABLE m.cpu ADD COLUMN {way[..way.IndexOf('`', StringComparison.Ordinal)]}");
        await story.WithAsync(l =>
            l.ApplyAsync(PolicyYaml.Parse(policy.Replace("host", "host_exact", StringComparison.Ordinal), "p.yaml"))
        );
        await story.RunWellAsync("2025-01-02");
        Assert.Equal(
            [
                ["A", 2d],
                ["a", 1d],
            ],
            await Db.QueryAsync("SELECT host_exact, v_max FROM m.cpu_1h ORDER BY host_exact COLLATE \"C\"")
        );
    }

    [Fact]
    public async Task A_measure_of_texts_that_are_taken_for_equal_is_told_apart_by_its_bytes_and_a_change_of_case_is_seen()
    {
        await Db.ExecuteAsync(
            """
            CREATE SCHEMA m; CREATE COLLATION m.alike (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
            CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, state TEXT COLLATE m.alike);
            INSERT INTO m.cpu VALUES ('2025-01-01 00:00', 'h', 'b'), ('2025-01-01 00:10', 'h', 'a'), ('2025-01-01 00:20', 'h', 'A'), ('2025-01-01 00:30', 'h', 'up')
            """
        );
        var story = new Story(Db, Cpu());
        await story.WithAsync(l =>
            l.ApplyAsync(
                PolicyYaml.Parse(
                    "table: m.cpu\ntime: ts\nseries: [host]\nmeasures: { state: [min, max, first, last] }\nkeep: 3d\nproof: full\ntiers: [{ every: 1h }]",
                    "p.yaml"
                )
            )
        );
        await story.RunWellAsync("2025-01-02");
        const string tier = "SELECT state_min, state_max, state_first, state_last FROM m.cpu_1h";
        Assert.Equal(["A", "up", "b", "up"], (await Db.QueryAsync(tier))[0]);
        await Db.ExecuteAsync("UPDATE m.cpu SET state = 'UP' WHERE state = 'up'");
        Assert.Empty((await story.RunAsync("2025-01-08", new() { Yes = true })).Errors);
        Assert.Equal(["A", "b", "b", "UP"], (await Db.QueryAsync(tier))[0]);
        Assert.Equal(0L, (await Db.QueryAsync("SELECT count(*) FROM m.cpu"))[0][0]);
    }

    [Theory]
    [InlineData("JSONB", "jsonb")]
    [InlineData("DOUBLE PRECISION[]", "double precision[]")]
    [InlineData("INT4RANGE", "int4range")]
    public async Task What_has_no_order_or_no_single_value_is_refused_by_its_name_as_a_measure_and_as_a_series(string type, string named)
    {
        await Db.ExecuteAsync($"CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, v {type})");
        var story = new Story(Db, Cpu());
        foreach (
            var policy in new[]
            {
                "table: m.cpu\ntime: ts\nseries: [host]\nmeasures: { v: [max] }\ntiers: [{ every: 1h }]",
                "table: m.cpu\ntime: ts\nseries: [v]\nmeasures: { host: [count] }\ntiers: [{ every: 1h }]",
            }
        )
        {
            var refused = await Assert.ThrowsAsync<PolicyException>(() => story.ApplyAsync(policy));
            Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Views_are_taken_away_for_a_change_that_they_are_in_the_way_of_and_made_again()
    {
        var rows = Every("2025-01-01", "2025-01-08", "1h");
        var story = await BeginAsync(Policy(Two), rows);
        await story.RunWellAsync("2025-01-08");
        var views = await ViewsAsync();
        Assert.Contains("cpu_all", views);
        await story.WithAsync(l => l.RepairAsync(Selection.Of("m.cpu"), detach: true));
        Assert.Empty(await ViewsAsync());
        await Db.ExecuteAsync(
            "ALTER TABLE m.cpu_1h_states ALTER COLUMN varve_rows TYPE NUMERIC; ALTER TABLE m.cpu_1h_states ALTER COLUMN varve_rows TYPE BIGINT"
        );
        await story.WithAsync(l => l.RepairAsync(Selection.Of("m.cpu")));
        Assert.Equal(views, await ViewsAsync());
        await story.ExpectTiersAsync(rows);
    }

    private async Task<IReadOnlyList<string>> ViewsAsync() =>
        [.. (await Db.ShapesAsync("m")).Where(s => s.IsView).Select(s => s.Name).Order(StringComparer.Ordinal)];
}
