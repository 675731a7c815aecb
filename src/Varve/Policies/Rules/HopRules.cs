using System.Globalization;
using NodaTime;

namespace Varve.Policies;

/// <summary>Hops of one attribute lead on: each later than the one before it, to another place, and before the rows go.</summary>
internal static class HopRules
{
    internal static void Check(Policy policy, List<Problem> problems)
    {
        for (var i = 0; i < policy.Relocate.Count; i++)
        {
            var (hop, path) = (policy.Relocate[i], string.Create(CultureInfo.InvariantCulture, $"relocate[{i}]"));
            var before = policy.Relocate.Take(i).LastOrDefault(h => h.To.Attribute == hop.To.Attribute);
            if (hop.After.IsForever)
                Add(path, "after", $"`{path}.after` cannot be forever. Write a duration such as 30d.");
            else if (hop.After.Longest == Duration.Zero)
                Add(path, "after", $"`{path}.after` cannot be 0s: nothing is over by then. Write a duration such as 30d.");
            else if (before is { After.IsForever: false } && hop.After.Shortest <= before.After.Longest)
                Add(
                    path,
                    "after",
                    $"Rows move to {hop.To.Text} after {hop.After.Text}, and not before that to {before.To.Text}, after {before.After.Text}. List the hops from the earliest to the latest."
                );
            else if (!policy.Keep.IsForever && hop.After.Longest >= policy.Keep.Shortest)
                Add(
                    path,
                    "after",
                    $"Rows would move to {hop.To.Text} after {hop.After.Text}, and they go after {policy.Keep.Text}. Move them earlier, or keep them longer."
                );
            if (before?.To == hop.To)
                Add(path, "to", $"Two hops in a row lead to {hop.To.Text}. Take one of them out.");
        }

        void Add(string path, string key, string message) => problems.Add(new(PolicyCodes.Hops, message) { Path = $"{path}.{key}" });
    }
}
