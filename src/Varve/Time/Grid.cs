using NodaTime;
using NodaTime.Text;

namespace Varve.Time;

/// <summary>
/// The bucket boundaries of one tier: a width with, if fixed, an origin or, if of the calendar, a zone. A bucket of a fixed
/// width is <c>[origin + k · width, origin + (k + 1) · width)</c>, k any whole number. One of a calendar width is
/// [first instant whose local date ≥ D, first instant whose local date ≥ next(D)), with the zone data of NodaTime.
/// Instants from the years 0001 to 9999 are meant; a bucket that would end after 9999 ends at +∞.
/// </summary>
public sealed class Grid
{
    private static readonly DurationPattern OriginText = DurationPattern.CreateWithInvariantCulture("HH':'mm':'ss.FFF");

    // So many buckets of months are written out as they are.
    private const int MostListed = 120;

    private static readonly TimeRange Years = new(Instant.FromUtc(1, 1, 1, 0, 0), Instant.MaxValue);

    private readonly Boundaries _boundaries;

    private Grid(Width width, DateTimeZone zone, Boundaries boundaries, string id) =>
        (Width, Zone, _boundaries, Id) = (width, zone, boundaries, id);

    /// <summary>The width of the buckets.</summary>
    public Width Width { get; }

    /// <summary>The zone whose midnights bound the buckets; UTC for a fixed width.</summary>
    public DateTimeZone Zone { get; }

    /// <summary>
    /// The canonical name: <c>1h</c>, <c>1h+00:07:00</c> where the origin is not a multiple of the width since 1970,
    /// <c>1d</c>, <c>1d@America/New_York</c>. Grids of one zone data with equal ids have equal buckets.
    /// </summary>
    public string Id { get; }

    /// <summary>The grid of a fixed width.</summary>
    /// <param name="width">The width.</param>
    /// <param name="origin">A boundary, in whole milliseconds; any other one would do.</param>
    /// <returns>The grid.</returns>
    /// <exception cref="ArgumentException"><paramref name="origin"/> is ±∞ or not in whole milliseconds.</exception>
    public static Grid Fixed(Width.Fixed width, Instant origin)
    {
        ArgumentNullException.ThrowIfNull(width);
        if (!IsFinite(origin) || Micros.FloorToMilliseconds(origin) != origin)
        {
            throw new ArgumentException(
                $"The origin {InstantText.Format(origin)} must be an instant in whole milliseconds.",
                nameof(origin)
            );
        }

        var boundaries = new FixedBoundaries(width, origin);
        var suffix = boundaries.Phase == Duration.Zero ? "" : $"+{OriginText.Format(boundaries.Phase)}";
        return new(width, DateTimeZone.Utc, boundaries, width.Name + suffix);
    }

    /// <summary>The grid of a calendar width. A zone that never left UTC counts as UTC.</summary>
    /// <param name="width">The width.</param>
    /// <param name="zone">The zone.</param>
    /// <returns>The grid.</returns>
    public static Grid Calendar(Width.Calendar width, DateTimeZone zone)
    {
        ArgumentNullException.ThrowIfNull(width);
        ArgumentNullException.ThrowIfNull(zone);
        var utc = zone.MinOffset == Offset.Zero && zone.MaxOffset == Offset.Zero;
        var used = utc ? DateTimeZone.Utc : zone;
        return new(width, used, new CalendarBoundaries(width, used), utc ? width.Name : $"{width.Name}@{zone.Id}");
    }

    /// <summary>The start of the bucket that holds an instant; −∞ and +∞ stay what they are.</summary>
    /// <param name="at">The instant.</param>
    /// <returns>The last boundary at or before it.</returns>
    public Instant Floor(Instant at) => IsFinite(at) ? _boundaries.Around(at).From : at;

    /// <summary>The first boundary at or after an instant; −∞ and +∞ stay what they are.</summary>
    /// <param name="at">The instant.</param>
    /// <returns>The boundary.</returns>
    public Instant Ceiling(Instant at) => _boundaries.AtOrAfter(at);

    /// <summary>A range with both ends floored, so that of its last bucket nothing is left unless the range ends with it.</summary>
    /// <param name="range">The range.</param>
    /// <returns><c>[Floor(From), Floor(To))</c>.</returns>
    public TimeRange Floor(TimeRange range) => new(Floor(range.From), Floor(range.To));

    /// <summary>The whole buckets that a range touches. An empty range stays empty only at a boundary.</summary>
    /// <param name="range">The range.</param>
    /// <returns><c>[Floor(From), Ceiling(To))</c>.</returns>
    public TimeRange Cover(TimeRange range) => new(Floor(range.From), Ceiling(range.To));

    /// <summary>Whether a bucket starts at an instant; never at −∞ or +∞.</summary>
    /// <param name="at">The instant.</param>
    /// <returns>True if it is a boundary.</returns>
    public bool IsBoundary(Instant at) => IsFinite(at) && _boundaries.Has(at);

    /// <summary>The bucket that holds an instant.</summary>
    /// <param name="at">The instant, not ±∞.</param>
    /// <returns>The bucket.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="at"/> is −∞ or +∞, which no bucket holds.</exception>
    public TimeRange BucketOf(Instant at) => _boundaries.Around(Finite(at));

    /// <summary>The buckets that overlap a range, in the order of time, found as they are asked for.</summary>
    /// <param name="range">The range; both ends are finite.</param>
    /// <returns>The buckets; none if the range is empty.</returns>
    /// <exception cref="ArgumentException">The range is unbounded.</exception>
    public IEnumerable<TimeRange> Buckets(TimeRange range) => _boundaries.Over(Bounded(range));

    /// <summary>
    /// The same buckets as maximal runs of equally long ones: one run for a fixed width, a handful for the local days of a
    /// year, about one a month for months.
    /// </summary>
    /// <param name="range">The range; both ends are finite.</param>
    /// <returns>The runs in the order of time; none if the range is empty.</returns>
    /// <exception cref="ArgumentException">The range is unbounded.</exception>
    public IReadOnlyList<BucketRun> Runs(TimeRange range) => BucketRuns.Of(_boundaries, Width, Bounded(range));

    /// <summary>
    /// The same buckets as stretches that a formula finds each: the runs, and for centuries of months those whose boundaries one
    /// clock shows; both ends of the range are finite.
    /// </summary>
    internal IReadOnlyList<BucketStretch> Stretches(TimeRange range) =>
        Width is Width.Calendar { Months: { } months }
        && _boundaries is CalendarBoundaries calendar
        && !Bounded(range).IsEmpty
        && (range.To - range.From).TotalDays > MostListed * MonthDays.Most(months)
            ? [.. new MonthStretches(calendar, Zone, months).Over(range)]
            : [.. Runs(range).Select(run => new BucketStretch.Even(run))];

    /// <summary>
    /// Whether each boundary of a coarser grid is one of this grid too, so that each of its buckets is made of whole ones of
    /// this. It is decided exactly, with the history of the zones, by the rules where two widths nest and else by looking.
    /// </summary>
    /// <param name="coarser">The coarser grid.</param>
    /// <param name="span">Which boundaries to look at, its end included, because a bucket ends there. −∞ is the year 0001.</param>
    /// <param name="firstMissing">The first boundary of the coarser grid that is none of this; null if there is none.</param>
    /// <returns>True if none is missing.</returns>
    public bool BoundariesContain(Grid coarser, TimeRange span, out Instant? firstMissing)
    {
        ArgumentNullException.ThrowIfNull(coarser);
        ArgumentNullException.ThrowIfNull(span);
        firstMissing = IsNestedByRule(coarser)
            ? null
            : BoundaryMatch.FirstMissing(_boundaries, coarser._boundaries, Instant.Max(span.From, Years.From), span.To);
        return firstMissing is null;
    }

    /// <summary>The buckets of a coarser grid that are made of whole buckets of this one, with the history of the zones.</summary>
    /// <param name="coarser">The coarser grid.</param>
    /// <param name="span">Which of its buckets to look at: those that overlap it. The years 0001 to 9999 are looked at.</param>
    /// <returns>The buckets; none where none is, which need not be a subset of the span.</returns>
    public RangeSet NestedBuckets(Grid coarser, TimeRange span)
    {
        ArgumentNullException.ThrowIfNull(coarser);
        ArgumentNullException.ThrowIfNull(span);
        var within = span.Intersect(new(Years.From, Instant.MaxValue - Duration.Epsilon));
        if (within.IsEmpty)
            return RangeSet.Empty;
        return IsNestedByRule(coarser)
            ? RangeSet.Of(coarser.Cover(within))
            : BoundaryMatch.Nested(_boundaries, coarser._boundaries, within);
    }

    /// <summary>The length of the longest bucket that overlaps a range, with the history of the zone.</summary>
    /// <param name="span">The range; −∞ is the year 0001. For an empty one it is the bucket that holds its start.</param>
    /// <returns>The length.</returns>
    public Duration LongestBucket(TimeRange span)
    {
        ArgumentNullException.ThrowIfNull(span);
        var from = Instant.Min(Instant.Max(span.From, Years.From), Instant.MaxValue - Duration.Epsilon);
        return Width is Width.Fixed
            ? Width.Longest
            : Time.LongestBucket.Of(_boundaries, from, Instant.Max(span.To, from + Duration.Epsilon));
    }

    /// <summary>The local date that labels the bucket of an instant: the first day of its unit; in UTC for a fixed width.</summary>
    /// <param name="at">The instant, not ±∞.</param>
    /// <returns>The date.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="at"/> is −∞ or +∞, which no bucket holds.</exception>
    public LocalDate LabelOf(Instant at) =>
        _boundaries is CalendarBoundaries calendar ? calendar.LabelOf(Finite(at)) : BucketOf(at).From.InUtc().Date;

    /// <summary>The canonical name, <see cref="Id"/>.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => Id;

    private bool IsNestedByRule(Grid coarser) =>
        Width is Width.Calendar fine
        && coarser.Width is Width.Calendar coarse
        && Zone.Id == coarser.Zone.Id
        && BoundaryMatch.IsNested(fine, coarse);

    private static bool IsFinite(Instant at) => at > Instant.MinValue && at < Instant.MaxValue;

    private static Instant Finite(Instant at) =>
        IsFinite(at) ? at : throw new ArgumentOutOfRangeException(nameof(at), "No bucket holds an infinite instant.");

    private static TimeRange Bounded(TimeRange range) =>
        range.IsEmpty || (IsFinite(range.From) && IsFinite(range.To))
            ? range
            : throw new ArgumentException($"The range {range} must have both ends: there are no buckets without end.", nameof(range));
}
