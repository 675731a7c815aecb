using System.Text.Json;
using Varve.Engines;

namespace Varve.CrateDb.Http;

/// <summary>
/// Reads an answer while it arrives, row by row: what is held is one row and the buffer of the network, however long the
/// answer is. CrateDB sends names and types before the rows; an answer in another order is none.
/// </summary>
internal sealed class AnswerReader(Stream stream) : IAsyncDisposable
{
    private const int Buffer = 32 * 1024;
    private const int LongestRow = 64 * 1024 * 1024;

    private byte[] _bytes = new byte[Buffer];
    private int _start;
    private int _end;
    private JsonReaderState _state;
    private Place _place = Place.Top;
    private IReadOnlyList<AnswerType>? _types;

    private enum Place
    {
        Top,
        Rows,
        Done,
    }

    /// <summary>The names of the columns, known with the first row.</summary>
    public IReadOnlyList<string> Columns { get; private set; } = [];

    /// <summary>How many rows were given or written, known at the end; null where the server does not say.</summary>
    public long? RowCount { get; private set; }

    /// <summary>What became of each row of values of a bulk statement; null for any other.</summary>
    public IReadOnlyList<(long RowCount, int? Code, string? Message)>? Results { get; private set; }

    /// <summary>The most bytes that were held at a time.</summary>
    public int Held => _bytes.Length;

    /// <summary>The next row; null at the end.</summary>
    /// <exception cref="JsonException">It is no answer of CrateDB.</exception>
    /// <exception cref="EndOfStreamException">It ends in the middle.</exception>
    public async ValueTask<Row?> ReadAsync(CancellationToken cancellationToken)
    {
        while (_place != Place.Done)
        {
            var (step, row) = Step();
            if (step == Next.Row)
                return row;
            if (step == Next.More)
                await FillAsync(cancellationToken);
        }

        return null;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private enum Next
    {
        Row,
        More,
        Again,
    }

    /// <summary>One thing of the answer, whole, or nothing of it where not all of it has arrived.</summary>
    private (Next Step, Row? Row) Step()
    {
        var json = new Utf8JsonReader(_bytes.AsSpan(_start, _end - _start), isFinalBlock: false, _state);
        if (_place == Place.Rows)
        {
            if (!json.Read())
                return (Next.More, null);
            if (json.TokenType == JsonTokenType.EndArray)
            {
                _place = Place.Top;
                return Took(json);
            }

            var probe = json;
            if (!probe.TrySkip())
                return (Next.More, null);
            var values = Row(ref json);
            Took(json);

            // DDL answers with one row that has no column.
            return values.Length == 0 ? (Next.Again, null) : (Next.Row, new Row(values));
        }

        if (!json.Read())
            return (Next.More, null);
        if (json.TokenType == JsonTokenType.StartObject && json.CurrentDepth == 0)
            return Took(json);
        if (json.TokenType == JsonTokenType.EndObject && json.CurrentDepth == 0)
        {
            _place = Place.Done;
            return Took(json);
        }

        return json.TokenType == JsonTokenType.PropertyName
            ? Property(ref json)
            : throw new JsonException($"an answer begins with {json.TokenType}");
    }

    private (Next Step, Row? Row) Property(ref Utf8JsonReader json)
    {
        var name = json.GetString();
        if (!json.Read())
            return (Next.More, null);
        if (name == "rows")
        {
            if (json.TokenType != JsonTokenType.StartArray)
                throw new JsonException("rows are no array");
            _place = Place.Rows;
            return Took(json);
        }

        var probe = json;
        if (!probe.TrySkip())
            return (Next.More, null);
        switch (name)
        {
            case "cols":
                Columns = [.. Strings(ref json)];
                break;
            case "col_types":
                _types = Types(ref json);
                break;
            case "rowcount":
                RowCount = json.GetInt64() is >= 0 and var count ? count : null;
                break;
            case "results":
                Results = Outcomes(ref json);
                break;
            default:
                json = probe;
                break;
        }

        return Took(json);
    }

    private object?[] Row(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartArray)
            throw new JsonException("a row is no array");
        var types = _types ?? throw new JsonException("rows come before their types");
        var values = new object?[types.Count];
        var count = 0;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (count == values.Length)
                throw new JsonException("a row has more values than columns");
            values[count] = AnswerValues.Read(ref json, types[count]);
            count++;
        }

        return count == values.Length ? values : throw new JsonException("a row has fewer values than columns");
    }

    private (Next Step, Row? Row) Took(Utf8JsonReader json)
    {
        _start += (int)json.BytesConsumed;
        _state = json.CurrentState;
        return (Next.Again, null);
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _bytes.Length)
        {
            if (_bytes.Length >= LongestRow)
                throw new JsonException("a row is longer than 64 MiB");
            Array.Resize(ref _bytes, _bytes.Length * 2);
        }

        var read = await stream.ReadAsync(_bytes.AsMemory(_end), cancellationToken);
        if (read == 0)
            throw new EndOfStreamException();
        _end += read;
    }

    private static List<string> Strings(ref Utf8JsonReader json)
    {
        List<string> texts = [];
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            texts.Add(json.GetString()!);
        return texts;
    }

    private static List<AnswerType> Types(ref Utf8JsonReader json)
    {
        List<AnswerType> types = [];
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            types.Add(Type(ref json));
        return types;
    }

    /// <summary>A number, or [100, the type of the elements].</summary>
    private static AnswerType Type(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartArray)
            return new(json.GetInt32());
        json.Read();
        var id = json.GetInt32();
        json.Read();
        var of = Type(ref json);
        json.Read();
        return new(id, of);
    }

    private static List<(long, int?, string?)> Outcomes(ref Utf8JsonReader json)
    {
        using var results = JsonDocument.ParseValue(ref json);
        return
        [
            .. results
                .RootElement.EnumerateArray()
                .Select(r =>
                    r.TryGetProperty("error", out var error)
                        ? (
                            r.GetProperty("rowcount").GetInt64(),
                            error.GetProperty("code").GetInt32(),
                            error.GetProperty("message").GetString()
                        )
                        : (r.GetProperty("rowcount").GetInt64(), (int?)null, (string?)null)
                ),
        ];
    }
}
