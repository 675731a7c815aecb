using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Policies;

namespace Varve.Engines.Tests.DuckDb;

/// <summary>The clock of this machine beside that of the server.</summary>
public sealed class ClockTests
{
    [Theory]
    [Rule("clocks-apart")]
    [InlineData(90)]
    [InlineData(-90)]
    public async Task A_run_does_nothing_where_the_clocks_are_more_than_a_minute_apart(int seconds)
    {
        await using var scratch = new DuckDbScratch();
        await scratch.ExecuteAsync(
            "CREATE TABLE cpu AS SELECT ts, 1.0 AS v FROM range(TIMESTAMP '2025-01-01', TIMESTAMP '2025-01-02', INTERVAL 1 HOUR) r(ts)"
        );
        var refused = await Assert.ThrowsAsync<HaltException>(() => RunAsync(scratch, seconds));
        Assert.Equal("VRV302", refused.Code);
        Assert.Equal(24L, await CountAsync(scratch));
        await RunAsync(scratch, seconds / 3);
        Assert.Equal(0L, await CountAsync(scratch));
    }

    private static async Task RunAsync(DuckDbScratch scratch, int seconds)
    {
        await using var inner = await scratch.OpenAsync();
        await using var engine = new OtherClock(inner.Engine, Duration.FromSeconds(seconds));
        var lifecycle = new Lifecycle(new Database(engine, inner.Name));
        await lifecycle.ApplyAsync(PolicyYaml.Parse("table: cpu\ntime: ts\nkeep: 2d\n", "cpu.yaml"));
        await foreach (var happened in lifecycle.RunAsync(Selection.All, new RunOptions { Yes = true }))
            Assert.IsNotType<RunEvent.Failed>(happened);
    }

    private static async Task<object?> CountAsync(DuckDbScratch scratch) => (await scratch.QueryAsync("SELECT count(*) FROM cpu"))[0][0];
}
