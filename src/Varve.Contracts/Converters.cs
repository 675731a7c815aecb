using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Contracts;

/// <summary>Values that are one text in JSON.</summary>
internal abstract class TextConverter<T> : JsonConverter<T>
{
    public sealed override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return Parse(reader.GetString() ?? "");
        }
        catch (FormatException wrong)
        {
            throw new JsonException(wrong.Message, wrong);
        }
    }

    public sealed override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Text(value));

    protected abstract string Text(T value);

    protected abstract T Parse(string text);
}

/// <summary>ISO 8601 in UTC.</summary>
internal sealed class InstantConverter : TextConverter<Instant>
{
    protected override string Text(Instant value) => InstantText.Format(value);

    protected override Instant Parse(string text) => InstantText.Parse(text);
}

/// <summary>schema.table.</summary>
internal sealed class TableNameConverter : TextConverter<TableName>
{
    protected override string Text(TableName value) => value.Text;

    protected override TableName Parse(string text) => TableName.Parse(text);
}

/// <summary>source, all, or a tier's id.</summary>
internal sealed class RelationIdConverter : TextConverter<RelationId>
{
    protected override string Text(RelationId value) => value.Text;

    protected override RelationId Parse(string text) => text.Length > 0 ? new(text) : throw new FormatException("A relation is empty.");
}

/// <summary>A range as <c>{"from": …, "to": …}</c>; an open end is null.</summary>
internal sealed class TimeRangeConverter : JsonConverter<TimeRange>
{
    public override TimeRange Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var read = JsonDocument.ParseValue(ref reader);
        try
        {
            return new(End(read, "from") ?? Instant.MinValue, End(read, "to") ?? Instant.MaxValue);
        }
        catch (Exception wrong) when (wrong is FormatException or ArgumentException or InvalidOperationException)
        {
            throw new JsonException(wrong.Message, wrong);
        }
    }

    public override void Write(Utf8JsonWriter writer, TimeRange value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("from", value.FromStart ? null : InstantText.Format(value.From));
        writer.WriteString("to", value.ToEnd ? null : InstantText.Format(value.To));
        writer.WriteEndObject();
    }

    private static Instant? End(JsonDocument read, string name) =>
        read.RootElement.TryGetProperty(name, out var end) && end.GetString() is { } text ? InstantText.Parse(text) : null;
}

/// <summary>Exact seconds as a number.</summary>
internal sealed class DurationConverter : JsonConverter<Duration>
{
    public override Duration Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Duration.FromSeconds(reader.GetDouble());

    public override void Write(Utf8JsonWriter writer, Duration value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(Math.Round(value.TotalSeconds, 6));
}
