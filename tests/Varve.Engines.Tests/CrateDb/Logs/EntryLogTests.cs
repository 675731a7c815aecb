using Varve.Engines.Tests.CrateDb.Executing;

namespace Varve.Engines.Tests.CrateDb.Logs;

/// <summary>The log on the stand-in that executes statements, and what a network does to it.</summary>
public sealed class EntryLogTests : EntryLogSuite
{
    private ExecutingCrate StandIn => (ExecutingCrate)Server;

    [Theory]
    [InlineData(nameof(Fault.LostAfter))]
    [InlineData(nameof(Fault.LostBefore))]
    [InlineData(nameof(Fault.Cut))]
    public async Task An_answer_that_is_lost_leaves_no_doubt(string how)
    {
        var (log, other) = (await OpenAsync(), await OpenAsync());
        Lose(Enum.Parse<Fault>(how), "log_entries");
        Assert.True(await log.AppendAsync(Entry(1, "", "a", "mine"), default));
        Lose(Enum.Parse<Fault>(how), "log_entries");
        Assert.False(await other.AppendAsync(Entry(1, "", "b", "theirs"), default));
        Assert.Equal([("mine", "a")], (await other.ReadAsync(0, 5, default)).Select(e => (e.Id, e.Body)));
        foreach (var number in new[] { 2L, 3L })
        {
            await log.AppendAsync(Entry(number, "", "", $"{number}"), default);
            Lose(Enum.Parse<Fault>(how), "log_parts", "log_bases");
            Assert.True(await log.RebaseAsync(Entry(number, "", "", $"{number}"), Parts("a", "b"), default));
            var now = (await other.BaseAsync(default))!;
            Assert.Equal((number, 2, "b"), (now.Number, now.Parts, await other.PartAsync(now, 1, default)));
        }
    }

    private protected override async Task<ICrateServer> StartAsync() => await ExecutingCrate.StartAsync();

    // The next statement that writes to each of these.
    private void Lose(Fault how, params string[] tables)
    {
        HashSet<string> left = [.. tables];
        StandIn.Http.Fails = call =>
            !call.Statement.Contains("SELECT", StringComparison.Ordinal)
            && !call.Statement.Contains("DELETE", StringComparison.Ordinal)
            && left.FirstOrDefault(t => call.Statement.Contains(t, StringComparison.Ordinal)) is { } table
            && left.Remove(table)
                ? how
                : Fault.None;
    }
}

/// <summary>The log on a real cluster, where VARVE_TEST_CRATEDB names one.</summary>
public sealed class RealEntryLogTests : EntryLogSuite
{
    private protected override async Task<ICrateServer> StartAsync()
    {
        Assert.SkipWhen(RealCrate.Named is null, "VARVE_TEST_CRATEDB names no cluster: nothing ran on a real CrateDB.");
        return await RealCrate.StartAsync(RealCrate.Named!);
    }
}
