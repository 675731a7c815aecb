using System.Globalization;

namespace Varve.Benchmarks;

/// <summary>One figure of one day, a line of the history.</summary>
/// <param name="Date">The day, in UTC.</param>
/// <param name="Commit">What was measured; with <c>+</c> where files of it had been changed.</param>
/// <param name="Case">The case, as on the command line.</param>
/// <param name="Name">The figure's name.</param>
/// <param name="Seconds">What was measured.</param>
/// <param name="BaselineSeconds">What the same takes by hand.</param>
/// <param name="PeakMiB">The greatest resident size.</param>
/// <param name="Rows">Rows of the case.</param>
/// <param name="Load">How many processes wanted a processor when it ended, over a minute: above the processors, seconds are upper
/// bounds.</param>
internal sealed record HistoryLine(
    string Date,
    string Commit,
    string Case,
    string Name,
    double Seconds,
    double? BaselineSeconds,
    double? PeakMiB,
    long? Rows,
    double? Load
)
{
    public const string Head = "date,commit,case,figure,seconds,baseline_seconds,ratio,peak_mib,rows,load";

    public double? Ratio => Seconds / BaselineSeconds;

    public static HistoryLine Of(string date, string commit, string what, Figure figure) =>
        new(
            date,
            commit,
            what,
            figure.Name,
            figure.Seconds,
            figure.BaselineSeconds,
            figure.PeakBytes is { } bytes ? Math.Round(bytes / 1048576.0) : null,
            figure.Rows,
            LoadNow()
        );

    /// <exception cref="FormatException">It is none.</exception>
    public static HistoryLine Parse(string line)
    {
        var fields = Fields(line);
        return fields.Count == 10
            ? new(
                fields[0],
                fields[1],
                fields[2],
                fields[3],
                double.Parse(fields[4], CultureInfo.InvariantCulture),
                Number(fields[5]),
                Number(fields[7]),
                (long?)Number(fields[8]),
                Number(fields[9])
            )
            : throw new FormatException($"Not a line of the history: {line}");
    }

    public string ToText() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Date},{Commit},{Case},\"{Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\",{Seconds:0.####},{BaselineSeconds:0.####},{Ratio:0.###},{PeakMiB:0},{Rows},{Load:0.#}"
        );

    private static double? Number(string text) => text.Length == 0 ? null : double.Parse(text, CultureInfo.InvariantCulture);

    private static List<string> Fields(string line)
    {
        List<string> fields = [""];
        var isQuoted = false;
        foreach (var c in line)
        {
            if (c == '"')
                isQuoted = !isQuoted;
            else if (c == ',' && !isQuoted)
                fields.Add("");
            else
                fields[^1] += c;
        }

        return fields;
    }

    private static double? LoadNow() =>
        File.Exists("/proc/loadavg") ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) : null;
}
