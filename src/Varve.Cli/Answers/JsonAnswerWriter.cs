using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.Reading;
using Varve.Time;

namespace Varve.Cli.Answers;

/// <summary>One document: columns, rows, and who answered which range.</summary>
internal sealed class JsonAnswerWriter(Stream stream) : AnswerWriter
{
    internal static readonly JsonWriterOptions Written = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Utf8JsonWriter _json = new(stream, Written);

    protected override void Begin(QueryAnswer head)
    {
        _json.WriteStartObject();
        _json.WriteString("format", DocumentFormats.Answer);
        _json.WriteString("zone", head.Zone);
        _json.WriteStartArray("columns");
        foreach (var column in head.Columns)
            _json.WriteStringValue(column);
        _json.WriteEndArray();
        _json.WriteStartArray("rows");
    }

    protected override void Write(QueryAnswer slice)
    {
        foreach (var row in slice.Rows)
        {
            Row(_json, slice.Columns, row);
            if (_json.BytesPending > 1 << 16)
                _json.Flush();
        }
    }

    protected override void End(QueryAnswer head)
    {
        _json.WriteEndArray();
        _json.WriteStartArray("parts");
        foreach (var part in head.Parts)
            Range(part.Range, part.Relation.Text);
        _json.WriteEndArray();
        if (head.Range is { } whole)
        {
            _json.WritePropertyName("range");
            Range(whole, null);
        }

        _json.WriteStartArray("missing");
        foreach (var range in head.Missing)
            Range(range, null);
        _json.WriteEndArray();
        _json.WriteStartArray("notes");
        foreach (var note in head.Notes)
            _json.WriteStringValue(note);
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
        stream.WriteByte((byte)'\n');
    }

    public override void Dispose() => _json.Dispose();

    internal static void Row(Utf8JsonWriter json, IReadOnlyList<string> columns, IReadOnlyList<object?> row)
    {
        json.WriteStartObject();
        for (var i = 0; i < row.Count; i++)
        {
            json.WritePropertyName(columns[i]);
            Value(json, row[i]);
        }

        json.WriteEndObject();
    }

    private void Range(TimeRange range, string? relation)
    {
        _json.WriteStartObject();
        if (relation is not null)
            _json.WriteString("relation", relation);
        _json.WriteString("from", range.FromStart ? null : InstantText.Format(range.From));
        _json.WriteString("to", range.ToEnd ? null : InstantText.Format(range.To));
        _json.WriteEndObject();
    }

    private static void Value(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case double d when double.IsFinite(d):
                json.WriteNumberValue(d);
                break;
            case float f when float.IsFinite(f):
                json.WriteNumberValue(f);
                break;
            case decimal m:
                json.WriteNumberValue(m);
                break;
            case BigInteger or long or int or short or sbyte or byte or ushort or uint or ulong:
                json.WriteRawValue(AnswerScreen.Exact(value));
                break;
            default:
                json.WriteStringValue(AnswerScreen.Exact(value));
                break;
        }
    }
}

/// <summary>An object a line, for programs that read while it is written.</summary>
internal sealed class LinesWriter(Stream stream) : AnswerWriter
{
    private readonly Utf8JsonWriter _json = new(Stream.Null, JsonAnswerWriter.Written with { Indented = false });
    private readonly BufferedStream _buffer = new(stream, 1 << 16);

    protected override void Begin(QueryAnswer head) { }

    protected override void Write(QueryAnswer slice)
    {
        foreach (var row in slice.Rows)
        {
            _json.Reset(_buffer);
            JsonAnswerWriter.Row(_json, slice.Columns, row);
            _json.Flush();
            _buffer.WriteByte((byte)'\n');
        }

        _buffer.Flush();
    }

    // The stream is not its own: it is flushed, and left open.
    public override void Dispose()
    {
        _json.Dispose();
        _buffer.Flush();
    }
}
