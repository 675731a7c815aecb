using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NodaTime;
using Varve.Server.Access;
using Varve.Server.Connections;
using Varve.Server.Home;
using Varve.Server.Runs;
using Varve.Time;

namespace Varve.Server.Backfills;

/// <summary>
/// Does the windows of backfills, each with its own number at once beside the schedules. What is left to do is worked out
/// from the store, so that a restart goes on where a kill ended it.
/// </summary>
internal sealed class BackfillKeeper(
    BackfillTable table,
    BackfillPlans plans,
    RunTable runs,
    HomeDatabase home,
    ServerAudit audit,
    ConnectionSet connections,
    ILogger<BackfillKeeper> log
) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, Open> _open = new(StringComparer.Ordinal);

    private readonly KeyTable _keys = new();

    /// <summary>True where this server does their windows; otherwise it stores what is asked, and another one does.</summary>
    public bool Decides { get; private set; } = true;

    /// <summary>Where runs go; set before the first backfill.</summary>
    public RunQueue? Queue { get; set; }

    /// <summary>Stores a backfill and begins it.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="connection">Where.</param>
    /// <param name="asked">What.</param>
    /// <param name="key">A key under which the same request is the same backfill; null: each is a new one.</param>
    /// <param name="cancellationToken">Ends it before anything is stored.</param>
    /// <exception cref="PolicyException">It has no window, asks for what the query cannot, or the key stood for something else.</exception>
    public async Task<Backfill> BeginAsync(
        Caller caller,
        ServerConnection connection,
        Backfill asked,
        string? key,
        CancellationToken cancellationToken
    )
    {
        // Once it has ended nothing of it may be left to do: whoever asks again is told of it all the same.
        var tenant = connection.Setting.Tenant;
        if (
            key is not null
            && await home.AloneAsync((s, token) => _keys.FindAsync(s, tenant, key, Hash(asked), token), cancellationToken) is { } known
            && await table.FindAsync(known, cancellationToken) is { } before
        )
            return before;
        var plan = await plans.OfAsync(connection, asked, cancellationToken);
        if (plan.Due.Count == 0)
            throw new PolicyException(
                ServerCodes.Conflict,
                FormattableString.Invariant(
                    $"There is nothing to do in {asked.Range}: of {plan.Windows.Count} whole windows none is left. With windows: all those that are done are done anew."
                )
            );
        var first = await home.WriteAsync<string?>(
            async (statements, token) =>
            {
                if (key is not null)
                {
                    if (await _keys.FindAsync(statements, tenant, key, Hash(asked), token) is { } same)
                        return same;
                    await _keys.AddAsync(statements, tenant, key, Hash(asked), asked.Id, asked.Created, token);
                }

                await table.AddAsync(statements, asked, token);
                await audit.AppendAsync(
                    statements,
                    caller with
                    {
                        Tenant = connection.Setting.Tenant,
                    },
                    "backfill.begun",
                    $"{connection.Name}/query/{asked.Query}",
                    new JsonObject
                    {
                        ["backfill"] = asked.Id,
                        ["range"] = asked.Range.ToString(),
                        ["windows"] = plan.Due.Count,
                    },
                    token
                );
                return null;
            },
            cancellationToken
        );
        if (first is not null)
            return await table.FindAsync(first, cancellationToken) ?? asked;
        if (!Decides)
            return asked;
        await AloneAsync(() => Task.FromResult(_open.TryAdd(asked.Id, new(asked, new(plan.Due)))));
        await PumpAsync(asked.Id);
        return asked;
    }

    private static string Hash(Backfill asked) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(
                    FormattableString.Invariant(
                        $"backfill\n{asked.Connection}\n{asked.Query}\n{asked.Range}\n{asked.NewestFirst}\n{asked.AtOnce}\n{asked.Windows}"
                    )
                )
            )
        );

    /// <summary>Forgets what it knew: whoever does the windows from now on works out what is left from the store.</summary>
    public Task StartAsync(bool decides) =>
        AloneAsync(() =>
        {
            Decides = decides;
            _open.Clear();
            return Task.FromResult(0);
        });

    /// <summary>Takes up what is open in the store, and what other servers changed of it.</summary>
    public async Task TakeUpAsync(CancellationToken cancellationToken)
    {
        if (!Decides)
            return;
        var stored = await table.OpenAsync(cancellationToken);
        var ids = stored.Select(b => b.Id).ToHashSet();
        await AloneAsync(() =>
        {
            foreach (var ended in _open.Keys.Where(k => !ids.Contains(k)).ToList())
                _open.Remove(ended);
            foreach (var backfill in stored)
            {
                if (_open.TryGetValue(backfill.Id, out var open))
                    open.Backfill = backfill;
            }

            return Task.FromResult(0);
        });
        foreach (var backfill in stored)
        {
            if (_open.ContainsKey(backfill.Id))
            {
                await PumpAsync(backfill.Id);
                continue;
            }

            if (connections.Find(Caller.Scheduler, backfill.Connection) is not { } connection)
                continue;
            try
            {
                var begun = await table.BegunAsync(backfill.Id, cancellationToken);
                var due = (await plans.OfAsync(connection, backfill, cancellationToken)).Due.Where(w => !begun.Contains(w.From));
                await AloneAsync(() => Task.FromResult(_open.TryAdd(backfill.Id, new(backfill, new(due)))));
                await PumpAsync(backfill.Id);
            }
            catch (VarveException trouble) when (trouble.Code is not ServerCodes.HomeAway and not ServerCodes.NotLeading)
            {
                log.BackfillWaits(backfill.Id, trouble.Code, trouble.Message);
            }
        }
    }

    /// <summary>Pauses, resumes or ends a backfill.</summary>
    /// <exception cref="PolicyException">It has ended.</exception>
    public async Task SetAsync(Caller caller, Backfill backfill, BackfillState state, string? reason, CancellationToken cancellationToken)
    {
        var finished = state == BackfillState.Ended ? home.Now() : (Instant?)null;
        var isOpen = await home.WriteAsync(
            async (statements, token) =>
            {
                if (!await table.SetAsync(statements, backfill.Id, state, reason, finished, token))
                    return false;
                await audit.AppendAsync(
                    statements,
                    caller,
                    $"backfill.{state.ToString().ToLowerInvariant()}",
                    $"{backfill.Connection}/query/{backfill.Query}",
                    new JsonObject { ["backfill"] = backfill.Id, ["reason"] = reason },
                    token
                );
                return true;
            },
            cancellationToken
        );
        if (!isOpen)
            throw new PolicyException(ServerCodes.Conflict, $"The backfill {backfill.Id} has ended already.");
        await AloneAsync(() =>
        {
            if (_open.TryGetValue(backfill.Id, out var open))
                open.Backfill = open.Backfill with { State = state };
            if (state == BackfillState.Ended)
                _open.Remove(backfill.Id);
            return Task.FromResult(0);
        });
        if (state == BackfillState.Running && !_open.ContainsKey(backfill.Id))
            await TakeUpAsync(cancellationToken);
        else
            await PumpAsync(backfill.Id);
    }

    /// <summary>One of its windows has ended: the next one begins.</summary>
    public async Task EndedAsync(ServerRun run)
    {
        if (run.Backfill is null)
            return;
        await AloneAsync(() => Task.FromResult(_open.TryGetValue(run.Backfill, out var open) ? open.Under.Remove(run.Id) : false));
        await PumpAsync(run.Backfill);
    }

    public void Dispose() => _turn.Dispose();

    private Task PumpAsync(string id) =>
        AloneAsync(async () =>
        {
            if (!Decides || !_open.TryGetValue(id, out var open) || open.Backfill.State != BackfillState.Running)
                return 0;
            while (open.Under.Count < open.Backfill.AtOnce && open.Left.TryPeek(out var window))
            {
                // One that could not be stored is still left to do.
                var run = RunOf(open.Backfill, window);
                var isNew = await runs.AddAsync(run, CancellationToken.None);
                open.Left.Dequeue();
                if (!isNew)
                    continue;
                open.Under.Add(run.Id);
                Queue!.Admit(run);
            }

            if (open.Under.Count > 0 || open.Left.Count > 0)
                return 0;
            var counts = await table.CountsAsync(id, CancellationToken.None);

            // What a kill left under way is taken up as a run of its own, and counts until it has ended.
            if (counts.GetValueOrDefault(RunState.Queued) + counts.GetValueOrDefault(RunState.Running) > 0)
                return 0;
            await home.WriteAsync((s, token) => table.SetAsync(s, id, BackfillState.Done, null, home.Now(), token), CancellationToken.None);
            _open.Remove(id);
            return 0;
        });

    private ServerRun RunOf(Backfill backfill, TimeRange window)
    {
        var id = $"{backfill.Id}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(window.ToString())))[..12]}";
        return new(id, backfill.Connection, backfill.Query, RunTrigger.Backfill, home.Now(), backfill.Subject)
        {
            Window = window,
            Backfill = backfill.Id,
            Asked = new() { Again = backfill.Windows == BackfillWindows.All },
        };
    }

    private async Task<T> AloneAsync<T>(Func<Task<T>> work)
    {
        await _turn.WaitAsync();
        try
        {
            return await work();
        }
        finally
        {
            _turn.Release();
        }
    }

    private sealed class Open(Backfill backfill, Queue<TimeRange> left)
    {
        public Backfill Backfill { get; set; } = backfill;

        public Queue<TimeRange> Left => left;

        public HashSet<string> Under { get; } = new(StringComparer.Ordinal);
    }
}
