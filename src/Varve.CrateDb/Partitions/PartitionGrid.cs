using NodaTime;
using Varve.Policies;
using Varve.Time;

namespace Varve.CrateDb.Partitions;

/// <summary>Which instants the rows of a partition can have, by the value that the partition has. A closed family.</summary>
internal abstract record PartitionGrid
{
    private PartitionGrid() { }

    /// <summary>The range of a value; null where no row could have it.</summary>
    public abstract TimeRange? RangeOf(Instant value);

    /// <summary>Buckets of one length.</summary>
    /// <param name="Milliseconds">The length.</param>
    /// <param name="Origin">A boundary, in milliseconds since 1970: it may lie before every instant that has a name.</param>
    /// <param name="IsBinned">True where CrateDB's date_bin made them.</param>
    public sealed record Fixed(long Milliseconds, long Origin, bool IsBinned = false) : PartitionGrid
    {
        /// <summary>
        /// Before the origin date_bin puts an instant that is exactly on a boundary one bucket too early, so that the first
        /// instant after such a partition may be in it too.
        /// </summary>
        public override TimeRange? RangeOf(Instant value)
        {
            var at = CrateDbTime.Milliseconds(value);
            if (CrateDbTime.At(at) != value || ((Int128)at - Origin) % Milliseconds != 0)
                return null;
            return new(value, CrateDbTime.At(at + Milliseconds + (IsBinned && at < Origin ? 1 : 0)));
        }
    }

    /// <summary>Days, weeks, months, quarters or years of a zone's calendar.</summary>
    /// <param name="Unit">The unit.</param>
    /// <param name="Zone">The zone.</param>
    public sealed record Calendar(CalendarUnit Unit, DateTimeZone Zone) : PartitionGrid
    {
        /// <summary>
        /// To the last instant of its last day: where a clock goes back across midnight, the repeated evening belongs to the
        /// day before, though the next day had begun already.
        /// </summary>
        public override TimeRange? RangeOf(Instant value)
        {
            var date = value.InZone(Zone).Date;
            if (Zone.AtStartOfDay(date).ToInstant() != value && !Zone.MapLocal(date.AtMidnight()).Any(value))
                return null;
            if (!IsFirst(date))
                return null;
            var map = Zone.MapLocal(Next(date).AtMidnight());
            var to = map.Count == 0 ? map.LateInterval.Start : map.Last().ToInstant();
            return new(value, to);
        }

        private bool IsFirst(LocalDate date) =>
            Unit switch
            {
                CalendarUnit.Week => date.DayOfWeek == IsoDayOfWeek.Monday,
                CalendarUnit.Month => date.Day == 1,
                CalendarUnit.Quarter => date.Day == 1 && date.Month % 3 == 1,
                CalendarUnit.Year => date.DayOfYear == 1,
                _ => true,
            };

        private LocalDate Next(LocalDate date) =>
            Unit switch
            {
                CalendarUnit.Week => date.PlusWeeks(1),
                CalendarUnit.Month => date.PlusMonths(1),
                CalendarUnit.Quarter => date.PlusMonths(3),
                CalendarUnit.Year => date.PlusYears(1),
                _ => date.PlusDays(1),
            };
    }

    /// <summary>What a policy says of its partitions, in its zone where it names no other; null where it says nothing.</summary>
    public static (string Column, PartitionGrid Grid)? Of(Policy policy) =>
        Of(policy.Partition is { } said ? said with { Zone = said.Zone ?? policy.Zone } : null);

    /// <summary>What a policy says of a partition column whose expression does not tell it.</summary>
    /// <param name="said">The width, with its zone.</param>
    /// <returns>The column and its grid; null for several months, which are refused when the policy is checked.</returns>
    public static (string Column, PartitionGrid Grid)? Of(PartitionWidth? said) =>
        said?.Every switch
        {
            Width.Fixed { Milliseconds: var length } => (said.By, new Fixed(length, CrateDbTime.Milliseconds(said.Origin))),
            Width.Calendar { Count: 1, Unit: var unit } => (said.By, new Calendar(unit, DateTimeZoneProviders.Tzdb[said.Zone ?? "UTC"])),
            _ => null,
        };
}

/// <summary>Whether a local time means an instant.</summary>
internal static class ZoneMappings
{
    public static bool Any(this NodaTime.TimeZones.ZoneLocalMapping map, Instant at) =>
        map.Count > 0 && (map.First().ToInstant() == at || map.Last().ToInstant() == at);
}
