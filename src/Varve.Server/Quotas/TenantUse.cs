using NodaTime;
using Varve.Server.Access;
using Varve.Server.Connections;
using Varve.Server.Home;

namespace Varve.Server.Quotas;

/// <summary>What tenants have and use, as the home says now: every server of it says the same.</summary>
internal sealed class TenantUse(HomeDatabase home, RunTable runs, ConnectionSet connections, TenantQuotas quotas, TenantHoldings holdings)
{
    private readonly RemovedTable _removed = new();

    /// <summary>The tenants that a caller may know of, by name.</summary>
    public async Task<IReadOnlyList<TenantShape>> OfAsync(Caller caller, CancellationToken cancellationToken)
    {
        var now = home.Now();
        var open = await runs.OpenAsync(cancellationToken);
        var removed = await home.AloneAsync((s, token) => _removed.OfDayAsync(s, RemovedRows.DayOf(now), token), cancellationToken);
        return
        [
            .. quotas
                .Tenants.Append(caller.Tenant)
                .Distinct(StringComparer.Ordinal)
                .Where(t => t != Caller.AllTenants && caller.Sees(t))
                .Order(StringComparer.Ordinal)
                .Select(tenant =>
                {
                    var ours = open.Where(r => quotas.TenantOf(r.Connection) == tenant).ToList();
                    return new TenantShape(
                        tenant,
                        [.. connections.All.Where(c => c.Setting.Tenant == tenant).Select(c => c.Name)],
                        ours.Count(r => r.State == RunState.Queued),
                        [
                            Of(tenant, Quota.Runs, ours.Count(r => r.State == RunState.Running), null),
                            Of(tenant, Quota.Rows, removed.Where(r => r.Tenant == tenant).Sum(r => r.Rows), RemovedRows.EndOf(now)),
                            Of(tenant, Quota.Schedules, holdings.Schedules(tenant), null),
                            Of(tenant, Quota.Policies, holdings.Policies(tenant), null),
                            Of(tenant, Quota.Requests, null, null),
                        ]
                    );
                }),
        ];
    }

    private QuotaShape Of(string tenant, Quota quota, long? used, Instant? until)
    {
        var limit = quotas.Of(tenant, quota);
        return new(
            quota.Key,
            limit?.Value,
            limit is null ? null : QuotaRefusal.Where(tenant, quota, limit),
            used,
            until,
            quotas.Refused(tenant, quota)
        );
    }
}

/// <summary>What a tenant has and uses.</summary>
/// <param name="Tenant">Its name.</param>
/// <param name="Connections">Its databases.</param>
/// <param name="RunsWaiting">Its runs that wait for their turn.</param>
/// <param name="Quotas">What is counted.</param>
internal sealed record TenantShape(string Tenant, IReadOnlyList<string> Connections, int RunsWaiting, IReadOnlyList<QuotaShape> Quotas);

/// <summary>How much of something a tenant may have, and has.</summary>
/// <param name="Quota">The key of the configuration.</param>
/// <param name="Limit">How much it may have; null for any amount.</param>
/// <param name="From">Where that is declared; null where it is not.</param>
/// <param name="Used">How much it has; null for requests, which are counted only where they are refused.</param>
/// <param name="Until">When it is counted anew; null where it is not.</param>
/// <param name="Refused">How often this server refused more, since it started.</param>
internal sealed record QuotaShape(string Quota, long? Limit, string? From, long? Used, Instant? Until, long Refused);

/// <summary>Tenants.</summary>
internal sealed record TenantsShape(IReadOnlyList<TenantShape> Tenants);
