using System.Globalization;
using System.Threading.RateLimiting;
using Varve.Server.Access;
using Varve.Server.Api;

namespace Varve.Server.Quotas;

/// <summary>How many requests a second a tenant may send, with all its tokens and sessions together.</summary>
internal sealed class TenantRate(TenantQuotas quotas) : IAsyncDisposable
{
    /// <summary>So many seconds' worth may come at once.</summary>
    internal const int Burst = 4;

    private readonly PartitionedRateLimiter<(string Tenant, int Rate)> _limiter = PartitionedRateLimiter.Create<
        (string Tenant, int Rate),
        (string, int)
    >(key =>
        RateLimitPartition.GetTokenBucketLimiter(
            key,
            _ =>
                new()
                {
                    TokenLimit = key.Rate * Burst,
                    TokensPerPeriod = key.Rate,
                    ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                    QueueLimit = 0,
                }
        )
    );

    /// <summary>Lets a request on, or answers that there are too many.</summary>
    public async Task PassAsync(HttpContext context, RequestDelegate next)
    {
        // Whoever is of all tenants keeps the server, and nobody's quota is theirs.
        if (
            context.CallerOrNull() is not { Tenant: not Caller.AllTenants and var tenant }
            || context.GetEndpoint()?.Metadata.GetMetadata<Need>() is not { IsOpen: false }
            || quotas.Of(tenant, Quota.Requests) is not { } limit
        )
        {
            await next(context);
            return;
        }

        using var lease = _limiter.AttemptAcquire((tenant, (int)limit.Value));
        if (lease.IsAcquired)
        {
            await next(context);
            return;
        }

        quotas.Count(tenant, Quota.Requests);
        await Problems.WriteAsync(
            context,
            new PolicyException(
                ServerCodes.TooFast,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The tenant {tenant} may send {limit.Value:N0} requests a second ({QuotaRefusal.Where(tenant, Quota.Requests, limit)}), with all its tokens and sessions together. Send fewer, and wait for as long as Retry-After says."
                )
            )
        );
    }

    public ValueTask DisposeAsync() => _limiter.DisposeAsync();
}
