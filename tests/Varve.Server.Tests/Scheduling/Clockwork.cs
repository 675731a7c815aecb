using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using Varve.Engines;
using Varve.Policies;
using Varve.Scheduling;
using Varve.Server.Home;
using Varve.Server.Leading;
using Varve.Server.Notices;
using Varve.Server.Runs;
using Varve.Server.Scheduling;
using Varve.Time;

namespace Varve.Server.Tests.Scheduling;

/// <summary>A scheduler over a home in a real database, on a clock that stands where a test puts it.</summary>
internal sealed class Clockwork : IAsyncDisposable
{
    internal const string Connection = "db";

    private readonly ScratchHome _scratch;
    private readonly List<(string Policy, Instant Began)> _begun = [];
    private HomeDatabase _home = null!;

    private Clockwork(ScratchHome scratch, string now) => (_scratch, Clock) = (scratch, new(InstantText.Parse(now)));

    internal SettableTime Clock { get; }

    internal ScheduleKeeper Keeper { get; private set; } = null!;

    internal RunQueue Queue { get; private set; } = null!;

    internal RunTable Runs { get; private set; } = null!;

    internal ServerAudit Audit { get; private set; } = null!;

    /// <summary>What others are to be told.</summary>
    internal DeliveryTable Deliveries { get; private set; } = null!;

    /// <summary>What a run does; a test may let it wait or fail.</summary>
    internal Func<ServerRun, CancellationToken, Task<RunResult>> Act { get; set; } =
        (_, _) => Task.FromResult(new RunResult(RunState.Done, null, null, null));

    /// <summary>How many runs may be under way, in all and of one database.</summary>
    internal (int All, int Each) AtOnce { get; init; } = (4, 4);

    /// <summary>How many of the tenant; null: as many as there can be.</summary>
    internal long? OfTenant { get; set; }

    /// <summary>The instants at which runs began, in their order.</summary>
    internal IReadOnlyList<string> Begun
    {
        get
        {
            lock (_begun)
                return [.. _begun.Select(b => InstantText.Format(b.Began))];
        }
    }

    internal static async Task<Clockwork> AtAsync(HomeKind kind, string now, (int All, int Each)? atOnce = null)
    {
        var works = new Clockwork(ScratchHome.New(kind), now) { AtOnce = atOnce ?? (4, 4) };
        await works.OpenAsync();
        return works;
    }

    /// <summary>Ends the server as a kill does, and starts another one on the same home.</summary>
    internal async Task RestartAsync(params (string Policy, Schedule Schedule, string AppliedAt)[] policies)
    {
        await _home.DisposeAsync();
        await OpenAsync();
        await LearnAsync(policies);
    }

    internal Task LearnAsync(params (string Policy, Schedule Schedule, string AppliedAt)[] policies) =>
        Keeper.LearnAsync(
            Connection,
            [
                .. policies.Select(p => new ScheduledPolicy(
                    new()
                    {
                        Name = p.Policy,
                        Table = new(null, p.Policy),
                        Time = "ts",
                        Schedule = p.Schedule,
                    },
                    InstantText.Parse(p.AppliedAt)
                )),
            ],
            CancellationToken.None
        );

    internal Task LearnQueriesAsync(params (string Yaml, string AppliedAt)[] queries) =>
        Keeper.LearnAsync(
            [
                .. queries.Select(q => new StoredQuery(
                    Connection,
                    Varve.Queries.QueryYaml.Parse(q.Yaml, "").Single().Query,
                    1,
                    q.Yaml,
                    InstantText.Parse(q.AppliedAt),
                    "ann"
                )),
            ],
            CancellationToken.None
        );

    /// <summary>The windows that were done, as the store has them, oldest first.</summary>
    internal async Task<IReadOnlyList<string>> WindowsAsync(RunState state = RunState.Done) =>
        [
            .. (await ListAsync())
                .Where(r => r.State == state)
                .OrderBy(r => r.Window!.From)
                .Select(r => $"{InstantText.Format(r.Window!.From)[5..16]} {InstantText.Format(r.Window.To)[5..16]}"),
        ];

    /// <summary>What somebody is told of one kind.</summary>
    internal async Task<IReadOnlyList<string>> ToldAsync(string kind) =>
        [
            .. (await Deliveries.ListAsync(Access.Caller.AllTenants, null, 100, default))
                .Select(d => JsonSerializer.Deserialize<JsonElement>(d.Body))
                .Where(n => n.GetProperty("kind").GetString() == kind)
                .Select(n => n.GetProperty("message").GetString()!),
        ];

    /// <summary>Puts the clock and decides; waits until what began has ended.</summary>
    internal async Task TickAsync(string at)
    {
        await TickOpenAsync(at);
        await Queue.IdleAsync();
    }

    /// <summary>Puts the clock and decides.</summary>
    internal Task TickOpenAsync(string at)
    {
        Clock.Now = InstantText.Parse(at);
        return Keeper.TickAsync(CancellationToken.None);
    }

    /// <summary>
    /// Follows the clock from one instant to another as a server does, from one wake to the next; the instants that were run.
    /// </summary>
    internal async Task<IReadOnlyList<string>> PassAsync(string from, string to, Duration? look = null)
    {
        var until = InstantText.Parse(to);
        Clock.Now = InstantText.Parse(from);
        while (Clock.Now <= until)
        {
            var next = await Keeper.TickAsync(CancellationToken.None);
            await Queue.IdleAsync();
            Clock.Now = Instant.Max(
                Clock.Now + Duration.FromMilliseconds(1),
                Instant.Min(next ?? Instant.MaxValue, Clock.Now + (look ?? Duration.FromHours(6)))
            );
        }

        return await ScheduledAsync();
    }

    /// <summary>The instants of runs that were not left out, as the store has them, oldest first.</summary>
    internal async Task<IReadOnlyList<string>> ScheduledAsync() =>
        [
            .. (await ListAsync())
                .Where(r => r.State != RunState.Skipped && r.Scheduled is not null)
                .Select(r => InstantText.Format(r.Scheduled!.Value)),
        ];

    /// <summary>What was left out, and why.</summary>
    internal async Task<IReadOnlyList<(string At, string Reason)>> SkippedAsync() =>
        [.. (await ListAsync()).Where(r => r.State == RunState.Skipped).Select(r => (InstantText.Format(r.Scheduled!.Value), r.Reason!))];

    internal async Task<IReadOnlyList<ServerRun>> ListAsync() =>
        [.. (await Runs.ListAsync([Connection], null, null, 1_000, CancellationToken.None)).OrderBy(r => r.Scheduled ?? r.Queued)];

    internal ScheduleState State(string policy) => Keeper.All.Single(v => v.State.Key.Policy == policy).State;

    public async ValueTask DisposeAsync()
    {
        if (_home.IsLogged)
        {
            // Another server has the same rows, which it never saw a statement of.
            await using var other = await HomeDatabase.OpenAsync(DatabaseUrl.Parse(_scratch.Url), Clock, CancellationToken.None);
            await ClusterHome.SameAsync(_home, other);
        }

        await _home.DisposeAsync();
        await _scratch.DisposeAsync();
    }

    private async Task OpenAsync()
    {
        _home = await HomeDatabase.OpenAsync(DatabaseUrl.Parse(_scratch.Url), Clock, CancellationToken.None);

        // A server that was killed has said nothing since: nobody waits for it here.
        var lead = new Leadership(_home, TimeSpan.FromMinutes(1));
        await _home.ExecuteAsync($"UPDATE {HomeTables.Lead} SET server = {""}", CancellationToken.None);
        await lead.BeatAsync(CancellationToken.None);
        (Runs, Audit, Deliveries) = (new(_home), new(_home), new(_home));
        Keeper = new(
            _home,
            new(_home),
            Runs,
            Audit,
            new(Deliveries, [new Somebody()], _ => "default"),
            NullLogger<ScheduleKeeper>.Instance
        );
        Queue = new(
            Runs,
            (run, _, stop, _) =>
            {
                lock (_begun)
                    _begun.Add((run.Policy, Clock.Now));
                return Act(run, stop);
            },
            new(AtOnce.All, _ => AtOnce.Each, _ => "default", _ => OfTenant) { Held = run => Keeper.Held(run) },
            Keeper.EndedAsync,
            Clock,
            NullLogger<RunQueue>.Instance
        );
        Keeper.Queue = Queue;
    }
}

/// <summary>Somebody who is told everything that needs somebody; what is told stays in the table.</summary>
file sealed class Somebody : INoticeTarget
{
    public string Name => "somebody";

    public NoticeFilter Filter { get; } = new(NoticeFilter.Usual, null);

    public Task<string?> SendAsync(string id, Notice notice, string body, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Nothing is sent here.");
}

/// <summary>A clock that stands where a test puts it.</summary>
internal sealed class SettableTime(Instant now) : TimeProvider
{
    internal Instant Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now.ToDateTimeOffset();
}
