using System.Globalization;
using System.Text.Json;

namespace Varve.Benchmarks;

/// <summary>One line of the results.</summary>
internal sealed record Figure(string Name)
{
    public double Seconds { get; init; }

    public double? BaselineSeconds { get; init; }

    public long? PeakBytes { get; init; }

    public long? Rows { get; init; }

    /// <summary>One measurement against another, in time and in processor time.</summary>
    public static IEnumerable<Figure> Against(string name, Measured measured, Measured hand, long rows)
    {
        yield return new(name)
        {
            Seconds = measured.Seconds,
            BaselineSeconds = hand.Seconds,
            PeakBytes = measured.PeakBytes,
            Rows = rows,
            Note = measured.Shares(),
        };
        yield return new($"{name} (CPU)")
        {
            Seconds = measured.CpuSeconds,
            BaselineSeconds = hand.CpuSeconds,
            Rows = rows,
        };
    }

    /// <summary>For people only: shares and the like.</summary>
    public string Note { get; init; } = "";

    public double? Ratio => Seconds / BaselineSeconds;

    public static string Head { get; } = $"{"",-34}{"seconds",10}{"baseline",10}{"ratio",8}{"peak MiB",10}{"rows",12}";

    public string ToText() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Name,-34}{Seconds,10:0.000}{BaselineSeconds,10:0.000}{Ratio,8:0.000}{PeakBytes / 1048576.0,10:0}{Rows,12}  {Note}"
        );

    public string ToJson() =>
        JsonSerializer.Serialize(
            new
            {
                name = Name,
                seconds = Seconds,
                baselineSeconds = BaselineSeconds,
                ratio = Ratio,
                peakBytes = PeakBytes,
                rows = Rows,
            }
        );
}
