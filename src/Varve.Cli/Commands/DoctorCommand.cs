using System.CommandLine;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.CrateDb;
using Varve.Diagnosis;
using Varve.PostgreSql;

namespace Varve.Cli.Commands;

/// <summary><c>varve doctor</c>.</summary>
internal static class DoctorCommand
{
    private static readonly Option<string?> AuditHead = new("--audit-head")
    {
        HelpName = "HASH",
        Description = "A hash of the audit log that was noted before; shows a catalog that is older",
    };

    private static readonly Option<string?> Grants = new("--grants")
    {
        HelpName = "READER",
        Description =
            "Print the statements that give Varve's role, and the role READER, the rights that they need on a server; nothing else is looked for",
    };

    private static readonly Option<bool> VerifyRepositories = new("--verify-repositories")
    {
        Description =
            "Take a small snapshot in each repository of CrateDB that policies archive to, and remove it; the only thing that is written",
    };

    internal static Command Create() =>
        new CliCommand(
            "doctor",
            "Look for what is not as it should be, and change nothing",
            [AuditHead, Grants, VerifyRepositories, .. CommonOptions.Anywhere],
            ActAsync
        )
        {
            Examples =
            [
                "varve doctor",
                "varve doctor --audit-head 4f0c…",
                "varve doctor --verify-repositories --db cratedb://varve@host:4200/",
                "varve doctor --grants grafana --db postgresql://varve@host/metrics",
            ],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        if (call.Parse.GetValue(Grants) is { } reader)
            return await GrantsAsync(call, reader);
        var tried = call.Parse.GetValue(VerifyRepositories) ? await VerifyAsync(call) : [];
        IReadOnlyList<Finding> findings = [.. await call.Read().DiagnoseAsync(call.Parse.GetValue(AuditHead), call.Cancellation), .. tried];
        var exit = findings.Any(f => f.Severity is Severity.Error) ? ExitCode.Person : ExitCode.Done;
        if (call.IsJson)
            call.Print(new DoctorShape(exit == ExitCode.Done, findings));
        else
            Show(call.Screen, findings);
        return exit;
    }

    private static async Task<IReadOnlyList<Finding>> VerifyAsync(CommandContext call)
    {
        if (call.IsServed)
            throw CommonOptions.Usage(
                "--verify-repositories writes to repositories, and is not asked of a server: leave --server out, and name the cluster with --db."
            );
        var url = DatabaseOpener.Url(call.Parse.GetValue(CommonOptions.Db));
        if (url.Scheme != "cratedb")
            throw CommonOptions.Usage($"Repositories are CrateDB's, and {url} is another database: leave --verify-repositories out.");
        call.Write();
        await using var database = call.Database;
        var options = DatabaseOpener.Options(call.Parse.GetValue(CommonOptions.Schema), call.Parse.GetValue(CommonOptions.Archive));
        return await CrateDbHealth.VerifyRepositoriesAsync(
            database,
            await new Lifecycle(database, options).PoliciesAsync(Policies.Selection.All, call.Cancellation),
            new(call.Parse.GetValue(CommonOptions.Schema) ?? "varve", "meta"),
            call.Cancellation
        );
    }

    private static async Task<int> GrantsAsync(CommandContext call, string reader)
    {
        if (call.IsServed)
            throw CommonOptions.Usage(
                "--grants writes statements for the role that opens the database, and a server is not told which: leave --server out, and name the database with --db."
            );
        if (DatabaseOpener.Url(call.Parse.GetValue(CommonOptions.Db)).Scheme == "duckdb")
            throw CommonOptions.Usage("--grants is for servers: a DuckDB file belongs to whoever may read and write it.");
        if (reader.Length == 0)
            throw CommonOptions.Usage("--grants takes the name of a role that reads.");
        var policies = await call.ReadHere().PoliciesAsync(Policies.Selection.All, call.Cancellation);
        var statements = await PostgreSqlGrants.StatementsAsync(
            call.Database,
            policies,
            reader,
            call.Parse.GetValue(CommonOptions.Schema) ?? "varve",
            call.Cancellation
        );
        if (call.IsJson)
            call.Print(new GrantsShape(statements));
        else
            foreach (var statement in statements)
                call.Screen.Line(statement);
        return ExitCode.Done;
    }

    private static void Show(Screen screen, IReadOnlyList<Finding> findings)
    {
        foreach (var finding in findings.OrderByDescending(f => f.Severity))
        {
            screen.Line(Word(finding.Severity), new(finding.Check, Palette.Bold), finding.Policy is { } policy ? $"  {policy}" : "");
            foreach (var line in finding.Found.Split('\n'))
                screen.Line("         ", line);
            screen.Line(new Span($"         {finding.WayOut}", Palette.Dim));
        }

        screen.Line(
            findings.Count == 0
                ? new Span("Nothing was found.", Palette.Good)
                : new Span(
                    $"{HumanText.Count(findings.Count(f => f.Severity is Severity.Error), "error")}, {HumanText.Count(findings.Count(f => f.Severity is Severity.Warning), "warning")}, {HumanText.Count(findings.Count(f => f.Severity is Severity.Note), "note")}.",
                    Palette.Dim
                )
        );
    }

    private static Span Word(Severity severity) =>
        severity switch
        {
            Severity.Error => new("error    ", Palette.Bad),
            Severity.Warning => new("warning  ", Palette.Warn),
            _ => new("note     ", Palette.Dim),
        };
}
