namespace Varve.Policies;

/// <summary>Finds what was probably meant.</summary>
internal static class Suggestions
{
    private const int MostShown = 3;

    /// <summary>The candidates that a slip of the keyboard leads to, the nearest first; at most three.</summary>
    internal static IReadOnlyList<string> To(string written, IEnumerable<string> candidates)
    {
        var allowed = Math.Max(1, written.Length / 3);
        return
        [
            .. candidates
                .Distinct(StringComparer.Ordinal)
                .Select(c => (Name: c, Far: Distance(written.ToUpperInvariant(), c.ToUpperInvariant())))
                .Where(c => c.Far <= allowed)
                .OrderBy(c => c.Far)
                .ThenBy(c => c.Name, StringComparer.Ordinal)
                .Take(MostShown)
                .Select(c => c.Name),
        ];
    }

    /// <summary>A sentence with the nearest candidate, or with all of them where none is near.</summary>
    internal static string Hint(string written, IReadOnlyList<string> candidates) =>
        To(written, candidates) switch
        {
            [var best, ..] => $"Did you mean `{best}`?",
            _ => $"There are {Listed(candidates)}.",
        };

    /// <summary>Names in backquotes, with commas.</summary>
    internal static string Listed(IEnumerable<string> names) => string.Join(", ", names.Select(n => $"`{n}`"));

    // Levenshtein, with two neighbours that changed places as one slip.
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var swap = a[i - 1] == b[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + swap);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[a.Length, b.Length];
    }
}
