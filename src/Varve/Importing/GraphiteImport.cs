using System.Globalization;
using System.Text.RegularExpressions;
using Varve.Policies;
using Varve.Time;

namespace Varve.Importing;

/// <summary>The table that points of another tool are kept in: one row a point.</summary>
/// <param name="Schema">The schema of the tables; null: the database's own.</param>
/// <param name="Time">The column of the time.</param>
/// <param name="Series">The column of the metric's name.</param>
/// <param name="Value">The column of the value.</param>
public sealed record PointTable(string? Schema = null, string Time = "ts", string Series = "path", string Value = "value");

/// <summary>
/// From Graphite's storage-schemas.conf and storage-aggregation.conf to policies: one for each section of the first. Pure.
/// </summary>
public static partial class GraphiteImport
{
    private const double StandardFactor = 0.5;

    private static readonly Dictionary<string, string> s_functions = new(StringComparer.Ordinal)
    {
        ["average"] = "avg",
        ["avg"] = "avg",
        ["sum"] = "sum",
        ["last"] = "last",
        ["max"] = "max",
        ["min"] = "min",
    };

    /// <summary>Converts the two files.</summary>
    /// <param name="schemas">The text of storage-schemas.conf.</param>
    /// <param name="aggregation">The text of storage-aggregation.conf; null where there is none.</param>
    /// <param name="points">How the points are kept in tables, one for each section.</param>
    /// <exception cref="PolicyException">A file is none of Graphite's.</exception>
    public static ImportResult Convert(string schemas, string? aggregation, PointTable points)
    {
        ArgumentNullException.ThrowIfNull(points);
        var sections = Sections(schemas, "storage-schemas.conf");
        if (sections.Count == 0)
            throw Wrong("storage-schemas.conf", "it has no section");
        var rules = aggregation is null ? [] : Sections(aggregation, "storage-aggregation.conf");
        List<string> left = [];
        foreach (
            var rule in rules.Where(r => r.Values.GetValueOrDefault("aggregationmethod") is { } method && !s_functions.ContainsKey(method))
        )
        {
            left.Add(
                $"[{rule.Name}] of storage-aggregation.conf: the method {rule.Values["aggregationmethod"]} has no counterpart; the "
                    + $"states of avg, min and max say most of it."
            );
        }

        List<ImportedPolicy> policies = [];
        foreach (var section in sections)
        {
            if (section.Values.GetValueOrDefault("retentions") is { } retentions)
                policies.Add(Policy(section, retentions, rules, points, left));
            else
                left.Add($"[{section.Name}] of storage-schemas.conf has no retentions, and is left out.");
        }

        return new(policies, left);
    }

    private static ImportedPolicy Policy(Section section, string retentions, List<Section> rules, PointTable points, List<string> left)
    {
        var table = new TableName(points.Schema, Name().Replace(section.Name, "_"));
        var text = new PolicyText()
            .Comment(
                $"Graphite: [{section.Name}], pattern {section.Values.GetValueOrDefault("pattern", "missing")}, retentions "
                    + $"{retentions}."
            )
            .Comment(
                "Graphite picks a section by the name of a metric, the first pattern that matches; here a table has one policy. "
                    + $"Keep the points of these metrics in {table.Text}, a row each."
            )
            .Line($"policy: {PolicyText.Scalar(section.Name)}")
            .Line($"table: {PolicyText.Scalar(table.Text)}")
            .Line($"time: {PolicyText.Scalar(points.Time)}")
            .Line($"series: {PolicyText.List([points.Series])}");
        Measures(text, rules, points);
        if (First(retentions) is { } step)
            text.Line($"interval: {step}");
        Coverage(text, rules);
        text.Comment("The averages of a coarser tier are exact here; Graphite takes the average of averages, each with the same weight.")
            .Comment("The archives of Graphite overlap in time, and so do these tiers. Source rows stay as long as the first one.")
            .Line($"graphite: {PolicyText.Scalar(retentions)}");
        return text.Made(section.Name, table, left);
    }

    private static void Measures(PolicyText text, List<Section> rules, PointTable points)
    {
        var functions = rules
            .Select(r => r.Values.GetValueOrDefault("aggregationmethod", "average"))
            .Where(s_functions.ContainsKey)
            .Select(m => s_functions[m])
            .Distinct()
            .ToList();
        if (functions.Count == 0)
            functions = ["avg"];
        if (functions.Count > 1)
        {
            text.Comment("Graphite keeps one of these for each metric, by the first pattern of storage-aggregation.conf that matches:");
            foreach (var rule in rules)
            {
                text.Comment(
                    $"{rule.Values.GetValueOrDefault("pattern", rule.Name)}: "
                        + $"{rule.Values.GetValueOrDefault("aggregationmethod", "average")}"
                );
            }

            text.Comment("Here all of them are kept for every series, and whoever reads picks one.");
        }

        text.Line("measures:").Line($"  {PolicyText.Scalar(points.Value)}: {PolicyText.List(functions)}");
    }

    private static void Coverage(PolicyText text, List<Section> rules)
    {
        var factors = rules
            .Select(r => r.Values.GetValueOrDefault("xfilesfactor"))
            .Select(f => double.TryParse(f, NumberStyles.Float, CultureInfo.InvariantCulture, out var factor) ? factor : StandardFactor)
            .Distinct()
            .Order()
            .ToList();
        var least = factors.Count == 0 ? StandardFactor : factors[0];
        if (factors.Count > 1)
        {
            text.Comment($"The rules have different factors, {string.Join(", ", factors.Select(Number))}; the smallest one hides least.");
        }

        text.Comment(
            "xFilesFactor is the smallest share of known points, and so is this. Graphite loses a bucket below it for good; "
                + "here its states are stored, and only its values read as NULL."
        );
        text.Line($"min_coverage: {Number(least)}");
    }

    private static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>10s:6h is every 10 s, 60:1440 every 60 s.</summary>
    private static string? First(string retentions)
    {
        var match = Step().Match(retentions);
        if (!match.Success)
            return null;
        var text =
            match.Groups["n"].Value
            + match.Groups["unit"].Value switch
            {
                "" => "s",
                var unit when unit.StartsWith('s') => "s",
                var unit when unit.StartsWith("min", StringComparison.Ordinal) || unit == "m" => "m",
                var unit => unit[..1],
            };
        return Keep.TryParse(text, out var keep, out _) ? keep.Text : null;
    }

    /// <summary>[name] and key = value, as Python's ConfigParser reads them; keys without regard to case.</summary>
    private static List<Section> Sections(string text, string file)
    {
        List<Section> sections = [];
        foreach (var (line, number) in text.Split('\n').Select((l, i) => (l.Trim(), i + 1)))
        {
            if (line.Length == 0 || line[0] is '#' or ';')
                continue;
            var at = line.IndexOfAny(['=', ':']);
            if (line is ['[', .. var name, ']'])
                sections.Add(new(name.Trim(), new(StringComparer.Ordinal)));
            else if (sections.Count > 0 && at > 0)
                sections[^1].Values.TryAdd(line[..at].Trim().ToLowerInvariant(), line[(at + 1)..].Trim());
            else
                throw Wrong(file, $"line {number.ToString(CultureInfo.InvariantCulture)} is neither [section] nor key = value");
        }

        return sections;
    }

    private static PolicyException Wrong(string file, string what) => new(ImportCodes.Unreadable, $"{file} cannot be imported: {what}.");

    private sealed record Section(string Name, Dictionary<string, string> Values);

    [GeneratedRegex(@"[^A-Za-z0-9_]+")]
    private static partial Regex Name();

    [GeneratedRegex(@"^\s*(?<n>\d+)\s*(?<unit>[a-z]*)\s*:")]
    private static partial Regex Step();
}
