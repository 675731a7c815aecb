using System.CommandLine;
using Varve.Cli.Answers;
using Varve.Cli.Render;
using Varve.DuckDb;
using Varve.Reading;

namespace Varve.Cli.Commands;

/// <summary><c>varve sql</c>.</summary>
internal static class SqlCommand
{
    private static readonly Argument<string?> Statement = new("STATEMENT")
    {
        Description = "What to run; none: a prompt, or what comes in on standard input",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> Write = new("--write")
    {
        Description = "Open the database for writing; without it every statement that writes is refused",
    };

    private static readonly Option<string> Format = new Option<string>("--output")
    {
        HelpName = "table|csv|tsv|json|ndjson",
        Description = "What to print",
        DefaultValueFactory = _ => "table",
    }
        .AcceptOnlyFromAmong("table", "csv", "tsv", "json", "ndjson")
        .Also("-o");

    private static readonly Option<bool> NoHeaders = new("--no-headers")
    {
        Description = "Leave the names of the columns out of table, csv and tsv",
    };

    private static readonly Option<bool> Expanded = new("--expanded", "-x") { Description = "Show each row as lines, one for each column" };

    private const string NotServed =
        "is for a database that is opened here: on a server, a statement that a person wrote is run in one place only, a recurrent query, which has its own right, its windows and its history (docs/queries.md).";

    internal static Command Create() =>
        new CliCommand(
            "sql",
            "Ask the database itself, in its own SQL; nothing is written without --write",
            [Statement, Write, Format, NoHeaders, Expanded, CommonOptions.Wide, CommonOptions.Db, CommonOptions.Wait, CommonOptions.Debug],
            ActAsync
        )
        {
            NotServed = NotServed,
            Examples = ["varve sql \"SELECT count(*) FROM cpu\"", "varve sql -o csv < report.sql", "varve sql"],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var format = AnswerTarget.Of(call.Parse.GetRequiredValue(Format))!.Format;
        var (headers, expanded) = (!call.Parse.GetValue(NoHeaders), call.Parse.GetValue(Expanded));
        if (!headers && (expanded || format is AnswerFormat.Json or AnswerFormat.NdJson))
            throw CommonOptions.Usage("--no-headers is for table, csv and tsv; what you asked for has the names in every row.");
        if (expanded && format is not AnswerFormat.Table)
            throw CommonOptions.Usage("--expanded is for people; it does not go with --output.");
        if (Backends.ServerAddress.OnlyPlace(call.Parse) is { } server)
            throw CommonOptions.Usage(
                $"varve sql {NotServed} {Backends.ServerAddress.Variable} names the server {server}, and nothing names a database: --db duckdb:metrics.duckdb."
            );
        var url = DatabaseOpener.Url(call.Parse.GetValue(CommonOptions.Db));
        if (url.Scheme != "duckdb")
            throw CommonOptions.Usage(
                $"varve sql is for DuckDB files, which one process has open at a time. {url} takes statements from its own client: {(url.Scheme == "postgresql" ? "psql" : "crash")}."
            );
        var printer = new SqlPrinter(call, format, headers, expanded);
        if (call.Parse.GetValue(Write))
            call.Write();
        else
            call.Read();
        if (call.Parse.GetValue(Statement) is { } typed)
            return await ScriptAsync(typed, printer);
        return call.Screen.CanAsk
            ? await PromptAsync(call, printer)
            : await ScriptAsync(await Console.In.ReadToEndAsync(call.Cancellation), printer);
    }

    private static async Task<int> ScriptAsync(string text, SqlPrinter printer)
    {
        var script = new DuckDbScript();
        List<string> statements = [.. script.Add(text)];
        if (script.End() is { } last)
            statements.Add(last);
        if (statements.Count == 0)
            throw CommonOptions.Usage("There is no statement in what was typed.");
        if (statements.Count > 1 && printer.IsDocument)
            throw CommonOptions.Usage("--output json is one document: it takes one statement. ndjson, csv, tsv and table take several.");
        foreach (var statement in statements)
            await printer.RunAsync(statement);
        return ExitCode.Done;
    }

    /// <summary>Lines until a semicolon; an error ends a statement, not the prompt.</summary>
    private static async Task<int> PromptAsync(CommandContext call, SqlPrinter printer)
    {
        var opened = call.Parse.GetValue(Write) ? "for reading and writing" : "for reading only";
        call.Screen.Line(
            new Span($"{call.DatabaseName}, {opened}. A semicolon ends a statement; exit or Ctrl-D ends the prompt.", Palette.Dim)
        );
        var script = new DuckDbScript();
        while (true)
        {
            await call.Screen.Out.WriteAsync(script.IsEmpty ? "varve> " : "   ... ");
            await call.Screen.Out.FlushAsync(call.Cancellation);
            if (Console.In.ReadLine() is not { } line || (script.IsEmpty && IsEnd(line)))
                return ExitCode.Done;
            foreach (var statement in script.Add($"{line}\n"))
            {
                try
                {
                    await printer.RunAsync(statement);
                }
                catch (VarveException refused)
                {
                    Failures.Print(call.Screen, Failures.Body(refused));
                }
            }
        }
    }

    private static bool IsEnd(string line) => line.Trim().TrimEnd(';') is "exit" or "quit" or ".exit" or ".quit";
}

/// <summary>Prints what statements give, in the forms of <c>query</c>.</summary>
internal sealed class SqlPrinter(CommandContext call, AnswerFormat format, bool headers, bool expanded)
{
    internal bool IsDocument => format is AnswerFormat.Json;

    internal async Task RunAsync(string statement)
    {
        if (format is AnswerFormat.Table)
        {
            List<IReadOnlyList<object?>> rows = [];
            IReadOnlyList<string>? columns = null;
            await DuckDbPrompt.RunAsync(
                call.Database,
                statement,
                some =>
                {
                    columns = some.Columns;
                    rows.AddRange(some.Rows);
                },
                call.Cancellation
            );
            if (columns is not null)
                await ShowAsync(new(columns, rows, [], []));
            else
                call.Screen.Line(new Span("Done.", Palette.Dim));
            return;
        }

        await call.Screen.Out.FlushAsync(call.Cancellation);
        using var writer = AnswerWriter.Of(format, call.Screen.Bytes, headers);
        QueryAnswer? head = null;
        await DuckDbPrompt.RunAsync(
            call.Database,
            statement,
            some =>
            {
                head = new(some.Columns, [], [], []);
                writer.Take(head with { Rows = some.Rows });
            },
            call.Cancellation
        );
        if (head is not null)
            writer.Finish(head);
    }

    private Task ShowAsync(QueryAnswer answer) =>
        Pager.ShowAsync(
            call.Screen,
            screen =>
            {
                if (expanded)
                    AnswerScreen.Lines(screen, answer, discloses: false);
                else
                    AnswerScreen.Table(screen, answer, headers, discloses: false);
                screen.Line(new Span(HumanText.Count(answer.Rows.Count, "row"), Palette.Dim));
            }
        );
}
