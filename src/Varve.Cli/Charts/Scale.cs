using System.Globalization;

namespace Varve.Cli.Charts;

/// <summary>Where values stand between the lower and the upper end of a chart.</summary>
internal sealed class Scale
{
    /// <summary>The names of the ways to choose one.</summary>
    internal static readonly string[] Kinds = ["auto", "full", "p99", "log"];

    // An axis from there to its negative is still as long as a number can be.
    private const double Most = 4e307;

    // Below that many buckets a hundredth of them is none.
    private const int LeastForAuto = 30;

    // One outlier ruins a picture if it makes everything else flatter than a third of it.
    private const double Ruin = 3;

    private Scale(double low, double high, bool isLog, IReadOnlyList<(double, string)> ticks, string? said) =>
        (Low, High, IsLog, Labels, Said) = (low, high, isLog, ticks, said);

    internal double Low { get; }

    internal double High { get; }

    /// <summary>Whether it is logarithmic.</summary>
    internal bool IsLog { get; }

    /// <summary>Values and what is written beside them, from the lowest on.</summary>
    internal IReadOnlyList<(double Value, string Label)> Labels { get; }

    /// <summary>What a reader must know: what is not drawn; null where everything is.</summary>
    internal string? Said { get; }

    /// <summary>From 0 to a value.</summary>
    internal static Scale UpTo(double high, Unit unit, int parts) => Linear(0, high, unit, parts, null);

    /// <summary>The scale for the lowest and the highest value of each bucket.</summary>
    /// <exception cref="PolicyException">A logarithm of nothing that is above 0.</exception>
    internal static Scale Of(
        string kind,
        IReadOnlyList<(double Low, double High)> buckets,
        IReadOnlyList<double> thresholds,
        Unit unit,
        int parts
    )
    {
        var (low, high) = (buckets.Min(b => b.Low), buckets.Max(b => b.High));
        if (kind == "log")
            return Log(buckets, thresholds, unit);
        var (from, to) = (Rank(buckets.Select(b => b.Low), 0.01), Rank(buckets.Select(b => b.High), 0.99));
        var cut = kind == "p99" || (kind == "auto" && buckets.Count >= LeastForAuto && high - low > Ruin * (to - from));
        if (!cut)
            (from, to) = (low, high);
        var limits = thresholds.Where(double.IsFinite).ToList();
        if (limits.Count > 0)
            (from, to) = (Math.Min(from, limits.Min()), Math.Max(to, limits.Max()));
        var scale = Linear(from, to, unit, parts, null);
        var beyond = buckets.Where(b => b.High > scale.High || b.Low < scale.Low).ToList();
        if (beyond.Count == 0)
            return scale;
        List<string> ends = [];
        if (high > scale.High)
            ends.Add($"up to {unit.Value(high)}");
        if (low < scale.Low)
            ends.Add($"down to {unit.Value(low)}");
        var how = $"reach beyond it, {string.Join(" and ", ends)}; --scale full shows them";
        var said = string.Create(CultureInfo.InvariantCulture, $"scale p99: {beyond.Count:#,0} of {buckets.Count:#,0} buckets {how}");
        return new(scale.Low, scale.High, false, scale.Labels, said);
    }

    /// <summary>0 at the lower end, 1 at the upper; beyond them outside of that, but not far.</summary>
    internal double Share(double value)
    {
        if (IsLog)
            return value <= 0 ? -1 : Math.Clamp(Math.Log(value / Low) / Math.Log(High / Low), -1, 2);
        return Math.Clamp((Math.Clamp(value, -Most, Most) - Low) / (High - Low), -1, 2);
    }

    /// <summary>False for what has no place at all: nothing below 0 has a logarithm.</summary>
    internal bool Has(double value) => !IsLog || value > 0;

    /// <summary>True for what does not fit.</summary>
    internal bool IsBeyond(double value) => value > High || value < Low;

    private static Scale Linear(double low, double high, Unit unit, int parts, string? said)
    {
        (low, high) = (Math.Clamp(low, -Most, Most), Math.Clamp(high, -Most, Most));

        // Values that differ by less than a double can tell, or not at all, lie in the middle.
        var size = Math.Max(Math.Abs(low), Math.Abs(high));
        var room = size < 1e-300 ? 1 : size / 20;
        if (high - low <= Math.Max(size * 1e-9, 1e-300))
            (low, high) = (low - room, high + room);
        var step = unit.Step(high - low, parts);
        var (first, last) = (Math.Floor((low / step) + 1e-9), Math.Ceiling((high / step) - 1e-9));
        List<(double, string)> ticks = [];
        for (var n = 0; n <= last - first; n++)
            ticks.Add(((first + n) * step, unit.Tick((first + n) * step, step)));
        return new(first * step, last * step, false, ticks, said);
    }

    private static Scale Log(IReadOnlyList<(double Low, double High)> buckets, IReadOnlyList<double> thresholds, Unit unit)
    {
        var positive = buckets.SelectMany(b => new[] { b.Low, b.High }).Concat(thresholds).Where(v => v > 0).ToList();
        if (positive.Count == 0)
            throw Commands.CommonOptions.Usage("--scale log shows what is above 0, and nothing here is. Take --scale full.");
        double[] parts = unit.Base == 1024 ? [1] : [1, 2, 5];
        var @base = unit.Base == 1024 ? 1024 : 10;
        var (first, last) = (Math.Floor(Math.Log(positive.Min(), @base) + 1e-12), Math.Ceiling(Math.Log(positive.Max(), @base) - 1e-12));
        if (last <= first)
            last = first + 1;
        if (last - first > 2)
            parts = [1];
        var skip = Math.Max(1, (int)Math.Ceiling((last - first) / 12));
        List<(double, string)> ticks = [];
        for (var n = first; n <= last; n += skip)
            ticks.AddRange(
                parts
                    .Where(p => p == 1 || n < last)
                    .Select(p => p * Math.Pow(@base, n))
                    .Where(double.IsNormal)
                    .Select(v => (v, unit.Value(v)))
            );
        var left = buckets.Count(b => b.Low <= 0);
        var said = "logarithmic scale";
        if (left > 0)
            said += string.Create(
                CultureInfo.InvariantCulture,
                $": {left:#,0} of {buckets.Count:#,0} buckets reach down to 0 or below, which it cannot show"
            );
        return new(Math.Max(Math.Pow(@base, first), double.Epsilon), Math.Min(Math.Pow(@base, last), Most), true, ticks, said);
    }

    private static double Rank(IEnumerable<double> values, double share)
    {
        List<double> sorted = [.. values.Order()];
        return sorted[
            (int)
                Math.Round(
                    share * (sorted.Count - 1),
                    share < 0.5 ? MidpointRounding.ToPositiveInfinity : MidpointRounding.ToNegativeInfinity
                )
        ];
    }
}
