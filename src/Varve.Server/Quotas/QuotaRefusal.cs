using System.Globalization;
using System.Text.Json.Nodes;
using NodaTime;
using Varve.Server.Home;
using Varve.Time;

namespace Varve.Server.Quotas;

/// <summary>What is said, and written down, where a quota refuses something.</summary>
internal static class QuotaRefusal
{
    /// <summary>The entry of the audit log.</summary>
    internal const string Action = "quota.refused";

    /// <summary>Why rows stay, and until when.</summary>
    internal static string OfRows(string tenant, QuotaLimit limit, long used, long rows, Instant day)
    {
        var until = InstantText.Format(RemovedRows.EndOf(day));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"it would remove {rows:N0} rows, and the runs of the tenant {tenant} may remove {limit.Value:N0} a day ({Where(tenant, Quota.Rows, limit)}), of which {used:N0} went since {InstantText.Format(day)}. They stay, whole; {(rows > limit.Value ? "no day allows so many, so they stay until that is raised" : $"a run from {until} on removes them")}."
        );
    }

    /// <summary>Why something is not stored.</summary>
    internal static PolicyException Of(string tenant, Quota quota, QuotaLimit limit, long before, long after) =>
        new(
            ServerCodes.OverQuota,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The tenant {tenant} may have {limit.Value:N0} {quota.Name} ({Where(tenant, quota, limit)}) and has {before:N0}; this would make it {after:N0}. Nothing was stored. Take some out, or ask whoever runs the server for more."
            )
        );

    /// <summary>Where it is declared.</summary>
    internal static string Where(string tenant, Quota quota, QuotaLimit limit) =>
        $"quotas.{(limit.IsOwn ? $"tenants.{tenant}" : "default")}.{quota.Key}";

    /// <summary>The same as facts.</summary>
    internal static JsonObject Facts(Quota quota, QuotaLimit limit, long used, long more, string? run)
    {
        var facts = new JsonObject
        {
            ["quota"] = quota.Key,
            ["limit"] = limit.Value,
            ["used"] = used,
            ["more"] = more,
        };
        if (run is not null)
            facts["run"] = run;
        return facts;
    }
}
