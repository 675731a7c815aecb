using NodaTime;
using Varve.Planning;
using Varve.Time;

namespace Varve.Sql;

/// <summary>
/// Buckets by integer arithmetic: the boundaries of a range are NodaTime's, written as runs of equally long buckets, so
/// that no engine's own zone data or date functions decide where a row belongs.
/// </summary>
internal static class BucketSql
{
    /// <summary>The first microsecond of the bucket that holds a microsecond of the range.</summary>
    public static SqlText Start(Dialect dialect, Grid grid, TimeRange range, SqlText micros)
    {
        var runs = grid.Runs(range);
        return Choose(
            runs,
            micros,
            run =>
            {
                // Beyond what is known the last buckets go on as they were.
                if (run.Count == 1 && run != runs[0] && run != runs[^1])
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
    public static bool AreNumbered(Grid grid, TimeRange range) => grid.Runs(range).Sum(run => run.Count) <= int.MaxValue;

    /// <summary>
    /// The number of the bucket, from 0 at the start of a bounded range whose buckets can be numbered: an INTEGER, which
    /// engines group by faster than by a time.
    /// </summary>
    public static SqlText Number(Dialect dialect, Grid grid, TimeRange range, SqlText micros)
    {
        var runs = Numbered(grid, range);
        return Choose(
            runs,
            micros,
            run => End(run.Run),
            run =>
            {
                if (run.Run.Count == 1)
                    return $"{run.First}";
                var number = dialect.Quotient($"({micros} - {Time.Micros.From(run.Run.Start)})", Micros(run.Run.Width));
                return run.First == 0 ? number : $"({run.First} + {number})";
            }
        );
    }

    /// <summary>The first microsecond of the bucket with that number.</summary>
    public static SqlText StartOf(Grid grid, TimeRange range, SqlText number)
    {
        var runs = Numbered(grid, range);
        return Choose(
            runs,
            number,
            run => run.First + run.Run.Count,
            run =>
            {
                if (run.Run.Count == 1)
                    return $"CAST({Time.Micros.From(run.Run.Start)} AS BIGINT)";
                return $"({Time.Micros.From(run.Run.Start)} + (CAST({number} AS BIGINT) - {run.First}) * {Micros(run.Run.Width)})";
            }
        );
    }

    /// <summary>A number that follows from the length of the bucket with that number.</summary>
    public static SqlText OfEachNumber(Grid grid, TimeRange range, SqlText bucket, Func<Duration, long> number) =>
        Choose(Numbered(grid, range), bucket, run => run.First + run.Run.Count, run => $"{number(run.Run.Width)}");

    /// <summary>A number that follows from the length of the bucket that starts at a microsecond of the range.</summary>
    public static SqlText OfEach(Grid grid, TimeRange range, SqlText start, Func<Duration, long> number) =>
        Choose(grid.Runs(range), start, run => $"{number(run.Width)}");

    private static SqlText Choose(IReadOnlyList<BucketRun> runs, SqlText micros, Func<BucketRun, SqlText> arm) =>
        Choose(runs, micros, End, arm);

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

    private static long End(BucketRun run) => Time.Micros.From(run.End);

    /// <summary>The runs with the number of the first bucket of each.</summary>
    private static List<(BucketRun Run, long First)> Numbered(Grid grid, TimeRange range)
    {
        List<(BucketRun, long)> runs = [];
        var first = 0L;
        foreach (var run in grid.Runs(range))
        {
            runs.Add((run, first));
            first += run.Count;
        }

        return runs;
    }

    private static long Micros(Duration width) => (long)(width.TotalMilliseconds * 1000);

    private static long FloorMod(long value, long width) => ((value % width) + width) % width;
}
