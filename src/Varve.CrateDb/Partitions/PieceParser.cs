using NodaTime;
using Varve.Time;

namespace Varve.CrateDb.Partitions;

/// <summary>
/// From the values of a partition to the instants that its rows can have. Pure. A partition without a range is never
/// removed by age, and is reported with the reason.
/// </summary>
/// <param name="columns">The partition columns in their order.</param>
/// <param name="time">The time column of the policy.</param>
/// <param name="stated">What the policy says of a partition column whose expression does not tell it; null where it says nothing.</param>
internal sealed class PieceParser(IReadOnlyList<PartitionColumn> columns, string time, (string Column, PartitionGrid Grid)? stated = null)
{
    private readonly IReadOnlyList<(PartitionColumn Column, GenerationExpression? Read, string? Reason)> _columns =
    [
        .. columns.Select(c => Read(c, time, stated)),
    ];

    /// <summary>The values of a row of the catalog, each of its column's type.</summary>
    public IReadOnlyList<PartitionValue> Values(IReadOnlyDictionary<string, object?> stored) =>
        [.. columns.Select(c => new PartitionValue(c, c.Value(stored.GetValueOrDefault(c.Name))))];

    /// <summary>What all columns that say something say together; the reason where none does.</summary>
    public (TimeRange? Range, string? Reason) RangeOf(IReadOnlyList<PartitionValue> values)
    {
        TimeRange? range = null;
        List<string> reasons = [];
        foreach (var ((column, read, reason), (_, value)) in _columns.Zip(values))
        {
            var (said, why) = read is null ? (null, reason) : RangeOf(column, read, value);
            if (said is not null)
                range = range?.Intersect(said) ?? said;
            else
                reasons.Add($"{column.Name}: {why}");
        }

        return range is { IsEmpty: false } ? (range, null)
            : range is not null ? (null, "its partition columns contradict each other")
            : (null, string.Join("; ", reasons));
    }

    private static (TimeRange? Range, string? Reason) RangeOf(PartitionColumn column, GenerationExpression read, object? value)
    {
        if (value is null)
            return (null, "it is NULL, so its rows have no time");
        if (read.Start(value) is not { } start)
            return (null, "its value is not one that its expression makes");
        if (start == Instant.MinValue || start == Instant.MaxValue)
            return (null, "its value is beyond every calendar");
        return read.Grid.RangeOf(start) is { } range
            ? (range, null)
            : (null, $"its value is no boundary of what {column.Name} is made from");
    }

    /// <summary>Why a column says nothing of the times of rows, whatever the time column is; null where it does.</summary>
    public static string? ReasonOf(PartitionColumn column) =>
        column.Expression is null ? Filled(column)
        : GenerationExpression.Read(column.Expression) is { Read: null, Reason: var reason } ? reason
        : null;

    private static string Filled(PartitionColumn column) =>
        column.IsTimestamp || column.Type is "bigint" or "integer" ? "writers fill it, so only the policy can say how long a partition is"
        : column.Type == "text" ? "it is text, and only the policy can say whether that is the day or the month of the rows"
        : "it is no time";

    private static (PartitionColumn, GenerationExpression?, string?) Read(
        PartitionColumn column,
        string time,
        (string Column, PartitionGrid Grid)? stated
    )
    {
        if (stated is { } said && said.Column == column.Name)
            return (column, new(time, said.Grid), null);
        if (column.Name == time)
            return (column, new(time, new PartitionGrid.Fixed(1, 0)), null);
        if (column.Expression is null)
        {
            return (column, null, Filled(column));
        }

        var (read, reason) = GenerationExpression.Read(column.Expression);
        return read is null ? (column, null, reason)
            : read.Time == time ? (column, read, null)
            : (column, null, $"it is made from {read.Time}, not from the time column {time}");
    }
}
