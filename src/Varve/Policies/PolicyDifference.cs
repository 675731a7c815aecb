using System.Text.Json.Nodes;

namespace Varve.Policies;

/// <summary>One thing that two texts of a policy say differently.</summary>
/// <param name="Path">The key: <c>keep</c>, <c>tiers.1h.keep</c>, <c>measures.v.functions</c>.</param>
/// <param name="Before">What the first says; null where it leaves it at its default.</param>
/// <param name="After">What the second says; null where it leaves it at its default.</param>
public sealed record PolicyDifference(string Path, string? Before, string? After)
{
    /// <summary>Everything in which two policies differ, in the order of the keys; tiers and measures are matched by their names.</summary>
    public static IReadOnlyList<PolicyDifference> Between(Policy before, Policy after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var (one, other) = (Keys(before), Keys(after));
        return
        [
            .. from path in one.Keys.Union(other.Keys, StringComparer.Ordinal)
            let was = one.GetValueOrDefault(path)
            let now = other.GetValueOrDefault(path)
            where was != now
            select new PolicyDifference(path, was, now),
        ];
    }

    private static Dictionary<string, string> Keys(Policy policy)
    {
        Dictionary<string, string> keys = new(StringComparer.Ordinal);
        Add(keys, "", JsonNode.Parse(PolicyJson.Canonical(policy))!);
        return keys;
    }

    private static void Add(Dictionary<string, string> keys, string path, JsonNode node)
    {
        switch (node)
        {
            case JsonObject all:
                foreach (var (key, value) in all)
                    Add(keys, path.Length == 0 ? key : $"{path}.{key}", value!);
                break;
            case JsonArray { Count: > 0 } list when list[0] is JsonObject:
                foreach (var item in list.OfType<JsonObject>())
                    Add(keys, $"{path}.{item["name"] ?? item["every"] ?? item["to"]}", item);
                break;
            case JsonArray list:
                keys[path] = $"[{string.Join(", ", list)}]";
                break;
            default:
                keys[path] = node.ToString();
                break;
        }
    }
}
