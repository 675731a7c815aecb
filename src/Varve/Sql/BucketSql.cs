using NodaTime;
using Varve.Planning;
using Varve.Time;

namespace Varve.Sql;

/// <summary>
/// Buckets by integer arithmetic: the boundaries of a range are NodaTime's, written as runs of equally long buckets, so
/// that no engine's own zone data decides where a row belongs. Of centuries of months a run is those that one clock shows, and
/// the engine's calendar, which has no zone, finds the month.
/// </summary>
internal static class BucketSql
{
    /// <summary>The first microsecond of the bucket that holds a microsecond of the range.</summary>
    public static SqlText Start(Dialect dialect, Grid grid, TimeRange range, SqlText micros)
    {
        var arms = Arms(dialect, grid, range);
        return Choose(
            arms,
            micros,
            End,
            arm =>
            {
                if (arm.Stretch is BucketStretch.Civil civil)
                {
                    var into = MonthsInto(dialect, civil, micros);
                    return MonthStart(dialect, civil, civil.Months == 1 ? into : dialect.FloorTo(into, civil.Months));
                }

                var run = Run(arm);

                // Beyond what is known the last buckets go on as they were.
                if (run.Count == 1 && arm != arms[0] && arm != arms[^1])
                    return $"{Time.Micros.From(run.Start)}";
                var width = Micros(run.Width);
                var phase = FloorMod(Time.Micros.From(run.Start), width);
                return phase == 0 ? dialect.FloorTo(micros, width) : $"({dialect.FloorTo($"({micros} - {phase})", width)} + {phase})";
            }
        );
    }

    /// <summary>
    /// Whether the buckets of a range can be numbered: a row of the year 1 beside one of today is too far away for short ones.
    /// </summary>
    public static bool AreNumbered(Grid grid, TimeRange range) => grid.Stretches(range).Sum(s => s.Count) <= int.MaxValue;

    /// <summary>
    /// The number of the bucket, from 0 at the start of a bounded range whose buckets can be numbered: an INTEGER, which
    /// engines group by faster than by a time.
    /// </summary>
    public static SqlText Number(Dialect dialect, Grid grid, TimeRange range, SqlText micros) =>
        Choose(
            Arms(dialect, grid, range),
            micros,
            End,
            arm =>
            {
                if (arm.Stretch.Count == 1)
                    return $"{arm.First}";
                var number = arm.Stretch is BucketStretch.Civil civil
                    ? dialect.Quotient(MonthsInto(dialect, civil, micros), civil.Months)
                    : dialect.Quotient($"({micros} - {Time.Micros.From(arm.Stretch.Start)})", Micros(Run(arm).Width));
                return arm.First == 0 ? number : $"({arm.First} + {number})";
            }
        );

    /// <summary>The first microsecond of the bucket with that number.</summary>
    public static SqlText StartOf(Dialect dialect, Grid grid, TimeRange range, SqlText number) =>
        Choose(
            Arms(dialect, grid, range),
            number,
            EndNumber,
            arm =>
            {
                if (arm.Stretch.Count == 1)
                    return $"CAST({Time.Micros.From(arm.Stretch.Start)} AS BIGINT)";
                if (arm.Stretch is BucketStretch.Civil civil)
                    return MonthStart(dialect, civil, $"({number} - {arm.First}) * {civil.Months}");
                return $"({Time.Micros.From(arm.Stretch.Start)} + (CAST({number} AS BIGINT) - {arm.First}) * {Micros(Run(arm).Width)})";
            }
        );

    /// <summary>A number that follows from the length of the bucket with that number.</summary>
    public static SqlText OfEachNumber(Dialect dialect, Grid grid, TimeRange range, SqlText bucket, Func<Duration, long> number) =>
        Choose(
            Arms(dialect, grid, range),
            bucket,
            EndNumber,
            arm => OfLength(dialect, arm, civil => $"({bucket} - {arm.First}) * {civil.Months}", number)
        );

    /// <summary>A number that follows from the length of the bucket that starts at a microsecond of the range.</summary>
    public static SqlText OfEach(Dialect dialect, Grid grid, TimeRange range, SqlText start, Func<Duration, long> number) =>
        Choose(Arms(dialect, grid, range), start, End, arm => OfLength(dialect, arm, civil => MonthsInto(dialect, civil, start), number));

    /// <summary>How many months after the first one of a stretch a microsecond of it is.</summary>
    private static SqlText MonthsInto(Dialect dialect, BucketStretch.Civil civil, SqlText micros) =>
        $"({dialect.MonthOf($"({micros} + {Micros(civil.Offset)})")} - {civil.First})";

    /// <summary>The start of the bucket that begins so many months after the first one of a stretch.</summary>
    private static SqlText MonthStart(Dialect dialect, BucketStretch.Civil civil, SqlText months) =>
        $"({dialect.StartOfMonth($"({civil.First} + {months})")} - {Micros(civil.Offset)})";

    private static SqlText OfLength(Dialect dialect, Arm arm, Func<BucketStretch.Civil, SqlText> into, Func<Duration, long> number)
    {
        if (arm.Stretch is not BucketStretch.Civil civil)
            return $"{number(Run(arm).Width)}";
        var months = into(civil);
        var length = (SqlText)
            $"{dialect.StartOfMonth($"({civil.First + civil.Months} + {months})")} - {dialect.StartOfMonth($"({civil.First} + {months})")}";
        var lengths = civil.Lengths();
        var others = SqlText.Join("", lengths.Skip(1).Select(l => (SqlText)$" WHEN {Micros(l)} THEN {number(l)}"));
        return $"CASE {length}{others} ELSE {number(lengths[0])} END";
    }

    /// <summary>
    /// The arm of the run that a value is in, found by halving: the text is as long as there are runs, and of a thousand of
    /// them ten are looked at for a row. An arm has the value in it, so a value must be a name or as short as one.
    /// </summary>
    private static SqlText Choose<T>(IReadOnlyList<T> runs, SqlText value, Func<T, long> end, Func<T, SqlText> arm)
    {
        if (runs.Count == 0)
            return $"CAST(NULL AS BIGINT)";
        List<SqlText> parts = [];
        Halve(parts, runs, 0, runs.Count, value, end, arm);
        return SqlText.Join("", parts);
    }

    private static void Halve<T>(
        List<SqlText> parts,
        IReadOnlyList<T> runs,
        int first,
        int after,
        SqlText value,
        Func<T, long> end,
        Func<T, SqlText> arm
    )
    {
        if (after - first == 1)
        {
            parts.Add(arm(runs[first]));
            return;
        }

        var half = first + ((after - first) / 2);
        parts.Add($"CASE WHEN {value} < {end(runs[half - 1])} THEN ");
        Halve(parts, runs, first, half, value, end, arm);
        parts.Add($" ELSE ");
        Halve(parts, runs, half, after, value, end, arm);
        parts.Add($" END");
    }

    private static long End(Arm arm) => Time.Micros.From(arm.Stretch.End);

    private static long EndNumber(Arm arm) => arm.First + arm.Stretch.Count;

    private static BucketRun Run(Arm arm) => ((BucketStretch.Even)arm.Stretch).Run;

    /// <summary>The stretches with the number of the first bucket of each; the runs, where the engine has no months.</summary>
    private static List<Arm> Arms(Dialect dialect, Grid grid, TimeRange range)
    {
        List<Arm> arms = [];
        var first = 0L;
        IEnumerable<BucketStretch> stretches = dialect.HasMonths
            ? grid.Stretches(range)
            : grid.Runs(range).Select(r => new BucketStretch.Even(r));
        foreach (var stretch in stretches)
        {
            arms.Add(new(stretch, first));
            first += stretch.Count;
        }

        return arms;
    }

    private static long Micros(Duration width) => (long)(width.TotalMilliseconds * 1000);

    private static long FloorMod(long value, long width) => ((value % width) + width) % width;

    private sealed record Arm(BucketStretch Stretch, long First);
}
