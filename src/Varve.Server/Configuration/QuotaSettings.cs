using Varve.Server.Quotas;

namespace Varve.Server.Configuration;

/// <summary>What each tenant may have and use.</summary>
/// <param name="Default">By key, for every tenant.</param>
/// <param name="Tenants">By tenant and key; what stands here comes before what is for every one.</param>
internal sealed record QuotaSettings(
    IReadOnlyDictionary<string, long> Default,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Tenants
)
{
    internal static QuotaSettings None { get; } =
        new(new Dictionary<string, long>(), new Dictionary<string, IReadOnlyDictionary<string, long>>());

    private static readonly string[] s_keys = [.. Quota.All.Select(q => q.Key)];

    /// <summary>How much a tenant may have; null: any amount.</summary>
    internal QuotaLimit? Of(string tenant, Quota quota) =>
        Tenants.TryGetValue(tenant, out var own) && own.TryGetValue(quota.Key, out var value) ? new(value, IsOwn: true)
        : Default.TryGetValue(quota.Key, out var general) ? new(general, IsOwn: false)
        : null;

    /// <summary>What is under <c>quotas</c>.</summary>
    internal static QuotaSettings Read(ConfigKeys file)
    {
        if (file.Under("quotas", "default", "tenants") is not { } quotas)
            return None;
        Dictionary<string, IReadOnlyDictionary<string, long>> tenants = new(StringComparer.Ordinal);
        foreach (var (tenant, keys) in quotas.Each("tenants", s_keys))
        {
            if (ServeFile.NameProblem(tenant) is { } wrong)
                keys.Wrong(null, wrong);
            tenants[tenant] = Amounts(keys);
        }

        return new(quotas.Under("default", s_keys) is { } general ? Amounts(general) : new Dictionary<string, long>(), tenants);
    }

    private static IReadOnlyDictionary<string, long> Amounts(ConfigKeys keys) =>
        Quota
            .All.Select(q => (q.Key, Amount: keys.Amount(q.Key, q.Least, q.Most)))
            .Where(q => q.Amount is not null)
            .ToDictionary(q => q.Key, q => q.Amount!.Value, StringComparer.Ordinal);
}
