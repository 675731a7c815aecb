using System.CommandLine;
using System.Text.Json.Nodes;
using Varve.Cli.Json;
using Varve.Cli.Render;

namespace Varve.Cli.Commands;

/// <summary><c>varve audit</c>.</summary>
internal static class AuditCommand
{
    private static readonly Option<bool> Verify = new("--verify")
    {
        Description = "Check the chain: what was altered, removed or inserted",
    };

    private static readonly Option<string?> Head = new("--head")
    {
        HelpName = "HASH",
        Description = "With --verify: a head that a run printed, or its first 8 digits, to find a cut tail",
    };

    private static readonly Option<int> Limit = new("--limit")
    {
        HelpName = "N",
        Description = "How many entries",
        DefaultValueFactory = _ => 50,
    };

    internal static Command Create() =>
        new CliCommand(
            "audit",
            "Show the append-only log, newest first, or check its chain",
            [Verify, Head, Limit, .. CommonOptions.Anywhere],
            ActAsync
        )
        {
            Examples = ["varve audit --limit 10", "varve audit --verify --head 4f0c…"],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var head = call.Parse.GetValue(Head);
        if (call.Parse.GetValue(Verify) || head is not null)
            return await VerifyAsync(call, head);
        var lifecycle = call.Read();
        var entries = await CommonOptions.OrNoneAsync(
            call,
            lifecycle,
            lifecycle.AuditAsync(CommonOptions.Limit(call.Parse, Limit), call.Cancellation)
        );
        if (call.IsJson)
        {
            call.Print(new AuditShape(entries));
            return ExitCode.Done;
        }

        if (entries.Count == 0)
            call.Screen.Line(new Span("The audit log is empty: nothing was changed through Varve yet.", Palette.Dim));
        var columns = new Columns(">seq", "at", "actor", "action", "policy", "detail", "hash")
        {
            LeastImportant = ["hash", "actor", "policy"],
        };
        foreach (var entry in entries)
        {
            columns.Add(
                HumanText.Number(entry.Seq),
                HumanText.Stamp(entry.At),
                $"{entry.Actor} ({entry.SystemUser}@{entry.Host})",
                new Span(entry.Action, Palette.Bold),
                entry.Policy ?? "",
                Facts(entry.Detail),
                new Span(entry.Hash[..Math.Min(8, entry.Hash.Length)], Palette.Dim)
            );
        }

        columns.Write(call.Screen, "");
        return ExitCode.Done;
    }

    private static async Task<int> VerifyAsync(CommandContext call, string? head)
    {
        var verdict = await call.Read().VerifyAuditAsync(head, call.Cancellation);
        var holds = verdict.Findings.Count == 0;
        if (call.IsJson)
            call.Print(new AuditVerdictShape(holds, verdict.Entries, verdict.Head, verdict.Findings));
        else
        {
            foreach (var finding in verdict.Findings)
                call.Screen.Line(new("broken  ", Palette.Bad), finding);
            if (holds)
                call.Screen.Line(
                    new("holds  ", Palette.Good),
                    $"{HumanText.Number(verdict.Entries)} entries",
                    new($"  head {verdict.Head}", Palette.Dim)
                );
        }

        return holds ? ExitCode.Done : ExitCode.Person;
    }

    private static string Facts(JsonObject detail)
    {
        var text = string.Join(", ", detail.Where(p => p.Value is JsonValue).Select(p => $"{p.Key} {p.Value}"));
        return text.Length > 60 ? $"{text[..59]}…" : text;
    }
}
