using System.Globalization;
using System.Text.RegularExpressions;
using Varve.Time;

namespace Varve.Policies;

/// <summary>
/// What a preset stands for: its tiers, and how long the source stays where the policy does not say. That is as long as
/// the first tier stays, because a source may not outlive it, and the history is meant to be bounded.
/// </summary>
internal sealed partial record Presets(IReadOnlyList<Tier> Tiers, Keep Keep)
{
    private static readonly string[] Units = ["seconds", "minutes", "hours", "days", "weeks", "years"];

    private static readonly Presets Munin = Of([
        new() { Every = Width.Parse("5m"), Keep = Keep.Parse("2d") },
        new() { Every = Width.Parse("30m"), Keep = Keep.Parse("9d") },
        new() { Every = Width.Parse("2h"), Keep = Keep.Parse("45d") },
        new() { Every = Width.Parse("1d"), Keep = Keep.Parse("450d") },
    ]);

    /// <summary>The preset of a policy; null where it has none, or a wrong one.</summary>
    internal static Presets? Read(KeyReader keys)
    {
        var (node, path) = keys["preset"] is { } preset ? (preset, "preset") : (keys["graphite"], "graphite");
        if (node is null)
            return null;
        var reading = keys.Reading;
        reading.Positions.TryAdd("tiers", reading.Positions[path]);
        if (path == "preset" && keys["graphite"] is { } second)
        {
            reading.Report(
                PolicyCodes.GivenTwice,
                second.Position,
                "graphite",
                "`preset` and `graphite` both make tiers. Keep one of them."
            );
        }

        if (keys["tiers"] is { } tiers)
        {
            reading.Report(PolicyCodes.GivenTwice, tiers.Position, "tiers", $"`{path}` and `tiers` both make tiers. Keep one of them.");
        }

        if (path == "graphite")
            return Graphite(node, path, reading);
        switch (node)
        {
            case YamlNode.Scalar { Text: "munin" }:
                return Munin;
            case YamlNode.Mapping { Entries: var entries }
                when entries.Any(e => e.Key.Split(':') is [var a, var b] && Side().IsMatch(a) && Side().IsMatch(b)):
                // YAML takes what follows the comma for keys of the mapping.
                reading.Wrong(
                    node,
                    path,
                    "`preset.graphite` has several retentions: put them in quotes, preset: { graphite: \"10s:6h,1m:7d\" }."
                );
                return null;
            case YamlNode.Mapping mapping:
                var inner = new KeyReader(mapping, "preset", "preset", reading);
                inner.Require("graphite");
                return inner["graphite"] is { } text ? Graphite(text, "preset.graphite", reading) : null;
            default:
                reading.Wrong(node, path, $"`preset` is munin or {{ graphite: \"10s:6h,1m:7d\" }}, not {node.What}.");
                return null;
        }
    }

    private static Presets? Graphite(YamlNode node, string path, PolicyReading reading)
    {
        if (reading.Text(node, path, "retentions such as \"10s:6h,1m:7d,10m:5y\"") is not { } text)
            return null;
        List<Tier> tiers = [];
        foreach (var pair in text.Split(','))
        {
            var (tier, error) = Pair(pair.Trim());
            if (tier is not null)
                tiers.Add(tier);
            else
                reading.Wrong(node, path, $"`{path}`: {error}");
        }

        return tiers.Count == 0 ? null : Of(tiers);
    }

    private static (Tier? Tier, string? Error) Pair(string pair)
    {
        if (
            pair.Split(':') is not [var precision, var retention]
            || Side().Match(precision) is not { Success: true } every
            || Side().Match(retention) is not { Success: true } stay
        )
        {
            return (
                null,
                $"\"{pair}\" is not a retention of Graphite. Write precision:keep, such as 10s:6h, or seconds:points, such as 60:1440."
            );
        }

        var (step, stepUnit) = Amount(every);
        var (points, keepUnit) = Amount(stay);
        if (stepUnit is null || keepUnit is null)
            return (null, $"\"{pair}\" has a unit that Graphite does not know. Write s, min, h, d, w or y.");
        var (width, error) = Step(step, stepUnit);
        if (width is null)
            return (null, error);
        var text =
            keepUnit.Length > 0
                ? Text(points, keepUnit)
                : Text((long)Math.Min((decimal)points * (decimal)width.Longest.TotalSeconds, 999_999_999_999), "s");
        return Keep.TryParse(text, out var keep, out error) ? (new() { Every = width, Keep = keep }, null) : (null, error);
    }

    // Graphite counts in seconds: a day is 24 hours, a week 168 and a year 8760. One day, week or year follows the calendar.
    private static (Width? Width, string? Error) Step(long number, string unit)
    {
        var hours = unit switch
        {
            "d" => 24,
            "w" => 168,
            "y" => 8_760,
            _ => 0,
        };
        var text =
            hours == 0 || number <= 1
                ? Text(number, unit.Length == 0 ? "s" : unit)
                : Text((long)Math.Min((decimal)number * hours, 999_999_999_999), "h");
        return Width.TryParse(text, out var width, out var error) ? (width, null) : (null, error);
    }

    // Graphite takes any beginning of a unit's name: s, sec, min, h, hours; no unit is "".
    private static (long Number, string? Unit) Amount(Match side)
    {
        var unit = side.Groups["unit"].Value;
        var full = Units.FirstOrDefault(u => u.StartsWith(unit, StringComparison.Ordinal));
        return (
            long.Parse(side.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture),
            unit.Length == 0 ? "" : full?[..1]
        );
    }

    private static string Text(long number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number}{unit}");

    private static Presets Of(IReadOnlyList<Tier> tiers) => new(tiers, tiers[0].Keep);

    [GeneratedRegex(@"\A(?<number>[0-9]{1,12})(?<unit>[a-z]{0,7})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Side();
}
