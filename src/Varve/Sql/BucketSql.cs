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
        return Choose(runs, micros, run =>
        {
            var width = Micros(run.Width);
            var phase = FloorMod(Time.Micros.From(run.Start), width);
            return phase == 0
                ? dialect.FloorTo(micros, width)
                : $"({dialect.FloorTo($"({micros} - {phase})", width)} + {phase})";
        });
    }

    /// <summary>Whether the buckets of a range can be numbered: a row of the year 1 beside one of today is too far away for short ones.</summary>
    public static bool AreNumbered(Grid grid, TimeRange range) => grid.Runs(range).Sum(run => run.Count) <= int.MaxValue;

    /// <summary>
    /// The number of the bucket, from 0 at the start of a bounded range whose buckets can be numbered: an INTEGER, which
    /// engines group by faster than by a time.
    /// </summary>
    public static SqlText Number(Dialect dialect, Grid grid, TimeRange range, SqlText micros)
    {
        var runs = Numbered(grid, range);
        return Choose(runs, micros, run => run.Run.Start + (run.Run.Width * run.Run.Count), run =>
        {
            var number = dialect.Quotient($"({micros} - {Time.Micros.From(run.Run.Start)})", Micros(run.Run.Width));
            return run.First == 0 ? number : $"({run.First} + {number})";
        });
    }

    /// <summary>The first microsecond of the bucket with that number.</summary>
    public static SqlText StartOf(Grid grid, TimeRange range, SqlText number)
    {
        var runs = Numbered(grid, range);
        if (runs.Count == 0) return $"CAST(NULL AS BIGINT)";
        SqlText Start((BucketRun Run, long First) run) =>
            $"({Time.Micros.From(run.Run.Start)} + (CAST({number} AS BIGINT) - {run.First}) * {Micros(run.Run.Width)})";
        if (runs.Count == 1) return Start(runs[0]);
        var arms = runs.SkipLast(1).Select((run, i) => (SqlText)$"WHEN {number} < {runs[i + 1].First} THEN {Start(run)}");
        return $"CASE {SqlText.Join(" ", arms)} ELSE {Start(runs[^1])} END";
    }

    /// <summary>The length in milliseconds of the bucket that starts at a microsecond of the range.</summary>
    public static SqlText Length(Grid grid, TimeRange range, SqlText start) => OfEach(grid, range, start, length => (long)length.TotalMilliseconds);

    /// <summary>A number that follows from the length of the bucket that starts at a microsecond of the range.</summary>
    public static SqlText OfEach(Grid grid, TimeRange range, SqlText start, Func<Duration, long> number) =>
        Choose(grid.Runs(range), start, run => $"{number(run.Width)}");

    private static SqlText Choose(IReadOnlyList<BucketRun> runs, SqlText micros, Func<BucketRun, SqlText> arm) =>
        Choose(runs, micros, run => run.Start + (run.Width * run.Count), arm);

    private static SqlText Choose<T>(IReadOnlyList<T> runs, SqlText micros, Func<T, Instant> end, Func<T, SqlText> arm)
    {
        if (runs.Count == 0) return $"CAST(NULL AS BIGINT)";
        if (runs.Count == 1) return arm(runs[0]);
        var arms = runs.SkipLast(1).Select(run => (SqlText)$"WHEN {micros} < {Time.Micros.From(end(run))} THEN {arm(run)}");
        return $"CASE {SqlText.Join(" ", arms)} ELSE {arm(runs[^1])} END";
    }

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
