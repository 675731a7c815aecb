using NodaTime;

namespace Varve.Tests.Time;

/// <summary>Zones whose history holds every oddity the buckets must survive.</summary>
internal static class Zones
{
    internal static readonly string[] Odd =
    [
        "UTC",
        "Africa/Cairo",
        "America/Sao_Paulo",
        "Pacific/Apia",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "America/Goose_Bay",
        "Asia/Manila",
        "Europe/Dublin",
        "America/New_York",
        "Asia/Amman",
        "America/Juneau",
        "Antarctica/Casey",
        "Pacific/Kwajalein",
        "Europe/Berlin",
        "America/St_Johns",
        "Asia/Tokyo",
        "Africa/Casablanca",
    ];

    internal static DateTimeZone Of(string id) => DateTimeZoneProviders.Tzdb[id];
}
