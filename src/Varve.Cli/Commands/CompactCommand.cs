using System.CommandLine;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.DuckDb;
using Varve.Engines;

namespace Varve.Cli.Commands;

/// <summary><c>varve compact</c>.</summary>
internal static class CompactCommand
{
    private static readonly Option<string> To = new("--to")
    {
        HelpName = "FILE",
        Description = "The new file; it must not exist",
        Required = true,
    };

    internal static Command Create() =>
        new CliCommand(
            "compact",
            "Write a compact copy of a DuckDB file, compared with it; nothing is swapped",
            [To, CommonOptions.Db, CommonOptions.Output, CommonOptions.Debug],
            ActAsync
        )
        {
            Examples = ["varve compact --to compact.duckdb --db duckdb:metrics.duckdb"],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var url = DatabaseOpener.Url(call.Parse.GetValue(CommonOptions.Db));
        Refuse(url);
        var report = await DuckDbCompaction.CompactAsync(url, call.Parse.GetRequiredValue(To), cancellationToken: call.Cancellation);
        if (call.IsJson)
            call.Print(new CompactShape(report.Source, report.Target, report.BytesBefore, report.BytesAfter, report.Tables, report.Rows));
        else
            Show(call.Screen, report);
        return ExitCode.Done;
    }

    private static void Refuse(DatabaseUrl url)
    {
        if (url is { Scheme: "duckdb", Path: ":memory:" })
            throw CommonOptions.Usage("A database in memory has no file to compact.");
        if (url.Scheme == "postgresql")
            throw CommonOptions.Usage(
                "compact is for DuckDB files. PostgreSQL reuses space by itself (autovacuum); VACUUM FULL gives it back to the disk."
            );
        if (url.Scheme != "duckdb")
            throw CommonOptions.Usage($"compact is for DuckDB files: {url.Scheme} gives the space of removed rows back by itself.");
    }

    private static void Show(Screen screen, DuckDbCompactionReport report)
    {
        var columns = new Columns("", "file", ">size");
        columns.Add(new Span("before", Palette.Dim), report.Source, HumanText.Bytes(report.BytesBefore));
        columns.Add(new Span("after", Palette.Dim), report.Target, HumanText.Bytes(report.BytesAfter));
        columns.Write(screen, "");
        screen.Line();
        screen.Line(
            $"{HumanText.Count(report.Tables, "table")} with {HumanText.Count(report.Rows, "row")} were copied and compared: definitions by their text, rows by number and hash."
        );
        screen.Line(new Span("Nothing was swapped. When nobody has the file open and nothing was written since:", Palette.Dim));
        screen.Line(
            new Span(
                $"  mv {Quoted(report.Source)} {Quoted($"{report.Source}.old")} && mv {Quoted(report.Target)} {Quoted(report.Source)}",
                Palette.Dim
            )
        );
        if (File.Exists($"{report.Source}.wal"))
            screen.Line(
                new Span($"  and move {Quoted($"{report.Source}.wal")} with the old file: its rows are in the copy.", Palette.Warn)
            );
    }

    private static string Quoted(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_')
            ? path
            : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
