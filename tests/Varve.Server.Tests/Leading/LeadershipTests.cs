using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using Varve.Engines;
using Varve.Server.Home;
using Varve.Server.Leading;
using Varve.Server.Runs;
using Varve.Server.Scheduling;

namespace Varve.Server.Tests.Leading;

/// <summary>Who leads a home, to the word that is written in it.</summary>
public abstract class LeadershipTests(HomeKind kind) : IAsyncDisposable
{
    private static readonly TimeSpan Length = TimeSpan.FromMilliseconds(600);

    private readonly ScratchHome _scratch = ScratchHome.New(kind);

    public async ValueTask DisposeAsync() => await _scratch.DisposeAsync();

    [Fact]
    public async Task Servers_that_begin_at_once_make_one_home_and_have_one_leader()
    {
        var homes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OpenAsync()));
        var leads = homes.Select(h => new Leadership(h, TimeSpan.FromMinutes(1))).ToList();
        await Task.WhenAll(leads.Select(l => l.BeatAsync(default)));
        foreach (var lead in leads)
            await lead.BeatAsync(default);
        var leader = Assert.Single(leads, l => l.Leads);
        Assert.All(leads, l => Assert.Equal(leader.Server, l.Leader));
        foreach (var home in homes)
            await home.DisposeAsync();
    }

    [Fact]
    public async Task A_leader_that_is_there_is_never_taken_over()
    {
        await using var first = await OpenAsync();
        await using var second = await OpenAsync();
        var length = TimeSpan.FromSeconds(3);
        var (one, two) = (new Leadership(first, length), new Leadership(second, length));
        await one.BeatAsync(default);
        var begun = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(begun) < length * 1.2)
        {
            await Task.Delay(50);
            await one.BeatAsync(default);
            await two.BeatAsync(default);
            Assert.False(two.Leads);
        }

        Assert.True(one.Leads);
    }

    [Fact]
    public async Task One_that_fell_silent_decides_nothing_before_another_takes_the_lead_and_writes_nothing_after()
    {
        await using var first = await OpenAsync();
        await using var second = await OpenAsync();
        var (one, two) = (new Leadership(first, Length), new Leadership(second, Length));
        await one.BeatAsync(default);
        Assert.True(one.Leads);
        var runs = new RunTable(first);
        using var keeper = new ScheduleKeeper(
            first,
            new(first),
            runs,
            new(first),
            new(new(first), [], _ => "default"),
            NullLogger<ScheduleKeeper>.Instance
        );
        keeper.Queue = new(
            runs,
            (_, _, _, _) => throw new InvalidOperationException("It ran."),
            new(1, _ => 1, _ => "default", _ => null),
            keeper.EndedAsync,
            first.Clock,
            NullLogger<RunQueue>.Instance
        );
        await keeper.LearnAsync(
            "db",
            [
                new(
                    new()
                    {
                        Name = "p",
                        Table = new(null, "p"),
                        Time = "ts",
                        Schedule = new() { Cron = Varve.Scheduling.CronRule.Parse("* * * * * *") },
                    },
                    first.Now()
                ),
            ],
            default
        );
        while (!two.Leads)
        {
            await Task.Delay(20);
            await two.BeatAsync(default);
            if (two.Leads)
                Assert.False(one.Leads);
        }

        // It does not know yet, and what it decides is refused by the home.
        await Task.Delay(1_100);
        Assert.NotNull(first.Fence);
        Assert.Equal("VRV507", (await Assert.ThrowsAsync<EngineException>(() => keeper.TickAsync(default))).Code);
        Assert.Empty(await new RunTable(second).OpenAsync(default));
        await one.BeatAsync(default);
        Assert.Null(first.Fence);
        Assert.Equal(two.Server, one.Leader);
    }

    /// <summary>A run whose beginning was written, and whose writer did not hear so, asks again; nobody else may begin it.</summary>
    [Fact]
    public async Task A_run_begins_once_however_often_its_beginning_is_written()
    {
        await using var home = await OpenAsync();
        var lead = new Leadership(home, Length);
        await lead.BeatAsync(default);
        var runs = new RunTable(home);
        var run = new ServerRun("r-1", "db", "p", RunTrigger.Manual, home.Now(), "test");
        await runs.AddAsync(run, default);
        var at = home.Now();
        Assert.True(await runs.BeginAsync(run.Id, at, default));
        Assert.True(await runs.BeginAsync(run.Id, at, default));
        Assert.False(await runs.BeginAsync(run.Id, at + Duration.FromSeconds(1), default));
    }

    [Fact]
    public async Task One_that_ends_gives_the_lead_back_at_once()
    {
        await using var first = await OpenAsync();
        await using var second = await OpenAsync();
        var (one, two) = (new Leadership(first, TimeSpan.FromHours(1)), new Leadership(second, TimeSpan.FromHours(1)));
        await one.BeatAsync(default);
        await two.BeatAsync(default);
        Assert.True(one.Leads);
        await one.ResignAsync(default);
        await two.BeatAsync(default);
        Assert.Equal((false, true), (one.Leads, two.Leads));
    }

    [Fact]
    public async Task The_log_of_servers_that_write_at_once_is_one_chain()
    {
        await using var first = await OpenAsync();
        await using var second = await OpenAsync();
        await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(i =>
                    new ServerAudit(i % 2 == 0 ? first : second).AppendAsync(Access.Caller.Scheduler, "tried", $"{i}", [], default)
                )
        );
        var verdict = await new ServerAudit(first).VerifyAsync([], default);
        Assert.Equal((true, 40), (verdict.Holds, verdict.Entries));
    }

    private Task<HomeDatabase> OpenAsync() =>
        HomeDatabase.OpenAsync(DatabaseUrl.Parse(_scratch.Url), TimeProvider.System, CancellationToken.None);
}

public sealed class LeadershipTestsOnPostgreSql() : LeadershipTests(HomeKind.PostgreSql);

public sealed class LeadershipTestsOnCrateDb() : LeadershipTests(HomeKind.CrateDb);
