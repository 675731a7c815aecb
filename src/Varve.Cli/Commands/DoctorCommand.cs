using System.CommandLine;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.CrateDb;
using Varve.Diagnosis;
using Varve.DuckDb;
using Varve.PostgreSql;

namespace Varve.Cli.Commands;

/// <summary><c>varve doctor</c>.</summary>
internal static class DoctorCommand
{
    private static readonly Option<string?> AuditHead = new("--audit-head") { HelpName = "HASH", Description = "A hash of the audit log that was noted before; shows a catalog that is older" };

    internal static Command Create() => new CliCommand("doctor", "Look for what is not as it should be, and change nothing", [AuditHead, .. CommonOptions.Database], ActAsync)
    {
        Examples = ["varve doctor", "varve doctor --audit-head 4f0c…"],
    };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var lifecycle = call.Read();
        List<Finding> findings = [.. await lifecycle.DiagnoseAsync(call.Parse.GetValue(AuditHead), call.Cancellation), .. await OfEngineAsync(call, lifecycle)];
        var exit = findings.Exists(f => f.Severity is Severity.Error) ? ExitCode.Person : ExitCode.Done;
        if (call.IsJson) call.Print(new DoctorShape(exit == ExitCode.Done, findings));
        else Show(call.Screen, findings);
        return exit;
    }

    private static async Task<IReadOnlyList<Finding>> OfEngineAsync(CommandContext call, Lifecycle lifecycle)
    {
        var scheme = DatabaseOpener.Url(call.Parse.GetValue(CommonOptions.Db)).Scheme;
        if (scheme == "duckdb") return await DuckDbHealth.DiagnoseAsync(call.Database, call.Cancellation);
        var policies = await lifecycle.PoliciesAsync(Policies.Selection.All, call.Cancellation);
        return scheme == "cratedb"
            ? await CrateDbHealth.DiagnoseAsync(call.Database, policies, call.Cancellation)
            : await PostgreSqlHealth.DiagnoseAsync(call.Database, policies, call.Cancellation);
    }

    private static void Show(Screen screen, IReadOnlyList<Finding> findings)
    {
        foreach (var finding in findings.OrderByDescending(f => f.Severity))
        {
            screen.Line(Word(finding.Severity), new(finding.Check, Palette.Bold), finding.Policy is { } policy ? $"  {policy}" : "");
            foreach (var line in finding.Found.Split('\n')) screen.Line("         ", line);
            screen.Line(new Span($"         {finding.WayOut}", Palette.Dim));
        }

        screen.Line(findings.Count == 0 ? new Span("Nothing was found.", Palette.Good) : new Span($"{HumanText.Count(findings.Count(f => f.Severity is Severity.Error), "error")}, {HumanText.Count(findings.Count(f => f.Severity is Severity.Warning), "warning")}, {HumanText.Count(findings.Count(f => f.Severity is Severity.Note), "note")}.", Palette.Dim));
    }

    private static Span Word(Severity severity) => severity switch
    {
        Severity.Error => new("error    ", Palette.Bad),
        Severity.Warning => new("warning  ", Palette.Warn),
        _ => new("note     ", Palette.Dim),
    };
}
