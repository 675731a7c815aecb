using Varve.Cli.Backends;
using Varve.Cli.Commands;
using Varve.Cli.Render;
using Varve.Engines;
using Varve.Reading;

namespace Varve.Cli.Answers;

/// <summary>Where an answer goes and as what: a format on standard output, or a file whose name ends with one.</summary>
internal sealed record AnswerTarget(AnswerFormat Format, string? File)
{
    private static readonly (string Name, AnswerFormat Format)[] s_formats =
    [
        ("table", AnswerFormat.Table),
        ("csv", AnswerFormat.Csv),
        ("tsv", AnswerFormat.Tsv),
        ("json", AnswerFormat.Json),
        ("ndjson", AnswerFormat.NdJson),
        ("parquet", AnswerFormat.Parquet),
    ];

    internal static IEnumerable<string> Names => s_formats.Select(f => f.Name);

    /// <summary>Reads what was typed; null for what is neither a format nor a file that ends with one.</summary>
    internal static AnswerTarget? Of(string text)
    {
        foreach (var (name, format) in s_formats)
        {
            if (text == name)
                return new(format, null);
            if (format != AnswerFormat.Table && text.EndsWith($".{name}", StringComparison.OrdinalIgnoreCase))
                return new(format, text);
        }

        return null;
    }

    /// <summary>
    /// Asks and writes; a file is there when all of it is. What people must know besides, beyond says of the answer; a document
    /// has it as its range.
    /// </summary>
    internal async Task WriteAsync(
        CommandContext call,
        IBackend lifecycle,
        QueryRequest request,
        bool headers,
        Func<QueryAnswer, IEnumerable<string>> beyond
    )
    {
        await call.Screen.Out.FlushAsync(call.Cancellation);
        var written = new Progress();
        QueryAnswer answer;
        try
        {
            answer = await AskAsync(call, lifecycle, request, headers, written);
        }
        catch (EngineException full) when (full.Code == EngineCodes.OutOfMemory && !written.HasBegun)
        {
            // Very many columns or series: with the usual memory, as every other command.
            answer = await AskAsync(call, await call.ReadAgainAsync(), request, headers, written);
        }

        if (Format is AnswerFormat.Json)
            return;
        foreach (var note in answer.Notes.Concat(beyond(answer)))
            call.Screen.Warn(new("note     ", Palette.Warn), note);
    }

    private Task<QueryAnswer> AskAsync(CommandContext call, IBackend lifecycle, QueryRequest request, bool headers, Progress written) =>
        File is null ? PrintAsync(call, lifecycle, request, headers, written) : SaveAsync(call, lifecycle, request, headers, File);

    private async Task<QueryAnswer> PrintAsync(
        CommandContext call,
        IBackend lifecycle,
        QueryRequest request,
        bool headers,
        Progress written
    )
    {
        var stream = call.Screen.Bytes;
        if (Format is not AnswerFormat.Parquet)
            return (await StreamAsync(call, lifecycle, request, headers, stream, written)).Answer;
        if (call.Screen.IsTerminal)
            throw CommonOptions.Usage(
                "A Parquet file is nothing for a terminal. Name a file, --output answer.parquet, or send it somewhere."
            );
        var folder = Directory.CreateTempSubdirectory("varve-");
        try
        {
            var path = Path.Combine(folder.FullName, "answer.parquet");
            var (answer, _) = await lifecycle.ExportAsync(request, path, call.Cancellation);
            await using var file = System.IO.File.OpenRead(path);
            await file.CopyToAsync(stream, call.Cancellation);
            return answer;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<QueryAnswer> SaveAsync(CommandContext call, IBackend lifecycle, QueryRequest request, bool headers, string path)
    {
        if (Directory.Exists(path))
            throw CommonOptions.Usage($"--output {path} is a folder. Name a file in it.");
        var part = $"{path}.{Guid.CreateVersion7():N}.part";
        try
        {
            var (answer, rows) =
                Format is AnswerFormat.Parquet
                    ? await lifecycle.ExportAsync(request, part, call.Cancellation)
                    : await SaveTextAsync(call, lifecycle, request, headers, part);
            System.IO.File.Move(part, path, overwrite: true);
            call.Screen.Line(new("written  ", Palette.Good), new(path, Palette.Bold), $"  {HumanText.Count(rows, "row")}");
            return answer;
        }
        finally
        {
            System.IO.File.Delete(part);
        }
    }

    private async Task<(QueryAnswer Answer, long Rows)> SaveTextAsync(
        CommandContext call,
        IBackend lifecycle,
        QueryRequest request,
        bool headers,
        string part
    )
    {
        await using var file = System.IO.File.Create(part);
        return await StreamAsync(call, lifecycle, request, headers, file, new());
    }

    private async Task<(QueryAnswer Answer, long Rows)> StreamAsync(
        CommandContext call,
        IBackend lifecycle,
        QueryRequest request,
        bool headers,
        Stream stream,
        Progress written
    )
    {
        using var writer = AnswerWriter.Of(Format, stream, headers);
        var rows = 0L;
        var answer = await lifecycle.QueryAsync(
            request,
            slice =>
            {
                rows += slice.Rows.Count;
                writer.Take(slice);
                written.HasBegun = writer.HasBegun;
                return Task.CompletedTask;
            },
            call.Cancellation
        );
        writer.Finish(answer);
        return (answer, rows);
    }

    /// <summary>Whether something was written that cannot be taken back.</summary>
    private sealed class Progress
    {
        internal bool HasBegun { get; set; }
    }
}
