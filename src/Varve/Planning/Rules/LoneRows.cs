using NodaTime;
using Varve.Time;

namespace Varve.Planning;

/// <summary>A few rows of the source that lie alone, long before all others: a clock that was wrong, or a default date.</summary>
/// <param name="Rows">How many.</param>
/// <param name="Days">From the first of their days to the last.</param>
/// <param name="Next">The day on which the others begin.</param>
public sealed record LoneRows(long Rows, TimeRange Days, Instant Next)
{
    private const double MostShare = 0.01;
    private const long FewRows = 10;

    /// <summary>Rows that are nearer to the next ones than a year do not lie alone.</summary>
    internal static Duration LeastGap { get; } = Duration.FromDays(366);

    /// <summary>
    /// Those rows, at most ten or a hundredth of all, behind which there is a gap that is longer than a year and than all of the
    /// time from its end to the last row.
    /// </summary>
    /// <param name="days">Days with rows, in the order of time.</param>
    /// <returns>The groups of such rows, oldest first.</returns>
    public static IReadOnlyList<LoneRows> In(IReadOnlyList<DayRows> days)
    {
        ArgumentNullException.ThrowIfNull(days);
        List<LoneRows> alone = [];
        var (first, rows, before, all) = (0, 0L, 0L, days.Sum(d => d.Rows));
        for (var i = 0; i + 1 < days.Count; i++)
        {
            rows += days[i].Rows;
            before += days[i].Rows;
            var gap = days[i + 1].Day.From - days[i].Day.To;
            if (gap < LeastGap || gap < days[^1].Day.To - days[i + 1].Day.From || before > Math.Max(FewRows, all * MostShare))
                continue;
            alone.Add(new(rows, new(days[first].Day.From, days[i].Day.To), days[i + 1].Day.From));
            (first, rows) = (i + 1, 0);
        }

        return alone;
    }

    /// <summary>What is to be said of them.</summary>
    /// <param name="table">The table.</param>
    /// <returns>A sentence.</returns>
    public string Text(Policies.TableName table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var some = Rows == 1 ? "1 row" : FormattableString.Invariant($"{Rows:N0} rows");
        return $"{some} of {table.Text} {(Rows == 1 ? "lies" : "lie")} alone on {Range}, long before {InstantText.Format(Next)}, where the others begin";
    }

    private string Range =>
        Days.To - Days.From <= Duration.FromDays(1)
            ? InstantText.Format(Days.From)
            : $"days from {InstantText.Format(Days.From)} to {InstantText.Format(Days.To)}";
}
