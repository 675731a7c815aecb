using System.CommandLine;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.Cli.Running;
using Varve.Execution;
using Varve.Maintenance;
using Varve.Time;

namespace Varve.Cli.Commands;

/// <summary><c>varve erase</c>.</summary>
internal static class EraseCommand
{
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Say what would be erased, and change nothing" };

    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Erase without asking" };

    internal static Command Create() =>
        new CliCommand(
            "erase",
            "Erase rows by value from the source and from every tier that counted them",
            [
                CommonOptions.Name,
                CommonOptions.Where,
                CommonOptions.From,
                CommonOptions.To,
                CommonOptions.Zone,
                DryRun,
                Yes,
                .. CommonOptions.Anywhere,
            ],
            ActAsync
        )
        {
            Examples =
            [
                "varve erase flights --where carrier=AA --dry-run",
                "varve erase flights --where carrier=AA --from 2013-06-01 --to 2013-07-01 --yes",
            ],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var name = call.Parse.GetRequiredValue(CommonOptions.Name);
        var conditions = CommonOptions.Conditions(call.Parse);
        var lifecycle = call.Write();
        var reckoning = await Reckoning.OfAsync(call, lifecycle, name);
        var request = new EraseRequest
        {
            Policy = name,
            Where = conditions,
            Range = reckoning.Range(call.Parse),
        };
        if (call.Parse.GetValue(DryRun) || !call.Parse.GetValue(Yes))
        {
            var report = await lifecycle.EraseAsync(request with { OnlyLook = true }, call.Cancellation);
            Show(call, reckoning, report, onlyLook: true);
            if (call.Parse.GetValue(DryRun) || report.IsEmpty)
                return ExitCode.Done;
            if (!await TypedYes.AskAsync(call, "Erase this for good?"))
            {
                call.Screen.Warn(new Span("Nothing was erased. Say --yes, or type yes when asked.", Palette.Warn));
                return ExitCode.Person;
            }
        }

        Show(call, reckoning, await lifecycle.EraseAsync(request, call.Cancellation), onlyLook: false);
        return ExitCode.Done;
    }

    private static void Show(CommandContext call, Reckoning reckoning, EraseReport report, bool onlyLook)
    {
        if (call.IsJson)
        {
            call.Print(EraseShape.Of(report, onlyLook));
            return;
        }

        var screen = call.Screen;
        screen.Line(
            new(report.Policy, Palette.Bold),
            report.IsEmpty ? "  nothing matched"
                : onlyLook ? "  would be erased"
                : "  erased"
        );
        if (!report.Range.FromStart || !report.Range.ToEnd)
            screen.Line(new Span($"  {reckoning.Said(report.Range)}", Palette.Dim));
        screen.Line($"  source  {HumanText.Count(report.Rows, "row")}");
        foreach (var tier in report.Tiers)
        {
            var rebuilt = tier.Rebuilt.IsEmpty ? "" : $", built again {Ranges(tier.Rebuilt)}";
            screen.Line($"  {tier.Relation}  {HumanText.Count(tier.Removed, "row")}{rebuilt}");
            if (!tier.Kept.IsEmpty)
                screen.Line(
                    new Span($"    may still count such rows: {Ranges(tier.Kept)}; what it was built from has expired", Palette.Warn)
                );
        }

        if (report.Archives.Count > 0)
            screen.Line(
                new Span(
                    $"  archives that hold rows of this time: {string.Join(", ", report.Archives.Take(3).Select(a => $"{a.Location}:{a.File}"))}{(report.Archives.Count > 3 ? $" and {HumanText.Count(report.Archives.Count - 3, "more part")}" : "")} (varve archive list)",
                    Palette.Warn
                )
            );
    }

    private static string Ranges(RangeSet ranges) =>
        string.Join(", ", ranges.Take(3).Select(HumanText.Range))
        + (ranges.Count > 3 ? $" and {HumanText.Count(ranges.Count - 3, "more range")}" : "");
}
