using System.CommandLine;
using NodaTime;
using Varve.Catalog;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.Cli.Running;
using Varve.Policies;
using Varve.Time;

namespace Varve.Cli.Commands;

/// <summary><c>varve policy list|show|delete|hold|release|retire|accept-types|adopt-source|schema</c>.</summary>
internal static class PolicyCommand
{
    internal const string Empty = "No policy is stored that this selects. Store one: varve apply policy.yaml";

    private static readonly Option<string?> Relation = new("--relation")
    {
        HelpName = "NAME",
        Description = "source or a tier's id; default: source and tiers together",
    };

    private static readonly Option<string> Reason = new("--reason")
    {
        HelpName = "TEXT",
        Description = "Why; it is shown and audited",
        Required = true,
    };

    private static readonly Option<SaidTime?> Until = CommonOptions.At(
        "--until",
        "When it ends by itself, written as --from is; default: never"
    );

    private static readonly Option<string?> Id = new("--id")
    {
        HelpName = "HOLD",
        Description = "One hold, by the beginning of its id; status shows them",
    };

    private static readonly Option<bool> All = new("--all") { Description = "All holds of the policy" };

    private static readonly Option<bool> Yes = new("--yes") { Description = "Do not ask" };

    private static readonly Option<bool> Drop = new("--drop")
    {
        Description = "Drop their tables and views; what only they hold cannot be regained",
    };

    private static readonly Option<bool> Same = new("--same") { Description = "It is the same table, and what changed in it is followed" };

    internal static Command Create() =>
        new CliCommand(
            "policy",
            "List, show, delete, hold and release stored policies",
            new CliCommand("list", "List stored policies", [CommonOptions.Names, CommonOptions.Tags, .. CommonOptions.Anywhere], ListAsync),
            new CliCommand("show", "Show one policy as it was written", [CommonOptions.Name, .. CommonOptions.Anywhere], ShowAsync),
            new CliCommand(
                "delete",
                "Remove a policy from the catalog; its relations stay",
                [CommonOptions.Name, Yes, .. CommonOptions.Anywhere],
                DeleteAsync
            ),
            new CliCommand(
                "hold",
                "Keep rows from being removed, whatever the policy says",
                [
                    CommonOptions.Name,
                    Relation,
                    CommonOptions.From,
                    CommonOptions.To,
                    CommonOptions.Zone,
                    Reason,
                    Until,
                    .. CommonOptions.Anywhere,
                ],
                HoldAsync
            )
            {
                Examples = ["varve policy hold flights --from 2013-06-01 --to 2013-07-01 --reason \"case 4711\""],
            },
            new CliCommand(
                "release",
                "End one hold, or all of a policy",
                [CommonOptions.Name, Id, All, Yes, .. CommonOptions.Anywhere],
                ReleaseAsync
            )
            {
                Examples = ["varve policy release flights --id 0195c1e2", "varve policy release flights --all"],
            },
            new CliCommand(
                "retire",
                "List the tiers that a policy no longer has, or drop them for good",
                [CommonOptions.Name, Drop, .. CommonOptions.Anywhere],
                RetireAsync
            )
            {
                Examples = ["varve policy retire flights --drop"],
            },
            new CliCommand(
                "accept-types",
                "Take over the types that the source's columns have now",
                [CommonOptions.Name, .. CommonOptions.Anywhere],
                AcceptTypesAsync
            ),
            new CliCommand(
                "adopt-source",
                "Go on with a source that is not the table that the tiers were built from",
                [CommonOptions.Name, Same, .. CommonOptions.Anywhere],
                AdoptSourceAsync
            )
            {
                Examples = ["varve policy adopt-source flights", "varve policy adopt-source flights --same"],
            },
            new CliCommand("schema", "Print the JSON Schema of policy files, for editors", [], SchemaAsync)
            {
                Examples = ["varve policy schema > varve.schema.json"],
            }
        );

    private static async Task<int> AdoptSourceAsync(CommandContext call)
    {
        var (name, isSame) = (call.Parse.GetRequiredValue(CommonOptions.Name), call.Parse.GetValue(Same));
        var adopted = await call.Write().AdoptSourceAsync(name, isSame, call.Cancellation);
        var until = HumanText.At(adopted.Until);
        return Counted(
            call,
            name,
            "late",
            adopted.Late,
            isSame
                ? $"The next run follows what changed in the table of {name}."
                : $"What {name} has until {until} is history of its own: nothing of it is built again. {HumanText.Count(adopted.Late, "row")} of the table from before that {(adopted.Late == 1 ? "stays" : "stay")} in it, in no tier."
        );
    }

    private static async Task<int> ListAsync(CommandContext call)
    {
        var lifecycle = call.Read();
        var policies = await CommonOptions.OrNoneAsync(
            call,
            lifecycle,
            lifecycle.PoliciesAsync(CommonOptions.Selection(call.Parse), call.Cancellation)
        );
        var patterns = await lifecycle.PatternsAsync(CommonOptions.Selection(call.Parse), call.Cancellation);
        if (call.IsJson)
        {
            call.Print(
                new PolicyListShape(
                    [.. policies.Select(p => PolicyShape.Of(p, withYaml: false))],
                    [.. patterns.Select(p => PatternShape.Of(p))]
                )
            );
            return ExitCode.Done;
        }

        if (policies.Count + patterns.Count == 0)
            call.Screen.Line(new Span(Empty, Palette.Dim));
        PatternScreen.List(call.Screen, patterns);
        if (policies.Count > 0 && patterns.Count > 0)
            call.Screen.Line();
        var columns = new Columns("policy", "table", ">revision", "source", "tiers", "tags", "pattern", "applied")
        {
            LeastImportant = ["applied", "tags", "pattern", "revision"],
        };
        foreach (var stored in policies)
        {
            columns.Add(
                new Span(stored.Policy.Name, Palette.Bold),
                stored.Policy.Table.Text,
                HumanText.Number(stored.Revision),
                stored.Policy.Keep.Text,
                HumanText.Tiers(stored.Policy),
                string.Join(", ", stored.Policy.Tags),
                stored.Pattern ?? "",
                new Span($"{HumanText.Stamp(stored.AppliedAt)} {stored.AppliedBy}", Palette.Dim)
            );
        }

        columns.Write(call.Screen, "");
        return ExitCode.Done;
    }

    private static async Task<int> ShowAsync(CommandContext call)
    {
        var (name, lifecycle) = (call.Parse.GetRequiredValue(CommonOptions.Name), call.Read());
        var pattern = (await lifecycle.PatternsAsync(Selection.Of(name), call.Cancellation)).FirstOrDefault(p =>
            p.Stored.Policy.Name == name
        );
        var stored = pattern?.Stored ?? (await lifecycle.PoliciesAsync(Selection.Of(name), call.Cancellation))[0];
        if (call.IsJson)
        {
            if (pattern is not null)
                call.Print(PatternShape.Of(pattern, withYaml: true));
            else
                call.Print(PolicyShape.Of(stored, withYaml: true));
            return ExitCode.Done;
        }

        var from = stored.Pattern is { } of ? $", from the pattern {of}" : "";
        call.Screen.Line(
            new Span(
                $"# revision {HumanText.Number(stored.Revision)}, applied {HumanText.Stamp(stored.AppliedAt)} by {stored.AppliedBy}, sha256 {stored.Hash}{from}",
                Palette.Dim
            )
        );
        if (pattern is { Tables: var tables })
            call.Screen.Line(
                new Span(
                    $"# {HumanText.Count(tables.Count, "table")}{(tables.Count == 0 ? "" : $": {string.Join(", ", tables.Select(t => t.Text))}")}",
                    Palette.Dim
                )
            );
        call.Screen.Line(stored.Yaml.TrimEnd('\n'));
        PatternScreen.Warn(call.Screen, pattern is null ? [] : [pattern]);
        return ExitCode.Done;
    }

    private static async Task<int> DeleteAsync(CommandContext call)
    {
        var name = call.Parse.GetRequiredValue(CommonOptions.Name);
        var lifecycle = call.Write();
        if (
            await IsKeptAsync(
                call,
                $"Take {name} out of force? Nothing of it is rolled up or removed any more; source, tiers and views stay."
            )
        )
            return ExitCode.Done;
        var gone = await lifecycle.DeletePolicyAsync(name, call.Cancellation);
        return Counted(
            call,
            name,
            "deleted",
            gone.Count,
            gone.Count == 1
                ? $"{name} is no longer kept. Its source, tiers and views stay as they are."
                : $"{name} is no longer kept, and neither {(gone.Count == 2 ? "is the table" : $"are the {HumanText.Number(gone.Count - 1)} tables")} that came from it. Sources, tiers and views stay as they are."
        );
    }

    private static async Task<int> HoldAsync(CommandContext call)
    {
        var name = call.Parse.GetRequiredValue(CommonOptions.Name);
        var lifecycle = call.Write();
        var reckoning = await Reckoning.OfAsync(call, lifecycle, name);
        var range = reckoning.Range(call.Parse) ?? TimeRange.All;
        var hold = await lifecycle.HoldAsync(
            name,
            call.Parse.GetValue(Relation),
            range,
            call.Parse.GetRequiredValue(Reason),
            reckoning.At(call.Parse, Until),
            call.Cancellation
        );
        if (call.IsJson)
            call.Print(new HoldShape(name, hold));
        else
            call.Screen.Line(
                new("held  ", Palette.Warn),
                $"{name}  {hold.Relation?.Text ?? "source and tiers"}  {reckoning.Said(hold.Range)}{(hold.Until is { } until ? $" until {HumanText.At(until)}" : "")}",
                new($"  {hold.Id}", Palette.Dim)
            );
        return ExitCode.Done;
    }

    private static async Task<int> ReleaseAsync(CommandContext call)
    {
        var name = call.Parse.GetRequiredValue(CommonOptions.Name);
        var (id, all) = (call.Parse.GetValue(Id), call.Parse.GetValue(All));
        if (all == id is not null)
            throw CommonOptions.Usage($"Say which: --id HOLD for one hold (varve status {name} shows them), or --all for all of {name}.");
        var lifecycle = call.Write();
        if (
            await IsKeptAsync(
                call,
                $"End {(all ? $"all holds of {name}" : $"the hold {id} of {name}")}? What is past its time goes then, once it is proven."
            )
        )
            return ExitCode.Done;
        var count = await lifecycle.ReleaseAsync(name, id, call.Cancellation);
        return Counted(
            call,
            name,
            "released",
            count,
            count == 0 ? $"{name} has no such hold." : $"{HumanText.Count(count, "hold")} of {name} ended."
        );
    }

    /// <summary>True where a person at a terminal was asked and did not type yes; a script has said what it wants.</summary>
    private static async Task<bool> IsKeptAsync(CommandContext call, string question)
    {
        if (call.Parse.GetValue(Yes) || call.IsJson || !call.Screen.CanAsk || await TypedYes.AskAsync(call, question))
            return false;
        call.Screen.Line("Nothing was changed.");
        return true;
    }

    private static async Task<int> RetireAsync(CommandContext call)
    {
        var name = call.Parse.GetRequiredValue(CommonOptions.Name);
        if (!call.Parse.GetValue(Drop))
        {
            var retired = (await call.Read().StatusAsync(Selection.Of(name), null, call.Cancellation))
                .SelectMany(s => s.Relations)
                .Where(r => r.IsRetired)
                .ToList();
            if (call.IsJson)
                call.Print(new DroppedShape(name, false, [.. retired.Select(r => r.Table.Text)]));
            else if (retired.Count == 0)
                call.Screen.Line(new Span($"{name} has no retired tier.", Palette.Dim));
            else
                foreach (var relation in retired)
                    call.Screen.Line(
                        new Span(relation.Relation.Text, Palette.Bold),
                        new($"  {relation.Table.Text}  {HumanText.Count(relation.Rows, "row")}; --drop removes it")
                    );
            return ExitCode.Done;
        }

        var dropped = await call.Write().DropRetiredAsync(name, call.Cancellation);
        if (call.IsJson)
            call.Print(new DroppedShape(name, true, [.. dropped.Select(t => t.Text)]));
        else
            foreach (var table in dropped)
                call.Screen.Line(new("dropped  ", Palette.Warn), table.Text);
        return ExitCode.Done;
    }

    private static async Task<int> AcceptTypesAsync(CommandContext call)
    {
        var name = call.Parse.GetRequiredValue(CommonOptions.Name);
        var columns = await call.Write().AcceptTypesAsync(name, call.Cancellation);
        if (call.IsJson)
            call.Print(new RetypedListShape(name, columns));
        else
            foreach (var column in columns)
                call.Screen.Line(new("accepted  ", Palette.Good), $"{column.Column}: {column.Before} → {column.Now}");
        return ExitCode.Done;
    }

    private static Task<int> SchemaAsync(CommandContext call)
    {
        call.Screen.Out.WriteLine(PolicySchema.Json.TrimEnd());
        return Task.FromResult(ExitCode.Done);
    }

    internal static int Counted(CommandContext call, string policy, string what, long count, string sentence)
    {
        if (call.IsJson)
            call.Print(new CountShape(policy, what, count));
        else
            call.Screen.Line(sentence);
        return ExitCode.Done;
    }
}
