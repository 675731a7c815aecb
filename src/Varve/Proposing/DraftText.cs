using System.Text;
using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Proposing;

/// <summary>Writes what was found as a policy file: each line with what was seen, and what is not certain said as such.</summary>
internal static class DraftText
{
    private const int Wide = 110;

    private static readonly string[] s_arrivals = ["arriv", "receiv", "ingest", "insert", "loaded", "created"];

    public static string Write(string name, Findings findings)
    {
        var text = new StringBuilder();
        var table = findings.Profile.Table.Table;
        Comment(
            text,
            $"Proposed by varve init for {CommentText.Name(table.Text)}: {CommentText.Rows(findings.Profile.Rows)}{Extent(findings)}."
        );
        Comment(
            text,
            "A proposal: nothing is in force before it is applied. Read it, change it, then varve check, varve apply, varve plan."
        );
        Line(text, $"policy: {YamlScalar.Write(name)}");
        Line(text, $"table: {YamlScalar.Write(table.Text)}");
        Time(text, findings);
        Series(text, findings);
        var picked = MeasurePick.For(findings);
        Measures(text, picked);
        NoRoom(text, findings, picked);
        LeftOut(text, findings);
        Interval(text, findings);
        Tiers(text, findings);
        return text.ToString();
    }

    private static void Time(StringBuilder text, Findings findings)
    {
        Line(text, "");
        Comment(text, findings.Time.Reasons);
        var column = YamlScalar.Write(findings.Time.Column.Name);
        Line(text, findings.Time.UnitText is { } unit ? $"time: {{ column: {column}, unit: {unit} }}" : $"time: {column}");
    }

    private static void Series(StringBuilder text, Findings findings)
    {
        var series = findings.Picks.Where(p => p.Role is ColumnRole.Series).ToList();
        Line(text, "");
        Comment(
            text,
            series.Count == 0 ? "No column was found that tells things apart: all rows are one series." : "What tells things apart:"
        );
        foreach (var pick in series)
            Comment(text, $"  {CommentText.Name(pick.Column.Column.Name)}: {pick.Reason}.");
        if (findings.Ties > 0)
            Comment(
                text,
                $"Look here: {CommentText.Rows(findings.Ties)} of those that were looked at share instant and series with another one. Is a column missing in series, or are there rows twice?"
            );
        Line(text, $"series: {YamlScalar.List(series.Select(p => p.Column.Column.Name))}");
    }

    private static void Measures(StringBuilder text, MeasurePick picked)
    {
        Line(text, "");
        if (picked.Measures.Count == 0)
        {
            Comment(text, "No column was found to measure: the tiers count rows.");
            return;
        }

        Comment(
            text,
            $"What is rolled up, and the functions that people will read. There are {string.Join(", ", PolicyKeys.FunctionNames)}."
        );
        Line(text, "measures:");
        foreach (var (pick, functions) in picked.Measures)
        {
            var names = string.Join(", ", functions.Select(f => PolicyKeys.Lower(f.ToString())));
            Line(text, $"  {YamlScalar.Write(pick.Column.Column.Name)}: [{names}]  # {pick.Reason}");
        }
    }

    private static void NoRoom(StringBuilder text, Findings findings, MeasurePick picked)
    {
        if (picked.NoRoom.Count == 0)
            return;
        Comment(
            text,
            $"A tier has at most {CommentText.Count(findings.MaxColumns, "column")} here. There was no room for these, which go with the rows of the source:"
        );
        foreach (var pick in picked.NoRoom)
            Comment(text, $"  {CommentText.Name(pick.Column.Column.Name)}: {pick.Reason}.");
    }

    private static void LeftOut(StringBuilder text, Findings findings)
    {
        var rest = findings.Picks.Where(p => p.Role is ColumnRole.LeftOut).ToList();
        if (rest.Count == 0)
            return;
        Comment(text, "In no tier, and gone with the rows of the source:");
        foreach (var pick in rest)
            Comment(text, $"  {CommentText.Name(pick.Column.Column.Name)}: {pick.Reason}.");
        if (rest.FirstOrDefault(IsArrival) is not { } stamp)
            return;
        Comment(
            text,
            $"If {CommentText.Name(stamp.Column.Column.Name)} says when a row arrived, late rows are found by it, without comparing:"
        );
        Comment(text, $"arrival: {YamlScalar.Write(stamp.Column.Column.Name)}");
    }

    private static void Interval(StringBuilder text, Findings findings)
    {
        Line(text, "");
        if (findings.Pace is not { } pace)
        {
            Comment(text, "How often a series has a value could not be seen: no series has two rows. With it, coverage is known:");
            Comment(text, "interval: 1m");
            return;
        }

        var spread =
            pace.Quarter == pace.ThreeQuarters
                ? $"at least half of them are {CommentText.Length(pace.Median)}"
                : $"the median is {CommentText.Length(pace.Median)}, half of them lie between {CommentText.Length(pace.Quarter)} and {CommentText.Length(pace.ThreeQuarters)}";
        var steps =
            $"Steps from one row of a series to its next: {spread} ({CommentText.Count(pace.Steps, "step")} near the end of the table).";
        if (pace.IsRegular)
        {
            Comment(text, $"{steps} With it, coverage is known.");
            Line(text, $"interval: {Whole(pace.Median)}");
        }
        else
        {
            Comment(
                text,
                $"{steps} They are {(pace.Median < Duration.FromSeconds(1) ? "shorter than a second" : "uneven")}, so no interval is said. With it, coverage is known:"
            );
            Comment(text, $"interval: {Whole(Duration.Max(pace.Median, Duration.FromSeconds(1)))}");
        }
    }

    private static void Tiers(StringBuilder text, Findings findings)
    {
        var pick = TierPick.For(findings.Time.Column, findings.Pace);
        Line(text, "");
        if (LayoutRulesReadOnly.Kept(findings.Profile.Table) is { } kept)
            Comment(text, $"{CommentText.Name(kept)}: it is rolled up, and there is no keep here.");
        else
            Stay(text, findings, pick);
        Comment(text, "How long a bucket waits for stragglers before it closes. Not seen in the rows: say it if they come late.");
        Comment(text, "late: 10m");
        Comment(text, "Coarser resolutions, finest first. Days are those of UTC; with zone: Europe/Berlin they are local ones.");
        Line(text, "tiers:");

        // A tier outlives its source, and a source that is only read stays.
        foreach (var (every, keep) in pick.Tiers)
            Line(
                text,
                findings.Profile.Table.IsView ? $"  - {{ every: {every}, keep: forever }}" : $"  - {{ every: {every}, keep: {keep} }}"
            );
    }

    private static void Stay(StringBuilder text, Findings findings, TierPick pick)
    {
        Comment(text, "How long rows stay: a guess that only you can make right. The first run that would remove something asks a person.");
        if (findings.Extent is { } extent)
        {
            var cutoff = Keep.Parse(pick.Keep).SubtractFrom(extent.To, DateTimeZone.Utc);
            Comment(
                text,
                cutoff <= extent.From
                    ? "No row is older than that, counted back from the newest one."
                    : $"About {CommentText.Share((long)((cutoff - extent.From).TotalSeconds * 1000), (long)((extent.To - extent.From).TotalSeconds * 1000))} of the time that the rows span is older than that, counted back from the newest one."
            );
        }

        Line(text, $"keep: {pick.Keep}");
    }

    private static string Extent(Findings findings) =>
        findings.Extent is { } extent
            ? $", from {CommentText.At(extent.From)} to {CommentText.At(extent.To - Duration.FromMilliseconds(0.001))}"
        : findings.Profile.Rows == 0 ? ", so all of this is from its columns alone"
        : "";

    private static string Whole(Duration step) => Keep.OfSeconds(Math.Max(1, (long)Math.Round(step.TotalSeconds))).Text;

    private static bool IsArrival(ColumnPick pick) =>
        pick.Column.Column.Type is ColumnType.Timestamp or ColumnType.TimestampTz
        && Array.Exists(s_arrivals, part => pick.Column.Column.Name.Contains(part, StringComparison.OrdinalIgnoreCase));

    private static void Comment(StringBuilder text, IEnumerable<string> lines)
    {
        foreach (var line in lines)
            Comment(text, line);
    }

    /// <summary>A comment, folded at blanks where it is long.</summary>
    private static void Comment(StringBuilder text, string comment)
    {
        var indent = comment.Length - comment.TrimStart().Length;
        var line = new StringBuilder("#").Append(' ', indent);
        foreach (var word in comment.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length + word.Length > Wide)
            {
                Line(text, line.ToString());
                line.Clear().Append('#').Append(' ', indent == 0 ? 0 : indent + 2);
            }

            line.Append(' ').Append(word);
        }

        Line(text, line.ToString());
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
