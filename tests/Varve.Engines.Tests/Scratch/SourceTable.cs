using NodaTime;
using Varve.Policies;

namespace Varve.Engines.Tests.Scratch;

/// <summary>How a table of the tests stores time.</summary>
public enum TimeKind
{
    Timestamp,
    TimestampSeconds,
    TimestampMilliseconds,
    TimestampNanoseconds,
    TimestampTz,
    Date,
    IntegerSeconds,
    IntegerMilliseconds,
    IntegerMicroseconds,
    IntegerNanoseconds,
}

/// <summary>How a table of the tests stores a value.</summary>
public enum ValueKind
{
    Double,
    Float,
    Small,
    Integer,
    Huge,
    Money,
    Bool,
    Text,
    Moment,
}

/// <summary>One column of a table of the tests.</summary>
public sealed record SourceColumn(string Name, ValueKind Kind);

/// <summary>A table that a test makes as a user would.</summary>
public sealed record SourceTable(TableName Name, string Time, TimeKind TimeKind, IReadOnlyList<SourceColumn> Columns)
{
    public int IndexOf(string column)
    {
        for (var i = 0; i < Columns.Count; i++)
            if (Columns[i].Name == column)
                return i;
        throw new ArgumentException($"There is no column {column}.", nameof(column));
    }
}

/// <summary>One row: its time (null for NULL, the ends of time for ±infinity) and its values in the order of the table.</summary>
public sealed record SourceRow(Instant? At, IReadOnlyList<object?> Values)
{
    public bool IsTimed => At is { } at && at != Instant.MinValue && at != Instant.MaxValue;

    public static SourceRow Of(string at, params object?[] values) => new(Varve.Time.InstantText.Parse(at), values);

    public static SourceRow Of(Instant? at, params object?[] values) => new(at, values);
}
