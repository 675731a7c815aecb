using System.CommandLine;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.Policies;
using Varve.Proposing;
using Varve.Time;

namespace Varve.Cli.Commands;

/// <summary><c>varve init</c>.</summary>
internal static class InitCommand
{
    private const string Folder = "policies";

    private static readonly Argument<string?> Table = new("TABLE")
    {
        Description = "The table, as schema.table; none: list the tables",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> All = new("--all")
    {
        Description = "One file for each table; a table that is no time series is reported",
    };

    private static readonly Option<string?> Out = new("--out")
    {
        HelpName = "FILE|DIR",
        Description = $"Where to write. Default: standard output; with --all the folder {Folder}",
    };

    private static readonly Option<bool> Force = new("--force") { Description = "Overwrite files that are there" };

    private static readonly Option<string?> Time = new("--time")
    {
        HelpName = "COL[:UNIT]",
        Description = "The time column; an integer with its unit: ts:ms",
    };

    private static readonly Option<string?> Series = new("--series")
    {
        HelpName = "A,B",
        Description = "The columns that tell things apart; \"\" for one series",
    };

    private static readonly Option<string?> Ttl = new("--ttl")
    {
        HelpName = "KEEP",
        Description = "Only let rows go that are older: 365d. No tier is proposed",
    };

    private static readonly Option<string?> Archive = new("--archive")
    {
        HelpName = "NAME",
        Description = "With --ttl: where rows are kept before they go",
    };

    internal static Command Create() =>
        new CliCommand(
            "init",
            "Look at a table and write a first policy for it",
            [Table, All, Out, Force, Time, Series, Ttl, Archive, .. CommonOptions.Anywhere],
            ActAsync
        )
        {
            Examples =
            [
                "varve init --ttl 365d --archive cold metrics.cpu --out cpu.yaml",
                "varve init metrics.cpu --out cpu.yaml",
                "varve init metrics.cpu --time ts:ms --series host,region",
                "varve init --all --out policies",
            ],
        };

    private static Task<int> ActAsync(CommandContext call) =>
        (call.Parse.GetValue(Table), call.Parse.GetValue(All)) switch
        {
            (null, false) => ListAsync(call),
            (null, true) => AllAsync(call),
            ({ } table, false) => OneAsync(call, table),
            _ => throw CommonOptions.Usage("Name one table, or say --all, not both."),
        };

    private static async Task<int> OneAsync(CommandContext call, string table)
    {
        var choices = new ProposalChoices
        {
            Time = call.Parse.GetValue(Time),
            Series = call.Parse.GetValue(Series) is { } series ? CommonOptions.Split([series]) : null,
            Ttl = ReadTtl(call),
            Archive = call.Parse.GetValue(Archive),
        };
        var file = call.Parse.GetValue(Out);
        if (file is not null)
            Free(call, [file]);
        var draft = await call.Read().ProposeAsync(Read(table), choices, call.Cancellation);
        if (file is not null)
            await WriteAsync(file, draft, call.Cancellation);
        if (call.IsJson)
            call.Print(new InitShape([InitPolicy.Of(draft, file)], []));
        else if (file is null)
            call.Screen.Out.Write(draft.Yaml);
        else
            Wrote(call, [(draft, file)]);
        return ExitCode.Done;
    }

    private static Keep? ReadTtl(CommandContext call)
    {
        var text = call.Parse.GetValue(Ttl);
        if (call.Parse.GetValue(Archive) is not null && text is null)
            throw CommonOptions.Usage("--archive goes with --ttl: varve init --ttl 365d --archive cold TABLE.");
        if (text is null)
            return null;
        if (call.Parse.GetValue(Series) is not null)
            throw CommonOptions.Usage("--ttl proposes no tier, so that --series means nothing. Leave one of them out.");
        return Keep.TryParse(text, out var keep, out var error) ? keep : throw CommonOptions.Usage($"--ttl: {error}");
    }

    private static async Task<int> AllAsync(CommandContext call)
    {
        if (call.Parse.GetValue(Time) is not null || call.Parse.GetValue(Series) is not null)
            throw CommonOptions.Usage("--time and --series are about one table: varve init TABLE --time ts.");
        if (call.Parse.GetValue(Ttl) is not null || call.Parse.GetValue(Archive) is not null)
            throw CommonOptions.Usage("--ttl and --archive are about one table: varve init --ttl 365d TABLE.");
        var folder = call.Parse.GetValue(Out) ?? Folder;
        var outcomes = await call.Read().ProposeAllAsync(call.Cancellation);
        var written = Files(folder, [.. outcomes.Select(o => o.Draft).OfType<PolicyDraft>()]);
        Free(call, [.. written.Select(w => w.File)]);
        if (written.Count > 0)
            Directory.CreateDirectory(folder);
        foreach (var (draft, file) in written)
            await WriteAsync(file, draft, call.Cancellation);
        var left = outcomes.Where(o => o.Obstacle is not null).ToList();
        if (call.IsJson)
        {
            call.Print(new InitShape([.. written.Select(w => InitPolicy.Of(w.Draft, w.File))], [.. left.Select(InitLeft.Of)]));
            return ExitCode.Done;
        }

        Wrote(call, written);
        foreach (var table in left)
            call.Screen.Line(
                new("left out  ", Palette.Warn),
                new(table.Table.Text, Palette.Bold),
                $"  {table.Obstacle!.Code}: {table.Obstacle.Message}"
            );
        if (outcomes.Count == 0)
            call.Screen.Line(new Span("There is no table in this database that is not Varve's own.", Palette.Dim));
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(CommandContext call)
    {
        var tables = await call.Read().TablesAsync(call.Cancellation);
        if (tables.Count == 0)
            throw CommonOptions.Usage("There is no table in this database that is not Varve's own.");
        throw CommonOptions.Usage(
            $"Say which table: varve init {tables[0].Text}, or --all for all of them. There {(tables.Count == 1 ? "is" : "are")} {string.Join(", ", tables.Select(t => t.Text))}."
        );
    }

    private static TableName Read(string table)
    {
        try
        {
            return TableName.Parse(table);
        }
        catch (FormatException wrong)
        {
            throw CommonOptions.Usage(wrong.Message);
        }
    }

    private static List<(PolicyDraft Draft, string File)> Files(string folder, IReadOnlyList<PolicyDraft> drafts) =>
        [.. drafts.Zip(PolicyFolder.Files(folder, drafts.Select(d => d.Policy)))];

    private static void Free(CommandContext call, IReadOnlyList<string> files)
    {
        if (!call.Parse.GetValue(Force))
            PolicyFolder.Free(files);
    }

    private static Task WriteAsync(string file, PolicyDraft draft, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(file, draft.Yaml, cancellationToken);

    private static void Wrote(CommandContext call, IReadOnlyList<(PolicyDraft Draft, string File)> written)
    {
        foreach (var (draft, file) in written)
            call.Screen.Line(new("written   ", Palette.Good), new(draft.Table.Text, Palette.Bold), $"  {file}");
        if (written.Count > 0)
            call.Screen.Line(
                new Span($"Read and change {(written.Count == 1 ? "it" : "them")}, then: varve check {written[0].File}", Palette.Dim)
            );
    }
}
