using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;
using Varve.Policies;
using Varve.Time;

namespace Varve.Contracts;

/// <summary>Values that are one text in JSON; they are written only.</summary>
internal abstract class TextConverter<T> : JsonConverter<T>
{
    public sealed override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("The command line writes this value and does not read it.");

    public sealed override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value));

    protected abstract string Text(T value);
}

/// <summary>ISO 8601 in UTC.</summary>
internal sealed class InstantConverter : TextConverter<Instant>
{
    protected override string Text(Instant value) => InstantText.Format(value);
}

/// <summary>schema.table.</summary>
internal sealed class TableNameConverter : TextConverter<TableName>
{
    protected override string Text(TableName value) => value.Text;
}

/// <summary>A range as <c>{"from": …, "to": …}</c>; an open end is null.</summary>
internal sealed class TimeRangeConverter : JsonConverter<TimeRange>
{
    public override TimeRange Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("The command line writes this value and does not read it.");

    public override void Write(Utf8JsonWriter writer, TimeRange value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("from", value.FromStart ? null : InstantText.Format(value.From));
        writer.WriteString("to", value.ToEnd ? null : InstantText.Format(value.To));
        writer.WriteEndObject();
    }
}

/// <summary>Exact seconds as a number.</summary>
internal sealed class DurationConverter : JsonConverter<Duration>
{
    public override Duration Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("The command line writes this value and does not read it.");

    public override void Write(Utf8JsonWriter writer, Duration value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(Math.Round(value.TotalSeconds, 6));
}
