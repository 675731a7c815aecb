using CsCheck;
using NodaTime;
using Varve.Time;

namespace Varve.Tests.Time;

/// <summary>Instants and ranges, written short and made at random.</summary>
internal static class At
{
    internal static readonly Gen<Instant> Any = Seconds("0001-01-02", "9998-01-01");

    internal static readonly Gen<Instant> Historic = Seconds("1840-01-01", "2060-01-01");

    internal static readonly Gen<Grid> CalendarGrid = Gen.Select(
        Gen.OneOf<string>("1d", "1w", "1mo", "2mo", "1q", "4mo", "6mo", "1y"),
        Gen.OneOf<string>(Zones.Odd),
        Calendar
    );

    internal static readonly Gen<Grid> FixedGrid = Gen.Select(
        Gen.OneOf<string>("1s", "1500ms", "90s", "7m", "15m", "1h", "24h", "168h"),
        Gen.Int[-10_000_000, 10_000_000],
        (width, origin) => Grid.Fixed((Width.Fixed)Width.Parse(width), Instant.FromUnixTimeMilliseconds(origin))
    );

    internal static readonly Gen<Grid> AnyGrid = Gen.OneOf<Grid>(CalendarGrid, FixedGrid);

    internal static Instant Utc(string text) => InstantText.Parse(text);

    internal static TimeRange Range(string from, string to) => new(Utc(from), Utc(to));

    internal static Grid Calendar(string width, string zone) => Grid.Calendar((Width.Calendar)Width.Parse(width), Zones.Of(zone));

    internal static Grid Fixed(string width, string origin = "1970-01-01") => Grid.Fixed((Width.Fixed)Width.Parse(width), Utc(origin));

    /// <summary>Half of the instants are right at or next to a clock change, where the errors are.</summary>
    internal static Instant Near(DateTimeZone zone, Instant at, int seconds) =>
        zone.GetZoneInterval(at) switch
        {
            { HasStart: true } interval when interval.Start > Utc("0002-01-01") => interval.Start + Duration.FromSeconds(seconds),
            _ => at,
        };

    private static Gen<Instant> Seconds(string from, string to) =>
        Gen.Select(
            Gen.Long[Utc(from).ToUnixTimeSeconds(), Utc(to).ToUnixTimeSeconds()],
            Gen.Int[0, 999_999_999],
            (second, nano) => Instant.FromUnixTimeSeconds(second).PlusNanoseconds(nano % 3 == 0 ? 0 : nano)
        );
}
