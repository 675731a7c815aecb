using System.Buffers;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using NodaTime;
using Varve.Sql;

namespace Varve.CrateDb.Http;

/// <summary>
/// A statement with its values as JSON, compressed where that is worth it. It knows whether its first byte has left,
/// because a statement of which nothing was sent may be sent to another server.
/// </summary>
internal sealed class SqlBody : HttpContent
{
    private const int WorthCompressing = 8 * 1024;

    private readonly byte[] _bytes;

    private SqlBody(ReadOnlySpan<byte> json)
    {
        Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        if (json.Length < WorthCompressing)
        {
            _bytes = json.ToArray();
            return;
        }

        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(json);
        _bytes = compressed.ToArray();
        Headers.ContentEncoding.Add("gzip");
    }

    /// <summary>True once a server may have seen some of it.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>A statement with the values of its placeholders.</summary>
    public static SqlBody Of(string statement, IReadOnlyList<SqlValue> values) => Of(statement, values, bulk: null);

    /// <summary>A statement that is executed once for each row of values.</summary>
    public static SqlBody OfBulk(string statement, IReadOnlyList<IReadOnlyList<SqlValue>> rows) => Of(statement, values: [], rows);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        HasLeft = true;
        await stream.WriteAsync(_bytes, cancellationToken);
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = _bytes.Length;
        return true;
    }

    private static SqlBody Of(string statement, IReadOnlyList<SqlValue> values, IReadOnlyList<IReadOnlyList<SqlValue>>? bulk)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("stmt", statement);
            if (values.Count > 0)
            {
                json.WritePropertyName("args");
                Write(json, values);
            }

            if (bulk is not null)
            {
                json.WriteStartArray("bulk_args");
                foreach (var row in bulk)
                    Write(json, row);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return new(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<SqlValue> values)
    {
        json.WriteStartArray();
        foreach (var value in values)
            Write(json, value);
        json.WriteEndArray();
    }

    /// <summary>A decimal travels as text, because CrateDB reads a JSON number as a double.</summary>
    private static void Write(Utf8JsonWriter json, SqlValue value)
    {
        switch (value)
        {
            case SqlValue.Nothing:
                json.WriteNullValue();
                break;
            case SqlValue.Text(var text):
                json.WriteStringValue(text);
                break;
            case SqlValue.Integer(var number):
                json.WriteNumberValue(number);
                break;
            case SqlValue.Real(var number) when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case SqlValue.Real(var number):
                json.WriteStringValue(
                    double.IsNaN(number) ? "NaN"
                    : number > 0 ? "Infinity"
                    : "-Infinity"
                );
                break;
            case SqlValue.Exact(var number):
                json.WriteStringValue(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
                break;
            case SqlValue.Truth(var truth):
                json.WriteBooleanValue(truth);
                break;
            case SqlValue.Time(var at):
                json.WriteNumberValue(CrateDbTime.Milliseconds(at));
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
