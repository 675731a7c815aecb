using System.Globalization;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Time;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>
/// Names in capitals, which CrateDB keeps only where they are quoted, through everything that happens to a table of partitions.
/// Beside each of them stands one in small letters, so that one that loses its quotes meets another table, or another column.
/// </summary>
public sealed class UpperCaseTests() : ConformanceSuite(CrateDbScratch.New)
{
    private const string Columns = """
        "TS" TIMESTAMP WITH TIME ZONE, ts TIMESTAMP WITH TIME ZONE, "Host" TEXT, host TEXT, "V" DOUBLE PRECISION, v DOUBLE PRECISION,
        "Day" TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc('day', "TS")
        """;

    [Fact]
    public async Task Capitals_stay_capitals_through_a_whole_life()
    {
        foreach (var name in new[] { "\"M\".\"CPU\"", "m.cpu" })
            await Db.ExecuteAsync(
                $"CREATE TABLE {name} ({Columns}) CLUSTERED INTO 2 SHARDS PARTITIONED BY (\"Day\") WITH (number_of_replicas = 0)"
            );
        var rows = Every("2025-03-20", "2025-04-15", "2h");
        foreach (var some in rows.Chunk(160))
            await Db.ExecuteAsync(
                $"INSERT INTO \"M\".\"CPU\" (\"TS\", ts, \"Host\", host, \"V\", v) VALUES {string.Join(", ", some.Select(Values))}"
            );
        await Db.ExecuteAsync("INSERT INTO m.cpu (\"TS\", \"Host\", \"V\") VALUES (0, 'theirs', 1)");
        var story = new Story(
            Db,
            new(new("M", "CPU"), "TS", TimeKind.TimestampTz, [new("Host", ValueKind.Text), new("V", ValueKind.Double)])
        );
        await story.ApplyAsync(
            """
            table: M.CPU
            time: TS
            series: [Host]
            keep: 10d
            seal: always
            source: { expire: partitions, relocate: { after: 8d, to: { replicas: "1" } } }
            measures: { V: [count, sum, min, max, avg, first, last, stddev] }
            tiers: [{ every: 1h, keep: 90d }, { every: 1d, zone: Europe/Berlin }]
            """
        );
        var outcome = await story.RunAsShownAsync("2025-04-10T12:00Z");
        Assert.NotEmpty(outcome.Done);
        await story.ExpectTiersAsync(rows);
        Same(Since(rows, "2025-03-31"), await story.SourceAsync());
        Assert.Equal(
            15L,
            Number(
                await Db.QueryAsync(
                    "SELECT count(*) FROM information_schema.table_partitions WHERE table_schema = 'M' AND table_name = 'CPU'"
                ),
                0
            )
        );

        // A row that comes late is counted, and whoever shares the names in small letters was never met.
        await story.RunWellAsync("2025-04-10T13:00Z");
        await Db.ExecuteAsync($"INSERT INTO \"M\".\"CPU\" (\"TS\", \"Host\", \"V\") VALUES {Late("2025-04-10T05:00Z")}");
        await story.RunWellAsync("2025-04-10T14:00Z");
        await story.ExpectTiersAsync([.. rows, Row("2025-04-10T05:00Z", 7.5, "b")]);
        Assert.Equal(rows.Count + 1, Number(await Db.QueryAsync("SELECT sum(varve_rows) FROM \"M\".\"CPU_all\""), 0));
        Assert.Equal(1L, Number(await Db.QueryAsync("SELECT count(*) FROM m.cpu WHERE \"Host\" = 'theirs' AND \"V\" = 1"), 0));
        Assert.Equal(["cpu"], (await Db.ShapesAsync("m")).Select(s => s.Name));
    }

    private static string Late(string at) => string.Create(CultureInfo.InvariantCulture, $"({At(at).ToUnixTimeMilliseconds()}, 'b', 7.5)");

    private static string Values(SourceRow row) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"({row.At!.Value.ToUnixTimeMilliseconds()}, 0, '{row.Values[0]}', 'other', {row.Values[1]:R}, -1000)"
        );
}
