using System.Globalization;
using NodaTime;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.CrateDb.Executing;
using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>
/// Partitions that are closed for writes before they go: who comes late gets an error and loses no row, a run that died leaves
/// at most such a block, the next one goes on or lifts it, and nobody else's is ever lifted.
/// </summary>
public sealed class SealTests() : ConformanceSuite(CrateDbScratch.New)
{
    private const string Kept = "seal: always\nsource: { expire: partitions }\nkeep: 10d\ntiers: [{ every: 1h }]";
    private const string Drop = "DELETE FROM \"m\".\"cpu\" WHERE \"day\" IN";
    private const string Close = "SET (\"blocks.write\" = true)";

    private readonly SettableTime _clock = new(At("2026-01-01"));
    private readonly IReadOnlyList<SourceRow> _rows = Every("2025-03-20", "2025-04-05", "6h");

    [Fact]
    public async Task Who_comes_late_to_a_closed_partition_gets_an_error_and_the_next_run_goes_on_with_it()
    {
        var (story, crate) = await BeginAsync();
        await BlockAsync("2025-04-03");
        var refused = 0;
        await DieAtAsync(
            story,
            crate,
            Drop,
            async () => refused = (await Assert.ThrowsAsync<CrateError>(() => WriteAsync(crate, "2025-03-22T01:00Z"))).Code
        );
        Assert.Equal(4035, refused);
        Assert.Equal(_rows.Count, (await story.SourceAsync()).Count);
        Assert.Equal(["2025-03-20", "2025-03-21", "2025-03-22", "2025-03-23", "2025-03-24", "2025-03-25", "2025-04-03"], Closed(crate));

        await story.RunWellAsync("2025-04-05T13:00Z");
        Assert.Equal(At("2025-03-26"), (await story.SourceAsync()).Min(r => r.At!.Value));
        Assert.Equal(["2025-04-03"], Closed(crate));
        await story.ExpectTiersAsync(_rows);
    }

    [Fact]
    public async Task A_block_of_somebody_else_stays_where_the_partition_does()
    {
        var (story, crate) = await BeginAsync();
        await BlockAsync("2025-03-22");
        var isOpened = false;
        crate.Before = async (call, _) =>
        {
            if (isOpened || !call.Says(Close))
                return null;
            isOpened = true;
            await Db.ExecuteAsync($"ALTER TABLE m.cpu PARTITION (day = {Milliseconds("2025-03-22")}) RESET (\"blocks.write\")");
            await WriteAsync(crate, "2025-03-22T01:00Z");
            await BlockAsync("2025-03-22");
            return null;
        };
        await story.RunAsync("2025-04-05T12:00Z");
        crate.Before = (_, _) => Task.FromResult<Reply?>(null);
        Assert.True(isOpened);
        Assert.Equal(["2025-03-22"], Closed(crate));
        Assert.Contains(await story.SourceAsync(), r => r.At == At("2025-03-22T01:00Z"));
    }

    [Fact]
    public async Task The_next_command_opens_what_a_dead_run_closed_and_nothing_else()
    {
        var (story, crate) = await BeginAsync();
        await BlockAsync("2025-04-03");
        var last = $"PARTITION (\"day\" = {Milliseconds("2025-03-25")}) {Close}";
        await DieAtAsync(story, crate, last, () => Task.CompletedTask, () => WriteAsync(crate, "2025-03-22T01:00Z"));
        Assert.Equal(["2025-03-20", "2025-03-21", "2025-03-22", "2025-03-23", "2025-03-24", "2025-04-03"], Closed(crate));

        // No run: any command under the policy.
        await story.WithAsync(l => l.InvalidateAsync("m.cpu", new(At("2025-04-01"), At("2025-04-02"))));
        Assert.Equal(["2025-04-03"], Closed(crate));
        var left = await story.SourceAsync();
        Assert.Contains(left, r => r.At == At("2025-03-22T01:00Z"));
        Assert.Equal(_rows.Count(r => r.At >= At("2025-03-22") && r.At < At("2025-03-23")) + 1, left.Count(r => r.At < At("2025-03-25")));
        await WriteAsync(crate, "2025-03-22T02:00Z");
    }

    /// <summary>The process ends right before a statement; something may have happened before the first partition was closed.</summary>
    private async Task DieAtAsync(Story story, ExecutingCrate crate, string statement, Func<Task> last, Func<Task>? first = null)
    {
        var dead = new TaskCompletionSource();
        string? who = null;
        crate.Http.Fails = call =>
        {
            if (who is null || Holder(call) != who)
                return Fault.None;
            dead.TrySetResult();
            return Fault.Silent;
        };
        crate.Before = async (call, _) =>
        {
            if (first is not null && call.Says(Close))
            {
                await first();
                first = null;
            }

            if (who is not null || !call.Says(statement))
                return null;
            await last();
            who = Holder(call);
            return Reply.NoMaster;
        };
        await Task.WhenAny(story.RunAsync("2025-04-05T12:00Z"), dead.Task);
        Assert.True(dead.Task.IsCompleted);
        crate.Before = (_, _) => Task.FromResult<Reply?>(null);
        _clock.Now += Duration.FromSeconds(61);
    }

    private static string Holder(SqlCall call) => call.Statement.Split(' ')[2];

    private static IEnumerable<string> Closed(ExecutingCrate crate) =>
        crate
            .Store.Tables[("m", "cpu")]
            .Partitions.Values.Where(p => p.IsSealed)
            .Select(p => Instant.FromUnixTimeMilliseconds(Convert.ToInt64(p.Values[0], CultureInfo.InvariantCulture)))
            .Select(at => at.InUtc().Date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture))
            .Order(StringComparer.Ordinal);

    private Task<long> BlockAsync(string day) =>
        Db.ExecuteAsync($"ALTER TABLE m.cpu PARTITION (day = {Milliseconds(day)}) SET (\"blocks.write\" = true)");

    private static Task WriteAsync(ExecutingCrate crate, string at) =>
        crate.DoAsync($"INSERT INTO m.cpu (ts, host, v) VALUES ({Milliseconds(at)}, 'late', 1.5)");

    private async Task<(Story Story, ExecutingCrate Crate)> BeginAsync()
    {
        var crate = await ((CrateDbScratch)Db).CrateAsync();
        crate.Clock = _clock;
        await Db.ExecuteAsync(
            """
            CREATE TABLE m.cpu (ts TIMESTAMP WITH TIME ZONE, host TEXT, v DOUBLE PRECISION,
              day TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc('day', ts)) CLUSTERED INTO 1 SHARDS PARTITIONED BY (day) WITH (number_of_replicas = 0)
            """
        );
        var story = new Story(Db, Cpu(TimeKind.TimestampTz));
        await story.InsertAsync(_rows);
        await story.ApplyAsync(Policy(Kept));
        await story.RunWellAsync("2025-03-29T12:00Z");
        return (story, crate);
    }

    private static string Milliseconds(string at) => At(at).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
}
