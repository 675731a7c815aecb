using Varve.Policies;
using Varve.Queries;

namespace Varve.Server.Queries;

/// <summary>What differs between two revisions of a query, key by key.</summary>
internal static class QueryDifferences
{
    internal static IReadOnlyList<PolicyDifference> Between(RecurrentQuery? before, RecurrentQuery after)
    {
        if (before is null)
            return [];
        var (old, now) = (Values(before), Values(after));
        return [.. now.Where(n => old[n.Key] != n.Value).Select(n => new PolicyDifference(n.Key, old[n.Key], n.Value))];
    }

    private static Dictionary<string, string?> Values(RecurrentQuery q) =>
        new(StringComparer.Ordinal)
        {
            ["sql"] = q.Sql.Text.Trim(),
            ["schedule"] = q.Schedule.Text,
            ["schedule.jitter"] = q.Schedule.Jitter?.Text,
            ["schedule.pause_after"] = q.Schedule.PauseAfter?.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["schedule.expect_within"] = q.Schedule.ExpectWithin?.Text,
            ["zone"] = q.Schedule.Zone ?? q.Zone,
            ["start_date"] = q.Start?.Text,
            ["end_date"] = q.End?.Text,
            ["catchup"] = q.Catchup.ToString().ToLowerInvariant(),
            ["retries"] = q.Retries.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["timeout"] = q.Timeout.Text,
            ["into"] = q.Into?.Text,
            ["write"] = q.Write.ToString().ToLowerInvariant(),
            ["time"] = q.Time,
            ["tags"] = q.Tags.Count == 0 ? null : string.Join(", ", q.Tags),
        };
}
