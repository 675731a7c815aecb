using NodaTime;
using NodaTime.TimeZones;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Truth;

/// <summary>Bucket boundaries once more, word by word after the definition and without the product's own grid.</summary>
public sealed class TrueGrid
{
    private readonly Width _width;
    private readonly DateTimeZone _zone;
    private readonly Instant _origin;
    private readonly Dictionary<LocalDate, Instant> _starts = [];

    public TrueGrid(Width width, DateTimeZone zone, Instant origin) => (_width, _zone, _origin) = (width, zone, origin);

    public static TrueGrid Of(Tier tier, Policy policy) =>
        new(tier.Every, DateTimeZoneProviders.Tzdb[tier.Zone ?? policy.Zone], tier.Origin);

    public bool IsCalendar => _width is Width.Calendar;

    public DateTimeZone Zone => _zone;

    public TimeRange BucketOf(Instant at) =>
        _width switch
        {
            Width.Fixed width => FixedBucket(at, width.Milliseconds),
            Width.Calendar width => CalendarBucket(at, width),
            _ => throw new NotSupportedException(),
        };

    /// <summary>True where every boundary of a coarser grid is one of this, by looking at each of them in a span.</summary>
    public bool HasAllOf(TrueGrid coarser, TimeRange span)
    {
        for (var at = coarser.BucketOf(span.From).To; at < span.To; at = coarser.BucketOf(at).To)
            if (BucketOf(at).From != at)
                return false;
        return true;
    }

    /// <summary>The first instant whose local date is at or after a date.</summary>
    public Instant StartOf(LocalDate date)
    {
        if (_starts.TryGetValue(date, out var known))
            return known;
        var midnight = date.AtMidnight();
        var around = Instant.FromUtc(date.Year, date.Month, date.Day, 0, 0);
        var found = _zone
            .GetZoneIntervals(new Interval(around - Duration.FromDays(4), around + Duration.FromDays(4)))
            .Select(interval => FirstWithin(interval, midnight))
            .First(at => at is not null)!
            .Value;
        return _starts[date] = found;
    }

    private static Instant? FirstWithin(ZoneInterval interval, LocalDateTime midnight)
    {
        var at = midnight.WithOffset(interval.WallOffset).ToInstant();
        if (interval.HasStart && at < interval.Start)
            at = interval.Start;
        return !interval.HasEnd || at < interval.End ? at : null;
    }

    private TimeRange FixedBucket(Instant at, long milliseconds)
    {
        var width = new System.Numerics.BigInteger(milliseconds) * 1_000_000;
        var since = (at - _origin).ToBigIntegerNanoseconds();
        var inside = ((since % width) + width) % width;
        var from = _origin + Duration.FromNanoseconds(since - inside);
        return new(from, from + Duration.FromMilliseconds(milliseconds));
    }

    private TimeRange CalendarBucket(Instant at, Width.Calendar width)
    {
        var date = FloorDate(at.InZone(_zone).Date.PlusDays(2), width);
        while (StartOf(date) > at)
            date = FloorDate(date.PlusDays(-1), width);
        var next = Next(date, width);
        while (StartOf(next) <= at)
            next = Next(next, width);
        return new(StartOf(date), StartOf(next));
    }

    private static LocalDate FloorDate(LocalDate date, Width.Calendar width) =>
        width.Unit switch
        {
            CalendarUnit.Day => date,
            CalendarUnit.Week => date.PlusDays(1 - (int)date.DayOfWeek),
            _ => new(date.Year, ((date.Month - 1) / MonthsOf(width) * MonthsOf(width)) + 1, 1),
        };

    private static LocalDate Next(LocalDate date, Width.Calendar width) =>
        width.Unit switch
        {
            CalendarUnit.Day => date.PlusDays(1),
            CalendarUnit.Week => date.PlusDays(7),
            _ => date.PlusMonths(MonthsOf(width)),
        };

    private static int MonthsOf(Width.Calendar width) =>
        width.Unit switch
        {
            CalendarUnit.Quarter => 3,
            CalendarUnit.Year => 12,
            _ => width.Count,
        };
}
