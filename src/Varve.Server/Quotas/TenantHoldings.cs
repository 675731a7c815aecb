using Varve.Policies;
using Varve.Server.Access;
using Varve.Server.Connections;
using Varve.Server.Home;
using Varve.Server.Scheduling;

namespace Varve.Server.Quotas;

/// <summary>
/// What tenants have stored: counted exactly where something is stored, and in their other databases as they were looked at
/// last.
/// </summary>
internal sealed class TenantHoldings(ConnectionSet connections, ScheduleKeeper keeper, TenantQuotas quotas)
{
    /// <summary>Policies and patterns of a tenant.</summary>
    public long Policies(string tenant) => connections.All.Where(c => c.Setting.Tenant == tenant).Sum(c => (long)c.Policies);

    /// <summary>Schedules of a tenant, of policies, patterns and queries.</summary>
    public long Schedules(string tenant) => Schedules(tenant, _ => true);

    /// <summary>Looks whether policies may be stored.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="connection">Where.</param>
    /// <param name="lifecycle">What is stored there.</param>
    /// <param name="documents">What is to be.</param>
    /// <param name="prune">True: what is stored and not among them goes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="PolicyException">The tenant would have more than it may.</exception>
    public async Task RequireAsync(
        Caller caller,
        ServerConnection connection,
        Lifecycle lifecycle,
        IReadOnlyList<PolicyDocument> documents,
        bool prune,
        CancellationToken cancellationToken
    )
    {
        var tenant = connection.Setting.Tenant;
        if (!quotas.CountsWhatIsStored(tenant))
            return;
        var stored = await SchedulerService.StoredAsync(lifecycle, cancellationToken);
        var names = documents.Select(d => d.Policy.Name).ToHashSet(StringComparer.Ordinal);
        var before = stored.Select(s => s.Policy).ToList();
        List<Policy> after = [.. prune ? [] : before.Where(p => !names.Contains(p.Name)), .. documents.Select(d => d.Policy)];
        var (policies, schedules) = (
            Policies(tenant) - connection.Policies,
            Schedules(tenant, k => k.Connection != connection.Name || k.IsQuery)
        );
        foreach (
            var (quota, had, would) in new[]
            {
                (Quota.Policies, policies + before.Count, policies + after.Count),
                (Quota.Schedules, schedules + Scheduled(before), schedules + Scheduled(after)),
            }
        )
            await quotas.RequireAsync(caller, tenant, quota, had, would, connection.Name, cancellationToken);
    }

    /// <summary>Looks whether one more schedule may be stored.</summary>
    /// <exception cref="PolicyException">The tenant would have more than it may.</exception>
    public Task RequireAsync(Caller caller, ServerConnection connection, ScheduleKey key, CancellationToken cancellationToken)
    {
        var tenant = connection.Setting.Tenant;
        return quotas.RequireAsync(
            caller,
            tenant,
            Quota.Schedules,
            Schedules(tenant),
            Schedules(tenant, k => k != key) + 1,
            key.ToString(),
            cancellationToken
        );
    }

    private static int Scheduled(IEnumerable<Policy> policies) => policies.Count(p => p.Schedule is not null);

    private long Schedules(string tenant, Func<ScheduleKey, bool> counts) =>
        keeper.All.LongCount(v => counts(v.State.Key) && quotas.TenantOf(v.State.Key.Connection) == tenant);
}
