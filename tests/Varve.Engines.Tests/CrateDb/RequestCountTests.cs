using System.Globalization;
using NodaTime;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Time;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>
/// How often a cluster is asked. Requests are counted and not milliseconds: on a cluster each is a round trip, and a small one
/// costs as much as a large one.
/// </summary>
public sealed class RequestCountTests() : ConformanceSuite(CrateDbScratch.New)
{
    private static readonly Instant s_first = At("2023-01-01");

    [Fact]
    public async Task A_plan_takes_as_many_requests_for_hundreds_of_partitions_as_for_three()
    {
        var crate = await ((CrateDbScratch)Db).CrateAsync();
        var story = await DaysAsync(600);
        await story.RunWellAsync("2025-10-01");
        var from = crate.Http.Calls.Count;
        await story.PlanAsync("2025-10-01");
        var many = crate.Http.Calls.Count - from;
        foreach (var day in Enumerable.Range(3, 597).Chunk(200))
            await Db.ExecuteAsync($"DELETE FROM m.cpu WHERE day IN ({string.Join(", ", day.Select(d => Milliseconds(d)))})");
        from = crate.Http.Calls.Count;
        await story.PlanAsync("2025-10-01");
        Assert.InRange(many, 10, 36);
        Assert.InRange(crate.Http.Calls.Count - from, many - 4, many + 4);
    }

    [Fact]
    public async Task A_thousand_quiet_partitions_go_with_a_statement_for_two_hundred_and_none_is_closed()
    {
        var crate = await ((CrateDbScratch)Db).CrateAsync();
        var story = await DaysAsync(1_000);
        await story.RunWellAsync("2025-10-01");
        var from = crate.Http.Calls.Count;
        await story.RunWellAsync("2029-01-01");
        var calls = crate.Http.Calls.Skip(from).ToList();
        Assert.Empty(await story.SourceAsync());
        Assert.DoesNotContain(calls, c => c.Says("blocks.write\" = true"));
        Assert.InRange(calls.Count(c => c.Says("DELETE FROM \"m\".\"cpu\" WHERE \"day\" IN")), 5, 7);
        Assert.InRange(calls.Count, 100, 340);
    }

    private async Task<Story> DaysAsync(int days)
    {
        await Db.ExecuteAsync(
            """
            CREATE TABLE m.cpu (ts TIMESTAMP WITH TIME ZONE, host TEXT, v DOUBLE PRECISION,
              day TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc('day', ts)) CLUSTERED INTO 1 SHARDS PARTITIONED BY (day) WITH (number_of_replicas = 0)
            """
        );
        var story = new Story(Db, Cpu(TimeKind.TimestampTz));
        var rows = Enumerable.Range(0, days).Select(i => $"({Milliseconds(i)}, 'a', {i.ToString(CultureInfo.InvariantCulture)})");
        foreach (var some in rows.Chunk(250))
            await Db.ExecuteAsync($"INSERT INTO m.cpu (ts, host, v) VALUES {string.Join(", ", some)}");
        await story.ApplyAsync(
            "table: m.cpu\ntime: ts\nseries: [host]\nsource: { expire: partitions }\nkeep: 3y\nmeasures: { v: [count, sum, min, max] }\ntiers: [{ every: 1d }]"
        );
        return story;
    }

    private static string Milliseconds(int day) =>
        (s_first + Duration.FromDays(day)).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
}
