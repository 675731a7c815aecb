using System.CommandLine;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.Maintenance;

namespace Varve.Cli.Commands;

/// <summary><c>varve repair</c>.</summary>
internal static class RepairCommand
{
    private static readonly Option<bool> Detach = new("--detach-views")
    {
        Description = "Take Varve's views away instead, so that none of them keeps a table from being changed",
    };

    internal static Command Create() =>
        new CliCommand(
            "repair",
            "Make views, and what the catalog shows of policies, again",
            [CommonOptions.Names, CommonOptions.Tags, Detach, .. CommonOptions.Anywhere],
            ActAsync
        )
        {
            Examples = ["varve repair", "varve repair flights", "varve repair flights --detach-views"],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var isDetached = call.Parse.GetValue(Detach);
        var reports = await call.Write().RepairAsync(CommonOptions.Selection(call.Parse), isDetached, call.Cancellation);
        if (call.IsJson)
            call.Print(RepairShape.Of(reports, isDetached));
        else
            Show(call.Screen, reports, isDetached);
        return ExitCode.Of(reports.Select(r => r.Failure));
    }

    private static void Show(Screen screen, IReadOnlyList<ViewsReport> reports, bool isDetached)
    {
        if (reports.Count == 0)
            screen.Line(new Span(PolicyCommand.Empty, Palette.Dim));
        foreach (var report in reports)
        {
            if (report.Failure is { } failure)
                screen.Line(new("  failed   ", Palette.Bad), $"{report.Policy}  {failure.Text}");
            else if (report.IsLeft)
                screen.Line(
                    new("  left     ", Palette.Dim),
                    $"{report.Policy}  no run has brought this revision yet: the next one makes its views, varve run {report.Policy}"
                );
            else if (isDetached)
                screen.Line(
                    new("  detached ", Palette.Warn),
                    $"{report.Policy}  {Views(report)}; varve repair {report.Policy}, or the next run, makes them again"
                );
            else
                screen.Line(new("  repaired ", Palette.Good), $"{report.Policy}  {Views(report)}");
        }
    }

    private static string Views(ViewsReport report) =>
        report.Views.Count == 0 ? "no views" : string.Join(", ", report.Views.Select(v => v.Text));
}
