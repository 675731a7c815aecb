using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>What stands below an object, what a table computes itself, and names that take quotes.</summary>
public sealed class OddColumnTests() : ConformanceSuite(CrateDbScratch.New)
{
    private const string Table = """
        CREATE TABLE m.weather ("Zeit" TIMESTAMP WITH TIME ZONE, "Ort" TEXT, place OBJECT(DYNAMIC) AS (name TEXT),
          payload OBJECT(DYNAMIC) AS (temperature DOUBLE PRECISION, inner OBJECT(DYNAMIC) AS (n BIGINT)),
          raw DOUBLE PRECISION, twice DOUBLE PRECISION GENERATED ALWAYS AS raw * 2,
          tags ARRAY(TEXT),
          day TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc('day', "Zeit")) PARTITIONED BY (day) WITH (number_of_replicas = 0)
        """;

    [Fact]
    public async Task What_is_below_an_object_is_a_measure_as_any_column()
    {
        await Db.ExecuteAsync(Table);
        foreach (var day in new[] { 1, 2, 3, 20 })
            await Db.ExecuteAsync(
                $"INSERT INTO m.weather (\"Zeit\", \"Ort\", payload, raw, tags) VALUES {string.Join(", ", Enumerable.Range(0, 24).Select(h => FormattableString.Invariant($"({At($"2025-03-{day:00}").ToUnixTimeMilliseconds() + (h * 3_600_000L)}, 'a{h % 2}', {{temperature = {day + (h * 0.5):0.0###}, inner = {{n = {h}}}}}, {day + (h * 0.5):0.0###}, ['x'])")))}"
            );
        await Db.ExecuteAsync("REFRESH TABLE m.weather");
        var story = new Story(
            Db,
            new(
                new("m", "weather"),
                "Zeit",
                TimeKind.TimestampTz,
                [
                    new("Ort", ValueKind.Text),
                    new("payload['temperature']", ValueKind.Double),
                    new("payload['inner']['n']", ValueKind.Double),
                    new("twice", ValueKind.Double),
                ]
            )
        );
        await story.ApplyAsync(
            """
            table: m.weather
            time: Zeit
            series: [Ort]
            measures:
              t: { column: "payload['temperature']", functions: [count, min, max, avg] }
              n: { column: "payload['inner']['n']", functions: [sum] }
              twice: [max]
            keep: 10d
            tiers: [{ every: 1d }]
            source: { expire: partitions }
            """
        );
        await story.RunWellAsync("2025-03-21");
        var rows = await Db.QueryAsync(
            "SELECT \"Ort\", t_count, t_min, t_max, t_avg, n_sum, twice_max FROM m.weather_1d WHERE \"Zeit\" = '2025-03-02' ORDER BY 1"
        );
        Assert.Equal(
            [
                ["a0", 12L, 2.0, 13.0, 7.5, 132L, 26.0],
                ["a1", 12L, 2.5, 13.5, 8.0, 144L, 27.0],
            ],
            rows.Select(r => r.Select(v => v is decimal d ? (object)(long)d : v).ToArray())
        );
        Assert.Equal(24L, Number(await Db.QueryAsync("SELECT count(*) FROM m.weather"), 0));
        Assert.Empty((await story.RunWellAsync("2025-03-21")).Done);
    }

    // No bound of a double is a REAL: what is compared with them is a double before.
    [Fact]
    public async Task A_measure_of_type_real_is_compared_as_a_double_and_stays_one_of_its_type()
    {
        await Db.ExecuteAsync("CREATE TABLE m.cold (ts TIMESTAMP WITH TIME ZONE, v REAL) WITH (number_of_replicas = 0)");
        await Db.ExecuteAsync(
            $"INSERT INTO m.cold (ts, v) VALUES {string.Join(", ", Enumerable.Range(0, 24).Select(h => FormattableString.Invariant($"({At("2025-03-01").ToUnixTimeMilliseconds() + (h * 3_600_000L)}, {h}.1)")))}, ({At("2025-03-01").ToUnixTimeMilliseconds() + 1}, 'NaN')"
        );
        await Db.ExecuteAsync("REFRESH TABLE m.cold");
        var story = new Story(Db, new(new("m", "cold"), "ts", TimeKind.TimestampTz, [new("v", ValueKind.Double)]));
        await story.ApplyAsync(
            "table: m.cold\ntime: ts\nmeasures: { v: [count, min, max, avg, first, last, stddev] }\nkeep: 10d\ntiers: [{ every: 1d }]\nsource: { expire: rows }\n"
        );
        await story.RunWellAsync("2025-03-05");
        Assert.Equal(
            [24L, 0.1f, 23.1f, 0.1f, 23.1f],
            Assert.Single(await Db.QueryAsync("SELECT v_count, v_min, v_max, v_first, v_last FROM m.cold_1d"))
        );
        Assert.Equal(
            ["real", "real", "real", "real"],
            (
                await Db.QueryAsync(
                    "SELECT data_type FROM information_schema.columns WHERE table_name = 'cold_1d_states' AND column_name IN ('v_min', 'v_max', 'v_first', 'v_last')"
                )
            ).Select(r => r[0])
        );
        Assert.Empty((await story.RunWellAsync("2025-03-05")).Done);
    }

    [Theory]
    [InlineData("tags")]
    [InlineData("payload")]
    public async Task Arrays_and_objects_as_a_whole_are_refused_by_name(string column)
    {
        await Db.ExecuteAsync(Table);
        var story = new Story(Db, new(new("m", "weather"), "Zeit", TimeKind.TimestampTz, []));
        var refused = await Assert.ThrowsAsync<PolicyException>(() =>
            story.ApplyAsync(
                $"table: m.weather\ntime: Zeit\nmeasures: {{ {column}: [max] }}\nkeep: 10d\ntiers: [{{ every: 1d }}]\nsource: {{ expire: partitions }}\n"
            )
        );
        Assert.Contains(column, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("series: [\"place['name']\"]\nmeasures: { raw: [max] }", "place['name']", "series[0]")]
    [InlineData("series: []\nmeasures: { \"payload['temperature']\": [max] }", "payload['temperature']", "measures.payload['temperature']")]
    public async Task What_is_below_an_object_gives_no_column_of_a_tier_its_name(string policy, string name, string path)
    {
        await Db.ExecuteAsync(Table);
        var yaml = $"table: m.weather\ntime: Zeit\n{policy}\nkeep: 10d\ntiers: [{{ every: 1d }}]\nsource: {{ expire: partitions }}\n";
        var refused = await Assert.ThrowsAsync<PolicyException>(() =>
            new Story(Db, new(new("m", "weather"), "Zeit", TimeKind.TimestampTz, [])).ApplyAsync(yaml)
        );
        var problem = Assert.Single(refused.Problems, p => p.Code == "VRV153");
        Assert.Equal(path, problem.Path);
        Assert.Contains(name, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_of_blobs_are_none()
    {
        var story = new Story(Db, new(new("blob", "files"), "ts", TimeKind.TimestampTz, []));
        var refused = await Assert.ThrowsAsync<PolicyException>(() => story.ApplyAsync("table: blob.files\ntime: ts\nkeep: 10d\n"));
        Assert.Contains("blob.files", refused.Message, StringComparison.Ordinal);
    }
}
