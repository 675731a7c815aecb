using System.Collections.Concurrent;
using NodaTime;
using Varve.Server.Access;
using Varve.Server.Configuration;
using Varve.Server.Connections;
using Varve.Server.Home;

namespace Varve.Server.Quotas;

/// <summary>What each tenant may have and use, as it is declared now, and what is refused by it.</summary>
internal sealed class TenantQuotas(HomeDatabase home, ServerAudit audit, ConnectionSet connections, QuotaSettings declared) : IDisposable
{
    private readonly RemovedTable _table = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ConcurrentDictionary<string, (string Tenant, Instant Day, long Rows)> _removed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Tenant, string Quota), long> _refused = new();
    private QuotaSettings _declared = declared;

    /// <summary>Raised when other quotas are in force.</summary>
    public event Action? Changed;

    /// <summary>What is declared from now on.</summary>
    public void Declare(QuotaSettings settings)
    {
        Volatile.Write(ref _declared, settings);
        Changed?.Invoke();
    }

    /// <summary>How much a tenant may have; null: any amount.</summary>
    public QuotaLimit? Of(string tenant, Quota quota) => Volatile.Read(ref _declared).Of(tenant, quota);

    /// <summary>Whose a database is.</summary>
    public string TenantOf(string connection) =>
        connections.Find(Caller.Scheduler, connection)?.Setting.Tenant ?? ConnectionSetting.DefaultTenant;

    /// <summary>Every tenant that has a database or a quota of its own.</summary>
    public IReadOnlyList<string> Tenants =>
        [
            .. connections
                .All.Select(c => c.Setting.Tenant)
                .Concat(Volatile.Read(ref _declared).Tenants.Keys)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>How often something of a tenant was refused since the server started.</summary>
    public long Refused(string tenant, Quota quota) => _refused.GetValueOrDefault((tenant, quota.Key));

    /// <summary>Rows that runs of a tenant removed today, as far as this server has seen.</summary>
    public long RemovedToday(string tenant)
    {
        var day = RemovedRows.DayOf(home.Now());
        return _removed.Values.Where(r => r.Tenant == tenant && r.Day == day).Sum(r => r.Rows);
    }

    /// <summary>Takes up from the home what runs removed today.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var day = RemovedRows.DayOf(home.Now());
        var stored = await home.AloneAsync((s, token) => _table.OfDayAsync(s, day, token), cancellationToken);
        foreach (var old in _removed.Where(r => r.Value.Day < day).Select(r => r.Key).ToList())
            _removed.TryRemove(old, out _);
        foreach (var (run, tenant, rows) in stored)
            _removed[run] = (tenant, day, rows);
    }

    /// <summary>Takes up what a run that has ended removed.</summary>
    public void Take(ServerRun run)
    {
        if (run.Removed is { } removed)
            _removed[run.Id] = (removed.Tenant, removed.Day, removed.Rows);
    }

    /// <summary>
    /// Lets a run remove rows today, or not. What it may remove is written down before it goes, so that neither a kill nor
    /// another run beside it makes it more than what is allowed.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="asked">What it would have removed today, with what would go now.</param>
    /// <param name="rows">What would go now.</param>
    /// <param name="isFirst">False where it is known already that this run was refused.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null where the rows may go; otherwise why they stay, and until when.</returns>
    /// <exception cref="EngineException">The home does not answer, or another server leads.</exception>
    public async Task<string?> AllowAsync(ServerRun run, RemovedRows asked, long rows, bool isFirst, CancellationToken cancellationToken)
    {
        var reason = await home.LeadAsync(
            async (statements, token) =>
            {
                if (Of(asked.Tenant, Quota.Rows) is { } limit)
                {
                    var used = (await _table.OfDayAsync(statements, asked.Day, token))
                        .Where(r => r.Tenant == asked.Tenant && r.Run != run.Id)
                        .Sum(r => r.Rows);
                    used += asked.Rows - rows;
                    if (used + rows > limit.Value)
                    {
                        if (isFirst)
                            await audit.AppendAsync(
                                statements,
                                Caller.Scheduler with
                                {
                                    Tenant = asked.Tenant,
                                },
                                QuotaRefusal.Action,
                                $"{run.Connection}/{run.Policy}",
                                QuotaRefusal.Facts(Quota.Rows, limit, used, rows, run.Id),
                                token
                            );
                        return QuotaRefusal.OfRows(asked.Tenant, limit, used, rows, asked.Day);
                    }
                }

                await _table.SaveAsync(statements, run.Id, asked, token);
                return null;
            },
            cancellationToken
        );
        if (reason is null)
            _removed[run.Id] = (asked.Tenant, asked.Day, asked.Rows);
        else
            Count(asked.Tenant, Quota.Rows);
        return reason;
    }

    /// <summary>Refuses what would make something of a tenant more than it may have; what it has stays.</summary>
    /// <exception cref="PolicyException">It would.</exception>
    public async Task RequireAsync(
        Caller caller,
        string tenant,
        Quota quota,
        long before,
        long after,
        string target,
        CancellationToken cancellationToken
    )
    {
        if (after <= before || Of(tenant, quota) is not { } limit || after <= limit.Value)
            return;
        Count(tenant, quota);
        await audit.AppendAsync(
            caller with
            {
                Tenant = tenant,
            },
            QuotaRefusal.Action,
            target,
            QuotaRefusal.Facts(quota, limit, before, after - before, null),
            cancellationToken
        );
        throw QuotaRefusal.Of(tenant, quota, limit, before, after);
    }

    /// <summary>Counts what was refused.</summary>
    public void Count(string tenant, Quota quota)
    {
        _refused.AddOrUpdate((tenant, quota.Key), 1, (_, before) => before + 1);
        ServerTelemetry.Refused(tenant, quota.Key);
    }

    /// <summary>True where what a tenant stores is counted.</summary>
    public bool CountsWhatIsStored(string tenant) => Of(tenant, Quota.Policies) is not null || Of(tenant, Quota.Schedules) is not null;

    /// <summary>
    /// A turn until it is disposed of: one stores after the other, so that two at once do not both take the last place. Null
    /// where nothing is counted.
    /// </summary>
    public async Task<IDisposable?> TurnAsync(string tenant, CancellationToken cancellationToken)
    {
        if (!CountsWhatIsStored(tenant))
            return null;
        await _turn.WaitAsync(cancellationToken);
        return new Turn(_turn);
    }

    public void Dispose() => _turn.Dispose();

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
