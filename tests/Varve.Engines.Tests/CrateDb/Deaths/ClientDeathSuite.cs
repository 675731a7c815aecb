using Varve.Catalog;
using Varve.Engines.Tests.Kills;
using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.CrateDb.Deaths;

/// <summary>
/// A process that runs policies on a cluster is killed, once each day of a life, before, after and inside of statements. The next
/// run leaves what one would have left that nobody killed, and no partition stays sealed.
/// </summary>
public abstract class ClientDeathSuite(Func<ScratchDatabase> create) : DaysSuite(create)
{
    private static readonly string[] s_moments =
    [
        nameof(Moment.BeforeStatement),
        "During",
        nameof(Moment.AfterStatement),
        nameof(Moment.AfterCommit),
    ];

    /// <summary>At which of the statements of a day's run the process is killed.</summary>
    protected abstract IReadOnlyList<int> Statements { get; }

    [Theory]
    [InlineData("")]
    [InlineData("archive: { to: cold }\n")]
    public async Task A_killed_run_and_a_rerun_end_where_no_kill_ends(string more)
    {
        var server = await ((CrateDbScratch)Db).ServerAsync();
        if (more.Length > 0)
            await RepositoryAsync();
        var story = await DaysAsync(more + Days);
        await story.RunWellAsync("2025-04-02T12:00Z");
        var killed = 0;
        for (var i = 0; i < Statements.Count; i++)
        {
            var at = At("2025-04-03T12:00Z") + NodaTime.Duration.FromDays(i);
            var asOf = Time.InstantText.Format(at);
            var (moment, number) = (s_moments[i % s_moments.Length], Statements[i]);
            var (end, said) = await ChildRun.RunAsync(server.Url, null, asOf, moment, number);
            Assert.True(end is 0 or ChildRun.Killed, $"{moment} {number}: exit {end}, {said}");
            if (end == ChildRun.Killed)
                killed++;
            await LeaseEndsAsync();
            await story.RunWellAsync(asOf);
            Assert.Empty((await story.PlanAsync(asOf)).Steps);
            await ExpectAsync(story, at, $"{moment} {number}", more.Length > 0);
        }

        Assert.InRange(killed, Statements.Count - 1, Statements.Count);
    }

    /// <summary>The lease of a process that was killed ends.</summary>
    protected abstract Task LeaseEndsAsync();

    private async Task ExpectAsync(Story story, NodaTime.Instant at, string when, bool isArchived)
    {
        var first = at.InUtc().Date.PlusDays(-10).AtMidnight().InUtc().ToInstant();
        await story.ExpectTiersAsync(Rows);
        Same(Rows.Where(r => r.At >= first), await story.SourceAsync());
        Assert.Empty(await IdentsAsync("settings['blocks']['write'] = 'true'"));
        Assert.Empty((await story.WithAsync(l => l.VerifyAuditAsync())).Findings);
        Assert.DoesNotContain(await story.WithAsync(l => l.HistoryAsync(Policies.Selection.All, 100)), r => r.Status == RunStatus.Running);
        if (!isArchived)
            return;
        var report = await story.WithAsync(l => l.VerifyArchivesAsync([]));
        Assert.True(report.Agrees, $"{when}: {string.Join("; ", report.Parts.Select(p => p.Problem).OfType<string>())}");
        Assert.Equal((first - At("2025-03-20")).Days, report.Parts.Count);
    }
}

/// <summary>
/// The stand-in that executes. It proves that a run finds its end after a death of its client, and nothing about CrateDB.
/// </summary>
public sealed class StandInClientDeathTests : ClientDeathSuite
{
    private readonly SettableTime _clock;

    public StandInClientDeathTests()
        : this(new SettableTime(NodaTime.Instant.FromUtc(2026, 1, 1, 0, 0))) { }

    private StandInClientDeathTests(SettableTime clock)
        : base(() => new CrateDbScratch(() => StartAsync(clock))) => _clock = clock;

    protected override IReadOnlyList<int> Statements { get; } = [5, 12, 19, 8, 27, 35];

    protected override Task LeaseEndsAsync()
    {
        _clock.Now += NodaTime.Duration.FromSeconds(61);
        return Task.CompletedTask;
    }

    private static async Task<ICrateServer> StartAsync(SettableTime clock)
    {
        var crate = await Executing.ExecutingCrate.StartAsync();
        crate.Clock = clock;
        return crate;
    }
}

/// <summary>A real cluster: each death costs the minute in which a lease ends.</summary>
public sealed class RealClientDeathTests() : ClientDeathSuite(() => new CrateDbScratch(StartAsync))
{
    protected override IReadOnlyList<int> Statements { get; } = [4, 9, 14, 19, 24, 29, 34, 39];

    protected override Task LeaseEndsAsync() => Task.Delay(TimeSpan.FromSeconds(61), TestContext.Current.CancellationToken);

    private static async Task<ICrateServer> StartAsync()
    {
        if (RealCrate.Named is { } url)
            return await RealCrate.StartAsync(url);
        Assert.Skip("VARVE_TEST_CRATEDB names no cluster: no client of a real CrateDB was killed.");
        throw new System.Diagnostics.UnreachableException();
    }
}
