using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Varve.Tests;

/// <summary>docs/watching.md names what is told, and nothing that is not.</summary>
public sealed partial class DocsTelemetry
{
    private static readonly string Page = File.ReadAllText(Path.Combine(HouseRulesSource.Root, "docs", "watching.md"));

    private static readonly IReadOnlyList<Instrument> Instruments =
    [
        .. typeof(Telemetry).GetProperties(BindingFlags.Static | BindingFlags.NonPublic).Select(p => p.GetValue(null)).OfType<Instrument>(),
    ];

    private static readonly IReadOnlyList<string> Names =
    [
        .. typeof(Telemetry)
            .GetFields(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(f => f.IsLiteral)
            .Select(f => (string)f.GetRawConstantValue()!),
    ];

    [Fact]
    public void Every_metric_stands_there_with_unit_and_meaning()
    {
        Assert.NotEmpty(Instruments);
        HouseRulesSource.Hold(
            "Each metric has its row.",
            Instruments
                .Select(i => $"| `{i.Name}` | `{i.Unit}` | {i.Description} |")
                .Where(row => !Page.Contains(row, StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Every_name_stands_there_and_every_name_there_exists()
    {
        var shown = Name().Matches(Page).Select(m => m.Groups["name"].Value).Distinct().ToList();
        var told = Names.Concat(Instruments.Select(i => i.Name)).ToList();
        HouseRulesSource.Hold("Each span and attribute is described.", told.Except(shown));
        HouseRulesSource.Hold("Nothing is described that is not told.", shown.Except(told));
    }

    [GeneratedRegex("`(?<name>(varve|error)\\.[a-z_.]+)`")]
    private static partial Regex Name();
}
