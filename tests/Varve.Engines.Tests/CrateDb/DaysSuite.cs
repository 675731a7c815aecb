using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.CrateDb.Executing;
using Varve.Engines.Tests.Scratch;
using Varve.Time;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>A table of days, two shards each, with a row every two hours.</summary>
public abstract class DaysSuite(Func<ScratchDatabase>? create = null) : ConformanceSuite(create ?? CrateDbScratch.New)
{
    protected const string Days =
        "keep: 10d\nmeasures: { v: [count, sum, min, max, avg, first, last, stddev] }\ntiers: [{ every: 1h, keep: 90d }, { every: 1d, zone: Europe/Berlin }]";

    protected IReadOnlyList<SourceRow> Rows { get; } = Every("2025-03-20", "2025-04-15", "2h");

    private protected async Task<ExecutingCrate> CrateAsync() => await ((CrateDbScratch)Db).CrateAsync();

    protected async Task<IReadOnlyList<string>> IdentsAsync(string where = "TRUE") =>
        [
            .. (
                await Db.QueryAsync(
                    $"SELECT partition_ident FROM information_schema.table_partitions WHERE table_schema = 'm' AND table_name = 'cpu' AND {where} ORDER BY partition_ident"
                )
            ).Select(r => (string)r[0]!),
        ];

    /// <summary>The repository cold. Of a real cluster, a folder below its path.repo is needed, in which there is nothing.</summary>
    protected async Task RepositoryAsync()
    {
        var folder = Environment.GetEnvironmentVariable("VARVE_TEST_CRATEDB_REPOSITORY");
        Assert.SkipWhen(RealCrate.Named is not null && folder is null, "VARVE_TEST_CRATEDB_REPOSITORY names no folder below path.repo.");
        if (RealCrate.Named is not null && (await Db.QueryAsync("SELECT name FROM sys.repositories WHERE name = 'cold'")).Count > 0)
            await Db.ExecuteAsync("DROP REPOSITORY cold");
        await Db.ExecuteAsync($"CREATE REPOSITORY cold TYPE fs WITH (location = '{folder ?? "/backup/cold"}')");
    }

    /// <summary>Where a shard is lost from a request on, no partition goes; and all of them do when it is there again.</summary>
    private protected async Task KeepsAllAsync(ExecutingCrate crate, Func<SqlCall, bool> isTime)
    {
        var story = await DaysAsync();
        await story.RunWellAsync("2025-03-29");
        var (ident, from) = ((await IdentsAsync())[2], crate.Http.Calls.Count);
        crate.Before = (call, _) =>
        {
            if (isTime(call))
                crate.Lose("m", "cpu", ident);
            return Task.FromResult<Reply?>(null);
        };
        var outcome = await story.RunAsync("2025-04-10T12:00Z");
        Assert.Contains(outcome.Errors, e => e.Message.Contains(ident, StringComparison.Ordinal));
        Assert.DoesNotContain(crate.Http.Calls.Skip(from), c => c.Says("DELETE FROM \"m\".\"cpu\" "));
        crate.Before = (_, _) => Task.FromResult<Reply?>(null);
        crate.Lose("m", "cpu", ident, isLost: false);
        await story.RunWellAsync("2025-04-10T12:00Z");
        await story.ExpectTiersAsync(Rows);
        Assert.Equal(15, (await IdentsAsync()).Count);
    }

    protected async Task<Story> DaysAsync(string policy = Days)
    {
        await Db.ExecuteAsync(
            """
            CREATE TABLE m.cpu (ts TIMESTAMP WITH TIME ZONE, host TEXT, v DOUBLE PRECISION,
              day TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc('day', ts)) CLUSTERED INTO 2 SHARDS PARTITIONED BY (day) WITH (number_of_replicas = 0)
            """
        );
        var story = new Story(Db, Cpu(TimeKind.TimestampTz));
        foreach (var row in Rows.Chunk(200))
            await Db.ExecuteAsync(
                $"INSERT INTO m.cpu (ts, host, v) VALUES {string.Join(", ", row.Select(r => FormattableString.Invariant($"({r.At!.Value.ToUnixTimeMilliseconds()}, '{r.Values[0]}', {r.Values[1]:R})")))}"
            );
        await story.ApplyAsync(
            "table: m.cpu\ntime: ts\nseries: [host]\n"
                + (policy.Contains("source:", StringComparison.Ordinal) ? policy : $"source: {{ expire: partitions }}\n{policy}")
        );
        return story;
    }
}
