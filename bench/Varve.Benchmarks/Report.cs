using System.Globalization;

namespace Varve.Benchmarks;

/// <summary>The page of results, made from the history.</summary>
internal static class Report
{
    private const string Cpu = " (CPU)";

    /// <summary>From this load on a measurement shared its processors, and says so.</summary>
    private const double Shared = 3;

    public static string Of(IReadOnlyList<HistoryLine> history)
    {
        List<string> page =
        [
            "# Results",
            "",
            "Made from `history.csv` by `dotnet run -c Release --project bench/Varve.Benchmarks -- report --history bench/history.csv`. What is measured, against what, and"
                + " how to read it: [README.md](README.md). Seconds and the ratio to the baseline by wall clock; *CPU* is the same ratio by processor"
                + " time, which other work on the machine disturbs least. A target of a ratio is met where either of the two meets it.",
            "",
            "## Latest",
        ];
        foreach (var figures in history.GroupBy(l => l.Case))
            page.AddRange(Latest(figures.Key, [.. figures]));
        page.AddRange([
            "",
            "## Ratios and seconds over time",
            "",
            "The CPU ratio where there is a baseline, seconds where there is none.",
            "",
        ]);
        page.AddRange(["| figure | newest first |", "| --- | --- |"]);
        page.AddRange(
            from figure in history.GroupBy(l => l.Name)
            let shown = figure.Reverse().Select(Short).ToList()
            where shown.Count > 1 && (figure.Key.EndsWith(Cpu, StringComparison.Ordinal) || figure.All(l => l.BaselineSeconds is null))
            select $"| {figure.Key} | {string.Join(", ", shown)} |"
        );
        return string.Join("\n", page) + "\n";
    }

    private static IEnumerable<string> Latest(string what, List<HistoryLine> lines)
    {
        // The newest of each figure: a case may have been measured in part.
        var newest = lines.GroupBy(l => l.Name).Select(g => g.Last()).ToList();
        yield return "";
        yield return $"### {what}";
        yield return "";
        yield return "| figure | measured | seconds | by hand | ratio | CPU | peak MiB | rows | target | |";
        yield return "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |";
        foreach (var line in newest.Where(l => !IsCpuOf(l, newest)))
        {
            var cpu = newest.FirstOrDefault(l => l.Name == line.Name + Cpu);
            var target = Target.Of(line.Name.EndsWith(Cpu, StringComparison.Ordinal) ? line.Name[..^Cpu.Length] : line.Name);
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"| {line.Name} | {line.Date}{Busy(line)} | {line.Seconds:0.###} | {line.BaselineSeconds:0.###} | {line.Ratio:0.00} | {cpu?.Ratio:0.00} | {line.PeakMiB:N0} | {line.Rows:N0} | {target} | {Verdict(target, line, cpu)} |"
            );
        }
    }

    private static bool IsCpuOf(HistoryLine line, List<HistoryLine> others) =>
        line.Name.EndsWith(Cpu, StringComparison.Ordinal) && others.Exists(o => o.Name + Cpu == line.Name);

    private static string Busy(HistoryLine line) =>
        line.Load is { } load && load >= Shared ? string.Create(CultureInfo.InvariantCulture, $", load {load:0}") : "";

    private static string Verdict(Target? target, HistoryLine line, HistoryLine? cpu) =>
        target is null ? ""
        : target.IsMet(line, cpu) ? "met"
        : "**missed**";

    private static string Short(HistoryLine line) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{line.Ratio ?? line.Seconds:0.00}{(line.Ratio is null ? " s" : "")} ({line.Date[5..]}{Busy(line)})"
        );
}
