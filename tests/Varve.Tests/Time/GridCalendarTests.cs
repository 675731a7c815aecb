using NodaTime;
using Varve.Time;

namespace Varve.Tests.Time;

public sealed class GridCalendarTests
{
    [Theory]
    [Rule("local-day")]
    [InlineData("Europe/Berlin", "2025-03-30", "2025-03-29T23:00Z", "2025-03-30T22:00Z", 23)]
    [InlineData("Europe/Berlin", "2025-10-26", "2025-10-25T22:00Z", "2025-10-26T23:00Z", 25)]
    [InlineData("America/Chicago", "2022-11-06", "2022-11-06T05:00Z", "2022-11-07T06:00Z", 25)]
    [InlineData("Australia/Lord_Howe", "2025-04-06", "2025-04-05T13:00Z", "2025-04-06T13:30Z", 24.5)]
    [InlineData("Asia/Kathmandu", "2025-01-01", "2024-12-31T18:15Z", "2025-01-01T18:15Z", 24)]
    [InlineData("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00Z", "2018-11-05T02:00Z", 23)]
    [InlineData("Asia/Amman", "2021-03-26", "2021-03-25T22:00Z", "2021-03-26T21:00Z", 23)]
    [InlineData("America/Goose_Bay", "2010-11-07", "2010-11-07T03:00Z", "2010-11-08T04:00Z", 25)]
    [InlineData("Europe/Berlin", "1890-07-01", "1890-06-30T23:06:32Z", "1890-07-01T23:06:32Z", 24)] // local mean time
    [InlineData("UTC", "0001-01-01", "0001-01-01T00:00Z", "0001-01-02T00:00Z", 24)]
    [InlineData("Asia/Tokyo", "9999-12-31", "9999-12-30T15:00Z", "9999-12-31T15:00Z", 24)]
    public void A_local_day_is_this_range_of_UTC(string zone, string day, string from, string to, double hours)
    {
        var grid = At.Calendar("1d", zone);
        var bucket = grid.BucketOf(At.Utc(from));
        Assert.Equal(At.Range(from, to), bucket);
        Assert.Equal(Duration.FromHours(hours), bucket.To - bucket.From);
        Assert.Equal(At.Utc(day), grid.LabelOf(At.Utc(from)).AtMidnight().InUtc().ToInstant());
        Assert.Equal(bucket, grid.BucketOf(bucket.To - Duration.Epsilon));
        Assert.Equal(bucket.To, grid.BucketOf(bucket.To).From);
    }

    [Theory]
    [InlineData("2000-02-29", "2000-02-01", "2000-03-01")]
    [InlineData("1600-02-29", "1600-02-01", "1600-03-01")]
    [InlineData("1900-02-28", "1900-02-01", "1900-03-01")]
    public void The_last_day_of_a_leap_cycle_is_in_its_month(string day, string from, string to) =>
        Assert.Equal(At.Range(from, to), At.Calendar("1mo", "UTC").BucketOf(At.Utc(day) + Duration.FromHours(12)));

    [Fact]
    [Rule("skipped-day")]
    public void A_skipped_day_has_no_bucket()
    {
        var apia = At.Calendar("1d", "Pacific/Apia");
        var days = apia.Buckets(At.Range("2011-12-29T10:00Z", "2012-01-01T10:00Z"));
        Assert.Equal(
            [
                At.Range("2011-12-29T10:00Z", "2011-12-30T10:00Z"),
                At.Range("2011-12-30T10:00Z", "2011-12-31T10:00Z"),
                At.Range("2011-12-31T10:00Z", "2012-01-01T10:00Z"),
            ],
            days
        );
        Assert.Equal([new(2011, 12, 29), new LocalDate(2011, 12, 31), new(2012, 1, 1)], days.Select(day => apia.LabelOf(day.From)));
    }

    [Fact]
    public void A_day_that_was_lived_through_twice_is_one_bucket()
    {
        var apia = At.Calendar("1d", "Pacific/Apia");
        Assert.Equal(Duration.FromHours(24) + Duration.FromHours(24), Length(apia.BucketOf(At.Utc("1892-07-04T20:00Z"))));
    }

    [Fact]
    public void An_instant_that_is_local_yesterday_again_stays_in_the_bucket_of_today()
    {
        // Goose Bay went back from 2010-11-07 00:01 to 2010-11-06 23:01, at 03:01 UTC.
        var grid = At.Calendar("1d", "America/Goose_Bay");
        Assert.Equal(At.Utc("2010-11-07T03:00Z"), grid.Floor(At.Utc("2010-11-07T03:30Z")));
        Assert.Equal(new LocalDate(2010, 11, 7), grid.LabelOf(At.Utc("2010-11-07T03:30Z")));
    }

    [Theory]
    [Rule("weeks-monday")]
    [InlineData("1w", "2025-01-01T12:00Z", "2024-12-30", "2025-01-06")]
    [InlineData("1w", "1969-12-31T12:00Z", "1969-12-29", "1970-01-05")]
    [InlineData("1mo", "2024-02-29T12:00Z", "2024-02-01", "2024-03-01")]
    [InlineData("2mo", "2024-02-29T12:00Z", "2024-01-01", "2024-03-01")]
    [InlineData("2mo", "2024-12-31T12:00Z", "2024-11-01", "2025-01-01")]
    [InlineData("1q", "2024-02-29T12:00Z", "2024-01-01", "2024-04-01")]
    [InlineData("4mo", "2024-05-01T00:00Z", "2024-05-01", "2024-09-01")]
    [InlineData("6mo", "1900-12-31T12:00Z", "1900-07-01", "1901-01-01")]
    [InlineData("1y", "0001-12-31T12:00Z", "0001-01-01", "0002-01-01")]
    public void Weeks_start_on_Monday_and_months_count_from_January(string width, string at, string from, string to) =>
        Assert.Equal(At.Range(from, to), At.Calendar(width, "UTC").BucketOf(At.Utc(at)));

    [Fact]
    public void The_last_bucket_ends_with_time()
    {
        var year = At.Calendar("1y", "UTC").BucketOf(At.Utc("9999-06-01"));
        Assert.Equal(TimeRange.Since(At.Utc("9999-01-01")), year);
        Assert.Equal(year, At.Calendar("1y", "UTC").BucketOf(Instant.MaxValue - Duration.Epsilon));
        Assert.Equal(TimeRange.Since(At.Utc("9999-12-31T15:00Z")), At.Calendar("1d", "Asia/Tokyo").BucketOf(At.Utc("9999-12-31T20:00Z")));
    }

    [Theory]
    [InlineData("1d", "UTC", "1d")]
    [InlineData("1d", "Etc/UTC", "1d")]
    [InlineData("1d", "America/New_York", "1d@America/New_York")]
    [InlineData("3mo", "Asia/Kathmandu", "1q@Asia/Kathmandu")]
    public void The_id_names_width_and_zone(string width, string zone, string id) => Assert.Equal(id, At.Calendar(width, zone).Id);

    private static Duration Length(TimeRange range) => range.To - range.From;
}
