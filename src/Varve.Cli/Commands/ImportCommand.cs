using System.CommandLine;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.Databases;
using Varve.Engines;
using Varve.Importing;
using Varve.Policies;

namespace Varve.Cli.Commands;

/// <summary>
/// <c>varve import cratedb-toolkit|graphite|rrdtool|pg_partman</c>: policies from what another tool was told. Nothing is stored
/// without <c>--apply</c>.
/// </summary>
internal static class ImportCommand
{
    private static readonly Argument<string?> Rows = new("FILE")
    {
        Description = "Rows of the tool's table as JSON or CSV; - is standard input",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Argument<string> PartConfig = new("FILE")
    {
        Description = "Rows of part_config as JSON or CSV; - is standard input",
    };

    private static readonly Argument<string> Schemas = new("SCHEMAS") { Description = "storage-schemas.conf" };

    private static readonly Argument<string?> Aggregation = new("AGGREGATION")
    {
        Description = "storage-aggregation.conf",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Argument<string> Rrd = new("FILE")
    {
        Description = "The output of rrdtool info or rrdtool dump; - is standard input",
    };

    private static readonly Option<string> ToolkitSchema = new("--schema")
    {
        HelpName = "NAME",
        Description = "The schema of the toolkit's table",
        DefaultValueFactory = _ => "ext",
    };

    private static readonly Option<string> Compare = CommonOptions.Among(
        "--compare",
        "What of a partition must be old enough; start is what the toolkit compares",
        "end",
        "start"
    );

    private static readonly Option<string[]> Times = new("--time")
    {
        HelpName = "[TABLE=]COL",
        Description = "The time column, of one table or of all. May be repeated",
    };

    private static readonly Option<string?> Time = new("--time") { HelpName = "COL", Description = "The time column. Default: ts" };

    private static readonly Option<string?> Schema = new("--schema") { HelpName = "NAME", Description = "The schema of the tables" };

    private static readonly Option<string> Series = new("--series")
    {
        HelpName = "COL",
        Description = "The column of the metric's name",
        DefaultValueFactory = _ => "path",
    };

    private static readonly Option<string> Value = new("--value")
    {
        HelpName = "COL",
        Description = "The column of the value",
        DefaultValueFactory = _ => "value",
    };

    private static readonly Option<string?> Table = new("--table")
    {
        HelpName = "TABLE",
        Description = "The table of the samples. Default: the name of the file",
    };

    private static readonly Option<string?> Out = new("--out")
    {
        HelpName = "DIR",
        Description = "Write a file for each policy into this folder. Default: all of them to standard output",
    };

    private static readonly Option<bool> Force = new("--force") { Description = "Overwrite files that are there" };

    private static readonly Option<bool> Apply = new("--apply")
    {
        Description = "Store the policies in the database: all of them or, where one is refused, none",
    };

    private static IReadOnlyList<Symbol> Common =>
        [Apply, CommonOptions.Db, .. CommonOptions.Served, Out, Force, CommonOptions.Output, CommonOptions.Debug];

    internal static Command Create() =>
        new CliCommand(
            "import",
            "Make policies from what another tool was told",
            new CliCommand(
                "cratedb-toolkit",
                "From the retention policies of cratedb-toolkit",
                [Rows, ToolkitSchema, Compare, Times, .. Common],
                ToolkitAsync
            )
            {
                Examples =
                [
                    "varve import cratedb-toolkit --db cratedb://crate@localhost:4200/ --out policies",
                    "varve import cratedb-toolkit --db cratedb://crate@localhost:4200/ --apply",
                    "cratedb-retention list-policies URI | varve import cratedb-toolkit - --time ts",
                ],
            },
            new CliCommand(
                "graphite",
                "From storage-schemas.conf and storage-aggregation.conf",
                [Schemas, Aggregation, Schema, Time, Series, Value, .. Common],
                GraphiteAsync
            )
            {
                Examples = ["varve import graphite storage-schemas.conf storage-aggregation.conf --out policies"],
            },
            new CliCommand("rrdtool", "From the description of a round-robin database", [Rrd, Table, Time, .. Common], RrdtoolAsync)
            {
                Examples = ["rrdtool info router.rrd | varve import rrdtool - --table net.router"],
            },
            new CliCommand("pg_partman", "From the rows of pg_partman's part_config", [PartConfig, .. Common], PartmanAsync)
            {
                Examples = ["psql -c \"COPY partman.part_config TO STDOUT CSV HEADER\" | varve import pg_partman -"],
            }
        );

    private static async Task<int> ToolkitAsync(CommandContext call)
    {
        var file = call.Parse.GetValue(Rows);
        var times = SaidTimes(call.Parse.GetValue(Times) ?? []);
        times.Remove("", out var time);
        var request = new ImportRequest
        {
            Tool = ImportTool.CratedbToolkit,
            Schema = call.Parse.GetValue(ToolkitSchema),
            Time = time,
            Times = times,
            Compare = call.Parse.GetValue(Compare) == "start" ? ToolkitCompare.Start : ToolkitCompare.End,
        };
        if (file is null && call.IsServed)
            return await EndAsync(call, await call.Served().ImportToolkitAsync(request, call.Cancellation));
        var url = file is null && call.HasDatabase ? DatabaseOpener.Url(call.Parse.GetValue(CommonOptions.Db)) : null;
        return await ReadAsync(call, request, file, url);
    }

    private static async Task<int> GraphiteAsync(CommandContext call) =>
        await ReadAsync(
            call,
            new()
            {
                Tool = ImportTool.Graphite,
                Aggregation = call.Parse.GetValue(Aggregation) is { } file ? await TextAsync(file, call.Cancellation) : null,
                Schema = call.Parse.GetValue(Schema),
                Time = call.Parse.GetValue(Time),
                Series = call.Parse.GetValue(Series),
                Value = call.Parse.GetValue(Value),
            },
            call.Parse.GetRequiredValue(Schemas)
        );

    private static Task<int> RrdtoolAsync(CommandContext call)
    {
        var file = call.Parse.GetRequiredValue(Rrd);
        var named =
            call.Parse.GetValue(Table)
            ?? (
                file == "-"
                    ? throw CommonOptions.Usage("Say which table has the samples: --table net.router.")
                    : Path.GetFileNameWithoutExtension(file)
            );
        return ReadAsync(
            call,
            new()
            {
                Tool = ImportTool.Rrdtool,
                Table = Read(named),
                Time = call.Parse.GetValue(Time),
            },
            file
        );
    }

    private static Task<int> PartmanAsync(CommandContext call) =>
        ReadAsync(call, new() { Tool = ImportTool.PgPartman }, call.Parse.GetRequiredValue(PartConfig));

    // Files are read and made policies here, also where a server stores them: it opens none.
    private static async Task<int> ReadAsync(CommandContext call, ImportRequest request, string? file, DatabaseUrl? url = null) =>
        await EndAsync(
            call,
            await ToolImport.ReadAsync(
                file is null ? request : request with { Text = await TextAsync(file, call.Cancellation), Called = Shown(file) },
                url,
                Console.In,
                call.Cancellation
            )
        );

    private static Task<int> EndAsync(CommandContext call, ImportResult result) =>
        call.Parse.GetValue(Apply) ? ApplyAsync(call, result) : WriteAsync(call, result);

    private static async Task<int> ApplyAsync(CommandContext call, ImportResult result)
    {
        if (!call.HasDatabase)
            throw CommonOptions.Usage("--apply stores the policies in a database: name it with --db, or a server with --server.");
        if (call.Parse.GetValue(Out) is not null)
            throw CommonOptions.Usage("--apply stores the policies, --out writes files to read first. Say one of them.");
        List<PolicyDocument> documents = [.. result.Policies.SelectMany(p => PolicyYaml.Parse(p.Yaml, p.Name))];
        var results = await call.Write().ApplyAsync(documents, prune: false, call.Cancellation);
        if (call.IsJson)
            call.Print(new ApplyShape([.. results.Select(AppliedPolicy.Of)]));
        else
            ApplyCommand.Show(call.Screen, results);
        foreach (var left in result.Left)
            call.Screen.Warn(new("no counterpart  ", Palette.Warn), left);
        return ExitCode.Done;
    }

    private static async Task<int> WriteAsync(CommandContext call, ImportResult result)
    {
        var files = call.Parse.GetValue(Out) is { } folder ? PolicyFolder.Files(folder, result.Policies.Select(p => p.Name)) : [];
        if (!call.Parse.GetValue(Force))
            PolicyFolder.Free(files);
        if (files.Count > 0)
            Directory.CreateDirectory(call.Parse.GetValue(Out)!);
        foreach (var (policy, file) in result.Policies.Zip(files))
            await File.WriteAllTextAsync(file, policy.Yaml, call.Cancellation);
        if (call.IsJson)
        {
            call.Print(ImportShape.Of(result, files));
            return ExitCode.Done;
        }

        if (files.Count == 0)
            call.Screen.Out.Write(string.Join("---\n", result.Policies.Select(p => p.Yaml)));
        foreach (var (policy, file) in result.Policies.Zip(files))
            call.Screen.Line(new("written   ", Palette.Good), new(policy.Table.Text, Palette.Bold), $"  {file}");
        foreach (var left in result.Left)
            call.Screen.Warn(new("no counterpart  ", Palette.Warn), left);
        if (files.Count > 0)
            call.Screen.Line(new Span($"Read and change {(files.Count == 1 ? "it" : "them")}, then: varve check {files[0]}", Palette.Dim));
        return ExitCode.Done;
    }

    /// <summary>TABLE=COL for one table; COL for the others, under the empty name.</summary>
    private static Dictionary<string, string> SaidTimes(IReadOnlyList<string> texts)
    {
        Dictionary<string, string> times = new(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var at = text.LastIndexOf('=');
            if (at == text.Length - 1 || at == 0)
                throw CommonOptions.Usage($"--time {text} names no column. Write --time ts, or --time " + $"doc.sensor=ts for one table.");
            if (!times.TryAdd(at < 0 ? "" : text[..at], text[(at + 1)..]))
                throw CommonOptions.Usage(
                    $"--time says twice what the time column of {(at < 0 ? "every table" : text[..at])} is. Leave one out."
                );
        }

        return times;
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

    private static string Shown(string file) => file == "-" ? "standard input" : file;

    private static Task<string> TextAsync(string file, CancellationToken cancellationToken) =>
        file == "-" ? Console.In.ReadToEndAsync(cancellationToken) : File.ReadAllTextAsync(file, cancellationToken);
}
