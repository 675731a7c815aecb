using System.Collections.Concurrent;
using NodaTime;

namespace Varve.Time;

/// <summary>How long so many months of the calendar can be: the calendar is the same again after 400 years.</summary>
internal static class MonthLengths
{
    private const int MonthsOf400Years = 4_800;

    private static readonly ConcurrentDictionary<int, IReadOnlyList<Duration>> s_known = new();

    /// <summary>The lengths of that many whole months, the shortest first.</summary>
    internal static IReadOnlyList<Duration> Of(int months) =>
        s_known.GetOrAdd(
            months,
            _ =>
                [
                    .. Enumerable
                        .Range(0, MonthsOf400Years / months)
                        .Select(bucket => bucket * months)
                        .Select(first => CivilDay.OfMonth(first + months) - CivilDay.OfMonth(first))
                        .Distinct()
                        .Order()
                        .Select(days => Duration.FromDays(days)),
                ]
        );
}
