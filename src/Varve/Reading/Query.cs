using NodaTime;
using Varve.Planning;
using Varve.Time;

namespace Varve.Reading;

/// <summary>A question to one policy's source and tiers.</summary>
public sealed record QueryRequest
{
    /// <summary>The policy, or its table.</summary>
    public required string Policy { get; init; }

    /// <summary>From here on.</summary>
    public required Instant From { get; init; }

    /// <summary>Up to here, exclusive.</summary>
    public required Instant To { get; init; }

    /// <summary>
    /// The wanted width; excludes <see cref="Points"/>. Its buckets are merged from every relation whose own nest in them. One
    /// that is no tier's and that nothing of the range has is refused (VRV326); else a coarser tier answers what has it no more.
    /// </summary>
    public string? Every { get; init; }

    /// <summary>
    /// The IANA zone of the days, weeks, months and years of <see cref="Every"/>; null: that of the tier of that name, else
    /// <see cref="Policies.Policy.LocalZone"/>.
    /// </summary>
    public string? Zone { get; init; }

    /// <summary>
    /// About how many points are wanted over the span; the coarsest tier that is fine enough answers, and none is finer than rows
    /// come.
    /// </summary>
    public int? Points { get; init; }

    /// <summary>
    /// How many buckets a series has at most; excludes <see cref="Every"/> and <see cref="Points"/>. The finest of the usual
    /// widths answers that gives no more, and into which what is left of the range fits; none is finer than rows come. A year is
    /// the widest.
    /// </summary>
    public int? AtMost { get; init; }

    /// <summary>
    /// Series columns and texts that say values of their types; null for IS NULL. Of a column that is named more than once, one
    /// of its values.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Where { get; init; } = [];

    /// <summary>Columns to show, <c>measure_function</c>; empty for all.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>
    /// Null: what there is. Else the answer is refused (VRV325) unless it is whole as of that instant: every bucket has ended
    /// and has all of its parts, in the width that was asked for, and every value is known.
    /// </summary>
    public Instant? WholeAsOf { get; init; }
}

/// <summary>The answer: rows with the tier that each comes from, and which tier answered which range and why.</summary>
/// <param name="Columns">Time, series, values, then varve_rows, varve_coverage, varve_tier, varve_seconds, varve_complete.</param>
/// <param name="Rows">Ordered by time, then series; numbers, texts and truth values as .NET's, the time as an instant, a local date or an
/// integer, and every other value, dates and times among them, as the text that the database writes.</param>
/// <param name="Parts">Which relation answered which range.</param>
/// <param name="Notes">What a reader must know: where nothing as fine as wanted survives.</param>
public sealed record QueryAnswer(
    IReadOnlyList<string> Columns,
    IReadOnlyList<IReadOnlyList<object?>> Rows,
    IReadOnlyList<QueryPart> Parts,
    IReadOnlyList<string> Notes
)
{
    /// <summary>The rows, with their values by the names of the columns.</summary>
    public IEnumerable<AnswerRow> ByName()
    {
        var places = Columns
            .Select((name, place) => (name, place))
            .ToDictionary(c => c.name, c => c.place, StringComparer.OrdinalIgnoreCase);
        return Rows.Select(row => new AnswerRow(places, row));
    }

    /// <summary>Where the bucket of each row starts, whatever the type of the time column.</summary>
    public IReadOnlyList<NodaTime.Instant> Starts { get; init; } = [];

    /// <summary>The IANA zone that people read it in: the one that was asked for, else that of the buckets, else the policy's.</summary>
    public string Zone { get; init; } = "UTC";

    /// <summary>
    /// From the start of the first bucket to the end of the last one: buckets are whole, so it may begin before what was asked
    /// for, and end after it. Null where there is no bucket.
    /// </summary>
    public TimeRange? Range { get; init; }

    /// <summary>What was asked for and is in no part, because nothing has it any more; each range is in one of the notes too.</summary>
    public IReadOnlyList<TimeRange> Missing { get; init; } = [];
}

/// <summary>A range and who answered it.</summary>
/// <param name="Relation">source or tier id.</param>
/// <param name="Range">The range.</param>
public sealed record QueryPart(RelationId Relation, TimeRange Range);

/// <summary>A row of an answer, read by the names of its columns; letters compare without case.</summary>
public sealed class AnswerRow
{
    private readonly IReadOnlyDictionary<string, int> _places;
    private readonly IReadOnlyList<object?> _values;

    internal AnswerRow(IReadOnlyDictionary<string, int> places, IReadOnlyList<object?> values) => (_places, _values) = (places, values);

    /// <summary>A value as it is in <see cref="QueryAnswer.Rows"/>; null for NULL.</summary>
    /// <exception cref="PolicyException">The answer has no such column (VRV323).</exception>
    public object? this[string column] =>
        _places.TryGetValue(column, out var place)
            ? _values[place]
            : throw new PolicyException(
                WorkCodes.NoColumn,
                $"The answer has no column {column}. It has: {string.Join(", ", _places.Keys)}."
            );

    /// <summary>A number as a double, whatever its type in the database; null for NULL.</summary>
    /// <exception cref="PolicyException">The answer has no such column (VRV323).</exception>
    /// <exception cref="InvalidCastException">It is no number.</exception>
    public double? Number(string column) =>
        this[column] switch
        {
            null => null,
            System.Numerics.BigInteger big => (double)big,
            string or Instant or LocalDate => throw new InvalidCastException($"{column} is no number."),
            { } value => Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture),
        };
}
