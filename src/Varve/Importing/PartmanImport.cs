using System.Globalization;
using System.Text.RegularExpressions;
using Varve.Policies;
using Varve.Time;

namespace Varve.Importing;

/// <summary>From rows of pg_partman's part_config to policies. Pure.</summary>
public static partial class PartmanImport
{
    /// <summary>Converts rows.</summary>
    /// <param name="text">Rows of part_config as JSON or CSV.</param>
    /// <param name="file">What it is called in messages.</param>
    /// <exception cref="PolicyException">It is something else, or a row is not whole.</exception>
    public static ImportResult Convert(string text, string file)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> left = [];
        List<ImportedPolicy> policies = [];
        foreach (var (row, index) in ImportedRows.Read(text, file).Select((r, i) => (r, i + 1)))
        {
            var parent = row.Text("parent_table") ?? throw Wrong(file, index, "it names no parent_table");
            var control = row.Text("control") ?? throw Wrong(file, index, "it names no control column");
            var table = Table(parent, file, index);
            if (Objection(row, table, control) is { } why)
                left.Add(why);
            else
                policies.Add(Policy(row, table, control, left));
        }

        return new(policies, left);
    }

    private static ImportedPolicy Policy(ImportedRow row, TableName table, string control, List<string> left)
    {
        var text = new PolicyText()
            .Comment(
                $"pg_partman: {table.Text} by {control}, partitions of {row.Text("partition_interval") ?? "a length that is not said"}."
            )
            .Comment(
                "pg_partman goes on making partitions ahead of time (premake, infinite_time_partitions, template_table); Varve does "
                    + "not."
            )
            .Line($"policy: {PolicyText.Scalar(table.Name)}")
            .Line($"table: {PolicyText.Scalar(table.Text)}")
            .Line(
                Epoch(row) is { } unit
                    ? $"time: {{ column: {PolicyText.Scalar(control)}, unit: {unit} }}"
                    : $"time: {PolicyText.Scalar(control)}"
            )
            .Comment(
                "As with pg_partman, a range goes when its end is that old. Turn the retention of pg_partman off, so that one tool "
                    + "removes."
            )
            .Line($"keep: {Interval(row.Text("retention")!)}");
        return text.Made(table.Name, table, left);
    }

    /// <summary>Why a row becomes no policy. What pg_partman keeps somewhere is never removed because of an import.</summary>
    private static string? Objection(ImportedRow row, TableName table, string control)
    {
        if (IsNumbered(row))
            return $"{table.Text} is partitioned by a number, {control}, that is no time: a policy needs one. Keep pg_partman for it.";
        if (row.Text("retention") is not { } retention)
            return $"{table.Text} has no retention, so there is nothing to import. For tiers, start with varve init {table.Text}.";
        if (Interval(retention) is not { } keep)
            return $"{table.Text}: the retention {retention} mixes months and days, or is none; write keep in one of them by hand.";
        var does =
            row.Text("retention_schema") is { } schema ? $"moves a partition to the schema {schema}"
            : row.Text("retention_keep_table") is "false" or "f" or "False" ? null
            : "detaches a partition and keeps it as a table (retention_keep_table)";
        return does is null ? null : $"{table.Text}: after {keep} pg_partman {does}, and Varve would remove its rows. {ByHand(keep)}";
    }

    private static string ByHand(string keep) =>
        $"Write a policy by hand where that is what you want: keep: {keep}, and archive: {{ to: cold }} to have the rows elsewhere first.";

    /// <summary>30 days, 6 mons, 1 year 6 mons, 36:00:00; null where months and days are mixed.</summary>
    private static string? Interval(string text)
    {
        var (months, seconds) = (0L, 0L);
        var rest = text.Trim().TrimStart('@');
        foreach (var match in Part().Matches(rest).Cast<Match>())
        {
            if (match.Groups["h"].Success)
            {
                seconds += (Number(match, "h") * 3_600) + (Number(match, "m") * 60) + Number(match, "s");
                continue;
            }

            var n = Number(match, "n");
            switch (match.Groups["unit"].Value.ToLowerInvariant().TrimEnd('s'))
            {
                case "year" or "yr" or "y":
                    months += n * 12;
                    break;
                case "mon" or "month":
                    months += n;
                    break;
                case "week" or "w":
                    seconds += n * 7 * 86_400;
                    break;
                case "day" or "d":
                    seconds += n * 86_400;
                    break;
                case "hour" or "hr" or "h":
                    seconds += n * 3_600;
                    break;
                case "min" or "minute":
                    seconds += n * 60;
                    break;
                case "sec" or "second":
                    seconds += n;
                    break;
                default:
                    return null;
            }
        }

        if (Part().Replace(rest, "").Trim().Length > 0 || (months > 0) == (seconds > 0))
            return null;
        return months > 0 ? Keep.OfMonths((int)Math.Min(months, 12 * 9_999)).Text : Keep.OfSeconds(seconds).Text;
    }

    private static long Number(Match match, string group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    /// <summary>Older versions say time or id in type; newer ones have an interval that is a number.</summary>
    private static bool IsNumbered(ImportedRow row) =>
        Epoch(row) is null
        && (
            row.Text("type") is "id" or "id-static" or "id-dynamic"
            || long.TryParse(row.Text("partition_interval"), NumberStyles.None, CultureInfo.InvariantCulture, out _)
        );

    private static string? Epoch(ImportedRow row) =>
        row.Text("epoch") switch
        {
            "seconds" => "s",
            "milliseconds" => "ms",
            "microseconds" => "us",
            "nanoseconds" => "ns",
            _ => null,
        };

    private static TableName Table(string parent, string file, int index)
    {
        try
        {
            return TableName.Parse(parent);
        }
        catch (FormatException wrong)
        {
            throw Wrong(file, index, $"its parent_table is no table: {wrong.Message}");
        }
    }

    private static PolicyException Wrong(string file, int index, string what) =>
        new(ImportCodes.Unreadable, string.Create(CultureInfo.InvariantCulture, $"{file}, row {index} cannot be imported: {what}."));

    [GeneratedRegex(@"(?<h>\d+):(?<m>\d{2}):(?<s>\d{2})|(?<n>\d+)\s*(?<unit>[A-Za-z]+)")]
    private static partial Regex Part();
}
