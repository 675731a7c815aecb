using NodaTime;
using Varve.Time;

namespace Varve.Policies;

/// <summary>Rules about single values; a file cannot break most of them, a policy made in code can.</summary>
internal static class ValueRules
{
    internal static void Check(Policy policy, List<Problem> problems)
    {
        Stays(policy.Keep, "keep", problems);
        for (var i = 0; i < policy.Tiers.Count; i++)
            Stays(policy.Tiers[i].Keep, TierNames.Path(i, "keep"), problems);
        Span(policy.Late, "late", mayBeNothing: true, problems);
        Span(policy.Recheck, "recheck", mayBeNothing: true, problems);
        Span(policy.Interval, "interval", mayBeNothing: false, problems);
        if (policy.MinCoverage is not (>= 0 and <= 1))
        {
            problems.Add(
                Wrong(
                    "min_coverage",
                    string.Create(
                        System.Globalization.CultureInfo.InvariantCulture,
                        $"`min_coverage` is {policy.MinCoverage}. Write a share from 0 to 1."
                    )
                )
            );
        }
        else if (policy is { MinCoverage: > 0, Interval: null })
        {
            problems.Add(
                new(
                    PolicyCodes.NoInterval,
                    string.Create(
                        System.Globalization.CultureInfo.InvariantCulture,
                        $"`min_coverage: {policy.MinCoverage}` needs `interval`: without it nobody knows how many values a bucket should have. Add interval: 10s, or what the source does."
                    )
                )
                {
                    Path = "min_coverage",
                }
            );
        }
    }

    private static void Stays(Keep keep, string path, List<Problem> problems)
    {
        if (keep.Longest == Duration.Zero)
            problems.Add(Wrong(path, $"`{path}: {keep.Text}` would keep nothing at all. Write at least 1s."));
    }

    private static void Span(Keep? span, string path, bool mayBeNothing, List<Problem> problems)
    {
        if (span is { IsForever: true })
            problems.Add(Wrong(path, $"`{path}` cannot be forever. Write a duration such as 2h."));
        else if (span is not null && !mayBeNothing && span.Longest == Duration.Zero)
            problems.Add(Wrong(path, $"`{path}` cannot be 0s. Write a duration such as 10s, or take the key out."));
    }

    private static Problem Wrong(string path, string message) => new(PolicyCodes.WrongValue, message) { Path = path };
}
