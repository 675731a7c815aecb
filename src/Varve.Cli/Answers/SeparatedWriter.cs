using System.Text;
using Varve.Cli.Render;
using Varve.Reading;

namespace Varve.Cli.Answers;

/// <summary>A line per row with something between values; NULL is nothing at all.</summary>
internal sealed class SeparatedWriter(Stream stream, char between, Func<string, string> protect, bool headers) : AnswerWriter
{
    private readonly StreamWriter _writer = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16, leaveOpen: true)
    {
        NewLine = "\n",
    };

    protected override void Begin(QueryAnswer head)
    {
        if (headers)
            _writer.WriteLine(string.Join(between, head.Columns.Select(protect)));
    }

    protected override void Write(QueryAnswer slice)
    {
        foreach (var row in slice.Rows)
        {
            for (var i = 0; i < row.Count; i++)
            {
                if (i > 0)
                    _writer.Write(between);
                if (row[i] is { } value)
                    _writer.Write(protect(AnswerScreen.Exact(value)));
            }

            _writer.WriteLine();
        }

        _writer.Flush();
    }

    public override void Dispose() => _writer.Dispose();

    internal static string Quoted(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    internal static string Escaped(string text) =>
        text.AsSpan().IndexOfAny("\t\n\r\\") < 0
            ? text
            : text.Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\t", "\\t", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal)
                .Replace("\r", "\\r", StringComparison.Ordinal);
}
