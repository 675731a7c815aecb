using NodaTime;
using Varve.Time;

namespace Varve.Planning;

/// <summary>How many buckets lie between two boundaries, without looking at each.</summary>
internal static class BucketCount
{
    /// <summary>The buckets of a finite range between two boundaries of a tier.</summary>
    public static double Buckets(this TierLayout tier, TimeRange range) =>
        range.IsEmpty
            ? 0
            : tier.Grid.Width switch
            {
                Width.Calendar { Months: { } months } => (double)(
                    Months(tier.Grid.LabelOf(range.To)) - Months(tier.Grid.LabelOf(range.From))
                ) / months,
                Width.Calendar width => (double)Period.DaysBetween(tier.Grid.LabelOf(range.From), tier.Grid.LabelOf(range.To))
                    / (width.Unit == CalendarUnit.Week ? 7 : 1),
                var width => (range.To - range.From) / width.Longest,
            };

    /// <summary>The buckets of every range of a set.</summary>
    public static double Buckets(this TierLayout tier, RangeSet set) => set.Sum(tier.Buckets);

    private static int Months(LocalDate label) => (label.Year * 12) + label.Month;
}
