using NodaTime;
using Varve.Engines;
using Varve.Server.Configuration;
using Varve.Server.Connections;
using Varve.Server.Home;
using Varve.Server.Leading;
using Varve.Server.Quotas;
using Varve.Server.Tests.Scheduling;
using Varve.Time;

namespace Varve.Server.Tests.Quotas;

/// <summary>Rows that runs may remove a day, as the home keeps them.</summary>
public sealed class RemovedRowsTests
{
    private const string Tenant = "acme";

    [Theory]
    [InlineData(HomeKind.DuckDb)]
    [InlineData(HomeKind.PostgreSql)]
    [InlineData(HomeKind.CrateDb)]
    public async Task A_day_is_used_up_step_by_step_and_a_new_one_begins_at_midnight(HomeKind kind)
    {
        await using var works = await Works.AtAsync(kind, "2026-01-01T23:00Z");
        var first = works.Of("m-1");
        Assert.Null(await first.Asking!(0, 60, default));
        Assert.Null(await first.Asking!(60, 40, default));
        Assert.Equal(
            "it would remove 1 rows, and the runs of the tenant acme may remove 100 a day (quotas.tenants.acme.rows_removed_per_day), of which 100 went since 2026-01-01T00:00:00Z. They stay, whole; a run from 2026-01-02T00:00:00Z on removes them.",
            await first.Asking!(100, 1, default)
        );
        Assert.Contains("no day allows so many", await works.Of("m-2").Asking!(0, 101, default), StringComparison.Ordinal);

        // The same run goes on behind midnight: what it removed before is of the day before.
        works.Clock.Now = InstantText.Parse("2026-01-02T00:00Z");
        Assert.Null(await first.Asking!(100, 70, default));
        Assert.Equal(new(Tenant, InstantText.Parse("2026-01-02"), 70), first.Removed(170));
        Assert.NotNull(await works.Of("m-2").Asking!(0, 31, default));
        Assert.Null(await works.Of("m-2").Asking!(0, 30, default));
        Assert.Equal(100, works.Quotas.RemovedToday(Tenant));
    }

    [Theory]
    [InlineData(HomeKind.DuckDb)]
    [InlineData(HomeKind.PostgreSql)]
    [InlineData(HomeKind.CrateDb)]
    public async Task Runs_side_by_side_never_remove_more_than_a_day_allows(HomeKind kind)
    {
        await using var works = await Works.AtAsync(kind, "2026-01-01T12:00Z");
        var asked = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => works.Of($"m-{i}").Asking!(0, 9, default))));
        Assert.Equal(11, asked.Count(a => a is null));
        Assert.Equal(99, works.Quotas.RemovedToday(Tenant));
    }

    /// <summary>Too much is counted, and never too little, until the run has ended and it is known.</summary>
    [Fact]
    public async Task What_a_kill_leaves_in_doubt_counts_and_what_came_to_nothing_does_not()
    {
        await using var works = await Works.AtAsync(HomeKind.DuckDb, "2026-01-01T12:00Z");
        Assert.Null(await works.Of("m-killed").Asking!(0, 40, default));
        await works.RestartAsync();
        await works.Quotas.RefreshAsync(default);
        Assert.Equal(40, works.Quotas.RemovedToday(Tenant));
        Assert.NotNull(await works.Of("m-next").Asking!(0, 61, default));
        Assert.Null(await works.Of("m-next").Asking!(0, 60, default));

        // Its step was rolled back: nothing went.
        var failed = works.Of("m-next");
        Assert.Null(await failed.Asking!(0, 60, default));
        await works.EndAsync("m-next", failed.Removed(0));
        Assert.Equal(40, works.Quotas.RemovedToday(Tenant));
        Assert.Null(await works.Of("m-last").Asking!(0, 60, default));
    }

    [Fact]
    public async Task A_refusal_is_one_entry_of_the_log_for_each_run()
    {
        await using var works = await Works.AtAsync(HomeKind.DuckDb, "2026-01-01T12:00Z");
        var run = works.Of("m-1");
        foreach (var rows in new[] { 101, 102 })
            Assert.NotNull(await run.Asking!(0, rows, default));
        var entry = Assert.Single(await works.Audit.ListAsync(Tenant, null, 10, default));
        Assert.Equal(("quota.refused", "metrics/p"), (entry.Action, entry.Target));
        Assert.Equal("{\"quota\":\"rows_removed_per_day\",\"limit\":100,\"used\":0,\"more\":101,\"run\":\"m-1\"}", entry.Detail);
        Assert.Equal(2, works.Quotas.Refused(Tenant, Quota.Rows));
    }

    /// <summary>A home, and quotas over it.</summary>
    private sealed class Works : IAsyncDisposable
    {
        private readonly ScratchHome _scratch;
        private HomeDatabase _home = null!;
        private ConnectionSet _connections = null!;

        private Works(ScratchHome scratch, string now) => (_scratch, Clock) = (scratch, new(InstantText.Parse(now)));

        public SettableTime Clock { get; }

        public TenantQuotas Quotas { get; private set; } = null!;

        public ServerAudit Audit { get; private set; } = null!;

        public static async Task<Works> AtAsync(HomeKind kind, string now)
        {
            var works = new Works(ScratchHome.New(kind), now);
            await works.OpenAsync();
            return works;
        }

        public RowAllowance Of(string run) =>
            new(Quotas, _home, new(run, "metrics", "p", RunTrigger.Manual, Clock.Now, "ann"), Tenant, undoes: true);

        public async Task EndAsync(string id, RemovedRows? removed)
        {
            var runs = new RunTable(_home);
            var run = new ServerRun(id, "metrics", "p", RunTrigger.Manual, Clock.Now, "ann");
            await runs.AddAsync(run, default);
            run = run with { State = RunState.Failed, Finished = Clock.Now, Removed = removed };
            Assert.True(await _home.WriteAsync((s, token) => runs.EndAsync(s, run, token), default));
            Quotas.Take(run);
        }

        public async Task RestartAsync()
        {
            await _home.DisposeAsync();
            await OpenAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await _home.DisposeAsync();
            await _scratch.DisposeAsync();
        }

        private async Task OpenAsync()
        {
            _home = await HomeDatabase.OpenAsync(DatabaseUrl.Parse(_scratch.Url), Clock, default);
            await new Leadership(_home, TimeSpan.FromMinutes(1)).BeatAsync(default);
            _connections = await ConnectionSet.OpenAsync(
                _home,
                [new("metrics", DatabaseUrl.Parse("duckdb:nowhere.duckdb"), Tenant, 1, ConnectionSetting.File)],
                new(),
                default
            );
            Audit = new(_home);
            Quotas = new(
                _home,
                Audit,
                _connections,
                QuotaSettings.None with
                {
                    Tenants = new Dictionary<string, IReadOnlyDictionary<string, long>>
                    {
                        [Tenant] = new Dictionary<string, long> { [Quota.Rows.Key] = 100 },
                    },
                }
            );
        }
    }
}
