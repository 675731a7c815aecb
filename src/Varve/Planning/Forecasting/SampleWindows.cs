using NodaTime;
using Varve.Time;

namespace Varve.Planning;

/// <summary>Where a forecast measures: windows and bins, from what was seen of a table. Pure.</summary>
internal static class SampleWindows
{
    /// <summary>Sampled rows at most: a roll-up of so many takes a moment.</summary>
    private const double MostSampled = 2e6;

    /// <summary>Bins of one relation at most.</summary>
    private const int MostBins = 1000;

    // Four weeks: whole weeks have as many Mondays as Sundays.
    private static readonly Duration s_longest = Duration.FromDays(28);

    private static readonly long[] s_minutes = [1, 5, 15, 60, 180, 360, 720, 1440];

    /// <summary>
    /// Up to the planning instant: four weeks; where there is less, whole weeks, else whole days, else all. Empty where rows have
    /// fewer than two instants.
    /// </summary>
    public static TimeRange Recent(TableState state, Instant asOf)
    {
        if (state.First is not { } first || state.Last is not { } last || last <= first)
            return new(asOf, asOf);
        return new(asOf - Rounded(asOf - first), asOf);
    }

    /// <summary>The newest whole buckets of a tier that has rows, four weeks of them or at least one.</summary>
    public static TimeRange Recent(TierLayout tier, Instant first, Instant end)
    {
        var from = Instant.Max(tier.Grid.Floor(end - s_longest), tier.Grid.Floor(first));
        return new(Instant.Min(from, end), end);
    }

    /// <summary>
    /// Where rows of the source are counted for a tier that has none: the newest whole buckets, or all of a window that holds
    /// none.
    /// </summary>
    public static TimeRange Sample(TierLayout tier, TimeRange extent, long rows)
    {
        var span = extent.To - extent.From;
        var length = Duration.Min(Duration.Min(span, s_longest), span * Math.Min(1, MostSampled / Math.Max(1, rows)));
        var whole = tier.Grid.Floor(extent.To);
        var from = tier.Grid.Ceiling(Instant.Max(whole - length, extent.From));
        return from < whole ? new(from, whole) : new(extent.To - length, extent.To);
    }

    /// <summary>The bins in which the rows of the source are counted: minutes to days and more, at most a thousand.</summary>
    public static Grid Bins(Instant first, Instant last)
    {
        var minutes = (long)Math.Ceiling((last - first).TotalMinutes / MostBins);
        var rung = s_minutes.FirstOrDefault(m => m >= minutes, (minutes + 1439) / 1440 * 1440);
        return Grid.Fixed(new Width.Fixed(rung * 60_000), NodaConstants.UnixEpoch);
    }

    /// <summary>
    /// The bins in which the rows of a tier are counted: some buckets each; null for single ones, as those of the calendar are.
    /// </summary>
    public static Grid? Bins(TierLayout tier, Instant first, Instant end)
    {
        if (tier.Grid.Width is not Width.Fixed width)
            return null;
        var buckets = (long)Math.Ceiling((end - first) / width.Longest / MostBins);
        return buckets <= 1 ? null : Grid.Fixed(new Width.Fixed(width.Milliseconds * buckets), tier.Grid.Floor(first));
    }

    private static Duration Rounded(Duration span) =>
        span >= s_longest ? s_longest
        : span >= Duration.FromDays(7) ? Duration.FromDays(Math.Floor(span.TotalDays / 7) * 7)
        : span >= Duration.FromDays(1) ? Duration.FromDays(Math.Floor(span.TotalDays))
        : span;
}
