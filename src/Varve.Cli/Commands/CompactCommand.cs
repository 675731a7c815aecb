using System.CommandLine;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.DuckDb;
using Varve.Engines;

namespace Varve.Cli.Commands;

/// <summary><c>varve compact</c>.</summary>
internal static class CompactCommand
{
    private static readonly Option<string> To = new("--to") { HelpName = "FILE", Description = "The new file; it must not exist", Required = true };

    internal static Command Create() => new Verb("compact", "Write a compact copy of a DuckDB file, compared with it; nothing is swapped", [To, Shared.Db, Shared.Output, Shared.Debug], ActAsync)
    {
        Examples = ["varve compact --to compact.duckdb --db duckdb:metrics.duckdb"],
    };

    private static async Task<int> ActAsync(Call call)
    {
        var url = Opening.Url(call.Parse.GetValue(Shared.Db));
        Refuse(url);
        var report = await DuckDbCompaction.CompactAsync(url, call.Parse.GetRequiredValue(To), cancellationToken: call.Cancellation);
        if (call.IsJson) call.Print(new CompactShape(report.Source, report.Target, report.BytesBefore, report.BytesAfter, report.Tables, report.Rows));
        else Show(call.Screen, report);
        return ExitCode.Done;
    }

    private static void Refuse(DatabaseUrl url)
    {
        if (url is { Scheme: "duckdb", Path: ":memory:" }) throw Shared.Usage("A database in memory has no file to compact.");
        if (url.Scheme == "postgresql") throw Shared.Usage("compact is for DuckDB files. PostgreSQL reuses space by itself (autovacuum); VACUUM FULL gives it back to the disk.");
        if (url.Scheme != "duckdb") throw Shared.Usage($"compact is for DuckDB files: {url.Scheme} gives the space of removed rows back by itself.");
    }

    private static void Show(Screen screen, DuckDbCompactionReport report)
    {
        var columns = new Columns("", "file", ">size");
        columns.Add(new Span("before", Ink.Dim), report.Source, Words.Bytes(report.BytesBefore));
        columns.Add(new Span("after", Ink.Dim), report.Target, Words.Bytes(report.BytesAfter));
        columns.Write(screen, "");
        screen.Line();
        screen.Line($"{Words.Count(report.Tables, "table")} with {Words.Count(report.Rows, "row")} were copied and compared: definitions by their text, rows by number and hash.");
        screen.Line(new Span("Nothing was swapped. When nobody has the file open and nothing was written since:", Ink.Dim));
        screen.Line(new Span($"  mv {Quoted(report.Source)} {Quoted($"{report.Source}.old")} && mv {Quoted(report.Target)} {Quoted(report.Source)}", Ink.Dim));
        if (File.Exists($"{report.Source}.wal")) screen.Line(new Span($"  and move {Quoted($"{report.Source}.wal")} with the old file: its rows are in the copy.", Ink.Warn));
    }

    private static string Quoted(string path) => path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_') ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
