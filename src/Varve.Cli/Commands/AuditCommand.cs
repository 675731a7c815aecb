using System.CommandLine;
using System.Text.Json.Nodes;
using Varve.Cli.Json;
using Varve.Cli.Render;

namespace Varve.Cli.Commands;

/// <summary><c>varve audit</c>.</summary>
internal static class AuditCommand
{
    private static readonly Option<bool> Verify = new("--verify") { Description = "Check the chain: what was altered, removed or inserted" };

    private static readonly Option<string?> Head = new("--head") { HelpName = "HASH", Description = "With --verify: a head that a run printed, or its first 8 digits, to find a cut tail" };

    private static readonly Option<int> Limit = new("--limit") { HelpName = "N", Description = "How many entries", DefaultValueFactory = _ => 50 };

    internal static Command Create() => new Verb("audit", "Show the append-only log, newest first, or check its chain", [Verify, Head, Limit, .. Shared.Database], ActAsync)
    {
        Examples = ["varve audit --limit 10", "varve audit --verify --head 4f0c…"],
    };

    private static async Task<int> ActAsync(Call call)
    {
        var head = call.Parse.GetValue(Head);
        if (call.Parse.GetValue(Verify) || head is not null) return await VerifyAsync(call, head);
        var entries = await call.Read().AuditAsync(Shared.Limit(call.Parse, Limit), call.Cancellation);
        if (call.IsJson)
        {
            call.Print(new AuditShape(entries));
            return ExitCode.Done;
        }

        if (entries.Count == 0) call.Screen.Line(new Span("The audit log is empty: nothing was changed through Varve yet.", Ink.Dim));
        var columns = new Columns(">seq", "at", "actor", "action", "policy", "detail", "hash");
        foreach (var entry in entries)
        {
            columns.Add(
                Words.Number(entry.Seq),
                Words.Stamp(entry.At),
                $"{entry.Actor} ({entry.SystemUser}@{entry.Host})",
                new Span(entry.Action, Ink.Bold),
                entry.Policy ?? "",
                Facts(entry.Detail),
                new Span(entry.Hash[..Math.Min(8, entry.Hash.Length)], Ink.Dim));
        }

        columns.Write(call.Screen, "");
        return ExitCode.Done;
    }

    private static async Task<int> VerifyAsync(Call call, string? head)
    {
        var verdict = await call.Read().VerifyAuditAsync(head, call.Cancellation);
        var holds = verdict.Findings.Count == 0;
        if (call.IsJson) call.Print(new AuditVerdictShape(holds, verdict.Entries, verdict.Head, verdict.Findings));
        else
        {
            foreach (var finding in verdict.Findings) call.Screen.Line(new("broken  ", Ink.Bad), finding);
            if (holds) call.Screen.Line(new("holds  ", Ink.Good), $"{Words.Number(verdict.Entries)} entries", new($"  head {verdict.Head}", Ink.Dim));
        }

        return holds ? ExitCode.Done : ExitCode.Person;
    }

    private static string Facts(JsonObject detail)
    {
        var text = string.Join(", ", detail.Where(p => p.Value is JsonValue).Select(p => $"{p.Key} {p.Value}"));
        return text.Length > 60 ? $"{text[..59]}…" : text;
    }
}
