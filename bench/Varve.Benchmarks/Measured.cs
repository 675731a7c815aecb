using System.Globalization;

namespace Varve.Benchmarks;

/// <summary>What a worker measured and wrote as its last line.</summary>
/// <param name="Seconds">What the work took.</param>
/// <param name="CpuSeconds">What the processors spent on it: what other work on the machine disturbs least.</param>
/// <param name="PeakBytes">The greatest resident size of its process.</param>
/// <param name="Rows">Rows that it says it read or removed.</param>
/// <param name="Parts">Seconds by part, where the work was taken apart.</param>
internal sealed record Measured(double Seconds, double CpuSeconds, long PeakBytes, long Rows, Dictionary<string, double> Parts)
{
    /// <summary>What a part took of the whole.</summary>
    public double Share(string part) => Parts.GetValueOrDefault(part) / Seconds;

    /// <summary>The shares of the parts for people, the greatest first.</summary>
    public string Shares() =>
        string.Join(
            ", ",
            Parts
                .OrderByDescending(p => p.Value)
                .Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key} {p.Value / Seconds:0.0%}"))
        );

    /// <summary>VmHWM of this process; 0 where the system does not tell.</summary>
    public static long Peak()
    {
        const string status = "/proc/self/status";
        if (!File.Exists(status))
            return 0;
        var line = File.ReadLines(status).FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split(':')[1].Trim().Split(' ')[0], CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>Seconds of the processors that ended children of this process took; 0 where the system does not tell.</summary>
    public static double Children()
    {
        const string stat = "/proc/self/stat";
        if (!File.Exists(stat))
            return 0;

        // proc(5): cutime and cstime are the fields 16 and 17, and the second, in brackets, may have spaces.
        var fields = File.ReadAllText(stat).Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        const int ticksPerSecond = 100;
        return (long.Parse(fields[13], CultureInfo.InvariantCulture) + long.Parse(fields[14], CultureInfo.InvariantCulture))
            / (double)ticksPerSecond;
    }
}
