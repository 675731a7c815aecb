using System.CommandLine;
using NodaTime;
using Varve.Catalog;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.Policies;
using Varve.Time;

namespace Varve.Cli.Commands;

/// <summary><c>varve policy list|show|delete|hold|release|retire|accept-types|adopt-source|schema</c>.</summary>
internal static class PolicyCommand
{
    internal const string Empty = "No policy is stored that this selects. Store one: varve apply policy.yaml";

    private static readonly Option<string?> Relation = new("--relation") { HelpName = "NAME", Description = "source or a tier's id; default: source and tiers together" };

    private static readonly Option<string> Reason = new("--reason") { HelpName = "TEXT", Description = "Why; it is shown and audited", Required = true };

    private static readonly Option<Instant?> Until = Shared.At("--until", "INSTANT", "When it ends by itself; default: never");

    private static readonly Option<string?> Id = new("--id") { HelpName = "HOLD", Description = "One hold; default: all of the policy" };

    private static readonly Option<bool> Drop = new("--drop") { Description = "Drop their tables and views; what only they hold cannot be regained" };

    private static readonly Option<bool> Same = new("--same") { Description = "It is the same table, and what changed in it is followed" };

    internal static Command Create() => new Verb(
        "policy",
        "List, show, delete, hold and release stored policies",
        new Verb("list", "List stored policies", [Shared.Names, Shared.Tags, .. Shared.Database], ListAsync),
        new Verb("show", "Show one policy as it was written", [Shared.Name, .. Shared.Database], ShowAsync),
        new Verb("delete", "Remove a policy from the catalog; its relations stay", [Shared.Name, .. Shared.Database], DeleteAsync),
        new Verb("hold", "Keep rows from being removed, whatever the policy says", [Shared.Name, Relation, Shared.From, Shared.To, Reason, Until, .. Shared.Database], HoldAsync)
        {
            Examples = ["varve policy hold flights --from 2013-06-01 --to 2013-07-01 --reason \"case 4711\""],
        },
        new Verb("release", "End one hold, or all of a policy", [Shared.Name, Id, .. Shared.Database], ReleaseAsync),
        new Verb("retire", "List the tiers that a policy no longer has, or drop them for good", [Shared.Name, Drop, .. Shared.Database], RetireAsync)
        {
            Examples = ["varve policy retire flights --drop"],
        },
        new Verb("accept-types", "Take over the types that the source's columns have now", [Shared.Name, .. Shared.Database], AcceptTypesAsync),
        new Verb("adopt-source", "Go on with a source that is not the table that the tiers were built from", [Shared.Name, Same, .. Shared.Database], AdoptSourceAsync)
        {
            Examples = ["varve policy adopt-source flights", "varve policy adopt-source flights --same"],
        },
        new Verb("schema", "Print the JSON Schema of policy files, for editors", [], SchemaAsync)
        {
            Examples = ["varve policy schema > varve.schema.json"],
        });

    private static async Task<int> AdoptSourceAsync(Call call)
    {
        var (name, isSame) = (call.Parse.GetRequiredValue(Shared.Name), call.Parse.GetValue(Same));
        var adopted = await call.Write().AdoptSourceAsync(name, isSame, call.Cancellation);
        var until = Words.At(adopted.Until);
        return Counted(call, name, "late", adopted.Late, isSame
            ? $"The next run follows what changed in the table of {name}."
            : $"What {name} has until {until} is history of its own: nothing of it is built again. {Words.Count(adopted.Late, "row")} of the table from before that {(adopted.Late == 1 ? "stays" : "stay")} in it, in no tier.");
    }

    private static async Task<int> ListAsync(Call call)
    {
        var lifecycle = call.Read();
        var policies = await Shared.OrNoneAsync(lifecycle.PoliciesAsync(Shared.Selection(call.Parse), call.Cancellation));
        var patterns = await lifecycle.PatternsAsync(Shared.Selection(call.Parse), call.Cancellation);
        if (call.IsJson)
        {
            call.Print(new PolicyListShape([.. policies.Select(p => PolicyShape.Of(p, withYaml: false))], [.. patterns.Select(p => PatternShape.Of(p))]));
            return ExitCode.Done;
        }

        if (policies.Count + patterns.Count == 0) call.Screen.Line(new Span(Empty, Ink.Dim));
        PatternScreen.List(call.Screen, patterns);
        if (policies.Count > 0 && patterns.Count > 0) call.Screen.Line();
        var columns = new Columns("policy", "table", ">revision", "source", "tiers", "tags", "pattern", "applied");
        foreach (var stored in policies)
        {
            columns.Add(
                new Span(stored.Policy.Name, Ink.Bold),
                stored.Policy.Table.Text,
                Words.Number(stored.Revision),
                stored.Policy.Keep.Text,
                Words.Tiers(stored.Policy),
                string.Join(", ", stored.Policy.Tags),
                stored.Pattern ?? "",
                new Span($"{Words.Stamp(stored.AppliedAt)} {stored.AppliedBy}", Ink.Dim));
        }

        columns.Write(call.Screen, "");
        return ExitCode.Done;
    }

    private static async Task<int> ShowAsync(Call call)
    {
        var (name, lifecycle) = (call.Parse.GetRequiredValue(Shared.Name), call.Read());
        var pattern = (await lifecycle.PatternsAsync(Selection.Of(name), call.Cancellation)).FirstOrDefault(p => p.Stored.Policy.Name == name);
        var stored = pattern?.Stored ?? (await lifecycle.PoliciesAsync(Selection.Of(name), call.Cancellation))[0];
        if (call.IsJson)
        {
            if (pattern is not null) call.Print(PatternShape.Of(pattern, withYaml: true));
            else call.Print(PolicyShape.Of(stored, withYaml: true));
            return ExitCode.Done;
        }

        var from = stored.Pattern is { } of ? $", from the pattern {of}" : "";
        call.Screen.Line(new Span($"# revision {Words.Number(stored.Revision)}, applied {Words.Stamp(stored.AppliedAt)} by {stored.AppliedBy}, sha256 {stored.Hash}{from}", Ink.Dim));
        if (pattern is { Tables: var tables }) call.Screen.Line(new Span($"# {Words.Count(tables.Count, "table")}{(tables.Count == 0 ? "" : $": {string.Join(", ", tables.Select(t => t.Text))}")}", Ink.Dim));
        call.Screen.Line(stored.Yaml.TrimEnd('\n'));
        PatternScreen.Warn(call.Screen, pattern is null ? [] : [pattern]);
        return ExitCode.Done;
    }

    private static async Task<int> DeleteAsync(Call call)
    {
        var name = call.Parse.GetRequiredValue(Shared.Name);
        var gone = await call.Write().DeletePolicyAsync(name, call.Cancellation);
        return Counted(call, name, "deleted", gone.Count, gone.Count == 1
            ? $"{name} is no longer kept. Its source, tiers and views stay as they are."
            : $"{name} is no longer kept, and neither {(gone.Count == 2 ? "is the table" : $"are the {Words.Number(gone.Count - 1)} tables")} that came from it. Sources, tiers and views stay as they are.");
    }

    private static async Task<int> HoldAsync(Call call)
    {
        var name = call.Parse.GetRequiredValue(Shared.Name);
        var range = Shared.Range(call.Parse) ?? TimeRange.All;
        var hold = await call.Write().HoldAsync(name, call.Parse.GetValue(Relation), range, call.Parse.GetRequiredValue(Reason), call.Parse.GetValue(Until), call.Cancellation);
        if (call.IsJson) call.Print(new HoldShape(name, hold));
        else call.Screen.Line(new("held  ", Ink.Warn), $"{name}  {hold.Relation ?? "source and tiers"}  {Words.Range(hold.Range)}{(hold.Until is { } until ? $" until {Words.At(until)}" : "")}", new($"  {hold.Id}", Ink.Dim));
        return ExitCode.Done;
    }

    private static async Task<int> ReleaseAsync(Call call)
    {
        var name = call.Parse.GetRequiredValue(Shared.Name);
        var count = await call.Write().ReleaseAsync(name, call.Parse.GetValue(Id), call.Cancellation);
        return Counted(call, name, "released", count, count == 0 ? $"{name} has no such hold." : $"{Words.Count(count, "hold")} of {name} ended.");
    }

    private static async Task<int> RetireAsync(Call call)
    {
        var name = call.Parse.GetRequiredValue(Shared.Name);
        if (!call.Parse.GetValue(Drop))
        {
            var retired = (await call.Read().StatusAsync(Selection.Of(name), null, call.Cancellation)).SelectMany(s => s.Relations).Where(r => r.IsRetired).ToList();
            if (call.IsJson) call.Print(new DroppedShape(name, false, [.. retired.Select(r => r.Table.Text)]));
            else if (retired.Count == 0) call.Screen.Line(new Span($"{name} has no retired tier.", Ink.Dim));
            else foreach (var relation in retired) call.Screen.Line(new Span(relation.Relation, Ink.Bold), new($"  {relation.Table.Text}  {Words.Count(relation.Rows, "row")}; --drop removes it"));
            return ExitCode.Done;
        }

        var dropped = await call.Write().DropRetiredAsync(name, call.Cancellation);
        if (call.IsJson) call.Print(new DroppedShape(name, true, [.. dropped.Select(t => t.Text)]));
        else foreach (var table in dropped) call.Screen.Line(new("dropped  ", Ink.Warn), table.Text);
        return ExitCode.Done;
    }

    private static async Task<int> AcceptTypesAsync(Call call)
    {
        var name = call.Parse.GetRequiredValue(Shared.Name);
        var columns = await call.Write().AcceptTypesAsync(name, call.Cancellation);
        if (call.IsJson) call.Print(new RetypedListShape(name, columns));
        else foreach (var column in columns) call.Screen.Line(new("accepted  ", Ink.Good), $"{column.Column}: {column.Before} → {column.Now}");
        return ExitCode.Done;
    }

    private static Task<int> SchemaAsync(Call call)
    {
        call.Screen.Out.WriteLine(PolicySchema.Json.TrimEnd());
        return Task.FromResult(ExitCode.Done);
    }

    internal static int Counted(Call call, string policy, string what, long count, string sentence)
    {
        if (call.IsJson) call.Print(new CountShape(policy, what, count));
        else call.Screen.Line(sentence);
        return ExitCode.Done;
    }
}
