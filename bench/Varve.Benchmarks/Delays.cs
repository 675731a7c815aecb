using System.Globalization;

namespace Varve.Benchmarks;

/// <summary>How long after they were due runs were stored and waited for their turn, as the server measures it itself.</summary>
internal sealed record Delays(IReadOnlyList<(double Bound, long Count)> Buckets, double Sum)
{
    private const string Name = "varve_server_schedule_delay_seconds";

    public long Count => Buckets.Count == 0 ? 0 : Buckets[^1].Count;

    public double Mean => Sum / Count;

    public static Delays Read(string metrics)
    {
        List<(double, long)> buckets = [];
        var sum = 0.0;
        foreach (var line in metrics.Split('\n').Where(l => l.StartsWith(Name, StringComparison.Ordinal)))
        {
            var value = double.Parse(
                line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0],
                CultureInfo.InvariantCulture
            );
            if (line.StartsWith($"{Name}_sum", StringComparison.Ordinal))
                sum = value;
            else if (line.IndexOf("le=\"", StringComparison.Ordinal) is > 0 and var at)
                buckets.Add((Bound(line[(at + 4)..].Split('"')[0]), (long)value));
        }

        return new(buckets, sum);
    }

    /// <summary>The least bound of the histogram that this share was not above.</summary>
    public double AtMost(double share) => Buckets.First(b => b.Count >= share * Count).Bound;

    private static double Bound(string text) => text == "+Inf" ? double.PositiveInfinity : double.Parse(text, CultureInfo.InvariantCulture);
}
