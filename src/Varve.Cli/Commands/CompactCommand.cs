using System.CommandLine;
using Varve.Cli.Render;
using Varve.Databases;
using Varve.DuckDb;

namespace Varve.Cli.Commands;

/// <summary><c>varve compact</c>.</summary>
internal static class CompactCommand
{
    private static readonly Option<string?> To = new("--to")
    {
        HelpName = "FILE",
        Description = "The new file; it must not exist. A server writes it beside its own, and says where",
    };

    internal static Command Create() =>
        new CliCommand(
            "compact",
            "Write a compact copy of a DuckDB file, compared with it; nothing is swapped",
            [To, CommonOptions.Db, .. CommonOptions.Served, CommonOptions.Output, CommonOptions.Debug],
            ActAsync
        )
        {
            Examples = ["varve compact --to compact.duckdb --db duckdb:metrics.duckdb"],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var report = await WriteAsync(call, call.Parse.GetValue(To));
        if (call.IsJson)
            call.Print(new CompactShape(report.Source, report.Target, report.BytesBefore, report.BytesAfter, report.Tables, report.Rows));
        else
            Show(call, report);
        return ExitCode.Done;
    }

    private static Task<DuckDbCompactionReport> WriteAsync(CommandContext call, string? target)
    {
        if (call.IsServed)
            return target is null
                ? call.Served().CompactAsync(call.Cancellation)
                : throw CommonOptions.Usage(
                    $"{To.Name} does not go with {CommonOptions.Server.Name}: the server writes the copy beside its file, and says which it is. Leave it out."
                );
        var url = DatabaseOpener.Url(call.Parse.GetValue(CommonOptions.Db));
        Compaction.Require(url);
        return target is null
            ? throw CommonOptions.Usage($"Say where the copy is written, a file that does not exist: {To.Name} compact.duckdb.")
            : Compaction.WriteAsync(url, target, call.Cancellation);
    }

    private static void Show(CommandContext call, DuckDbCompactionReport report)
    {
        var screen = call.Screen;
        var columns = new Columns("", "file", ">size");
        columns.Add(new Span("before", Palette.Dim), report.Source, HumanText.Bytes(report.BytesBefore));
        columns.Add(new Span("after", Palette.Dim), report.Target, HumanText.Bytes(report.BytesAfter));
        columns.Write(screen, "");
        screen.Line();
        screen.Line(
            $"{HumanText.Count(report.Tables, "table")} with {HumanText.Count(report.Rows, "row")} were copied and compared: definitions by their text, rows by number and hash."
        );
        screen.Line(
            new Span(
                call.IsServed
                    ? "Nothing was swapped. On the machine of the server, when it has ended and nothing was written since:"
                    : "Nothing was swapped. When nobody has the file open and nothing was written since:",
                Palette.Dim
            )
        );
        screen.Line(
            new Span(
                $"  mv {Quoted(report.Source)} {Quoted($"{report.Source}.old")} && mv {Quoted(report.Target)} {Quoted(report.Source)}",
                Palette.Dim
            )
        );
        if (!call.IsServed && File.Exists($"{report.Source}.wal"))
            screen.Line(
                new Span($"  and move {Quoted($"{report.Source}.wal")} with the old file: its rows are in the copy.", Palette.Warn)
            );
    }

    private static string Quoted(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_')
            ? path
            : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
