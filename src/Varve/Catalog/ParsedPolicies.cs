using System.Collections.Concurrent;
using Varve.Policies;

namespace Varve.Catalog;

/// <summary>
/// Policies by the text that they are stored as. A catalog of thousands is read at every turn and changes seldom, and a text
/// never means another policy.
/// </summary>
internal static class ParsedPolicies
{
    // Some megabytes of policies at most, whatever comes and goes in a process that lives for months.
    private const int Most = 20_000;

    private static readonly ConcurrentDictionary<string, Policy> s_all = new(StringComparer.Ordinal);

    /// <summary>The policy of a stored document.</summary>
    public static Policy Read(string document)
    {
        if (s_all.TryGetValue(document, out var known))
            return known;
        if (s_all.Count >= Most)
            s_all.Clear();
        return s_all[document] = PolicyJson.Read(document);
    }
}
