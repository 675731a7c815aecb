using CsCheck;
using NodaTime;
using Varve.Time;

namespace Varve.Tests.Time;

public sealed class GridNestingTests
{
    [Theory]
    [InlineData("15m", "1h", null)]
    [InlineData("7m", "1h", "2025-01-01T01:00:00Z")]
    [InlineData("15m", "90m", null)]
    [InlineData("1h", "90m", "2025-01-01T01:30:00Z")]
    [InlineData("1h", "1h", null)]
    [InlineData("1h", "30m", "2025-01-01T00:30:00Z")]
    public void Fixed_widths_nest_where_one_divides_the_other(string fine, string coarse, string? missing) =>
        Check(At.Fixed(fine, "2025-01-01"), At.Fixed(coarse, "2025-01-01"), At.Range("2025-01-01", "2026-01-01"), missing);

    [Fact]
    public void Fixed_widths_with_different_origins_nest_where_the_origins_do()
    {
        var year = At.Range("2025-01-01", "2026-01-01");
        Check(At.Fixed("15m"), At.Fixed("1h", "1970-01-01T00:30Z"), year, null);
        Check(At.Fixed("15m"), At.Fixed("1h", "1970-01-01T00:07Z"), year, "2025-01-01T00:07:00Z");
    }

    [Theory]
    [InlineData("1d", "1w", true)]
    [InlineData("1d", "1mo", true)]
    [InlineData("1d", "1q", true)]
    [InlineData("1d", "1y", true)]
    [InlineData("1mo", "2mo", true)]
    [InlineData("1mo", "1y", true)]
    [InlineData("1q", "6mo", true)]
    [InlineData("2mo", "4mo", true)]
    [InlineData("2mo", "6mo", true)]
    [InlineData("4mo", "6mo", false)]
    [InlineData("2mo", "1q", false)]
    [InlineData("1q", "4mo", false)]
    [InlineData("1w", "1mo", false)]
    [InlineData("1w", "1y", false)]
    [InlineData("1mo", "1w", false)]
    [InlineData("1w", "1d", false)]
    [InlineData("1y", "1y", true)]
    public void Calendar_widths_of_one_zone_nest_by_the_calendar(string fine, string coarse, bool expected)
    {
        foreach (var zone in Zones.Odd)
        {
            Assert.Equal(expected, At.Calendar(fine, zone).BoundariesContain(At.Calendar(coarse, zone), TimeRange.All, out _));
        }
    }

    [Theory]
    [InlineData("Asia/Kathmandu", "15m", null)]
    [InlineData("Asia/Kathmandu", "1h", "2024-12-31T18:15:00Z")]
    [InlineData("Asia/Kathmandu", "5m", null)]
    [InlineData("Australia/Lord_Howe", "30m", null)]
    [InlineData("Australia/Lord_Howe", "1h", "2025-04-06T13:30:00Z")]
    [InlineData("Europe/Berlin", "1h", null)]
    [InlineData("Europe/Berlin", "2h", "2024-12-31T23:00:00Z")]
    [InlineData("Europe/Berlin", "24h", "2024-12-31T23:00:00Z")]
    [InlineData("UTC", "24h", null)]
    public void A_local_day_needs_a_fixed_width_that_fits_the_offsets(string zone, string fine, string? missing) =>
        Check(At.Fixed(fine), At.Calendar("1d", zone), At.Range("2024-12-31", "2026-01-01"), missing);

    [Fact]
    public void The_history_of_the_zone_counts()
    {
        var berlin = At.Calendar("1d", "Europe/Berlin");
        Check(At.Fixed("15m"), berlin, TimeRange.Since(At.Utc("1900-01-01")), null);
        Check(At.Fixed("15m"), berlin, TimeRange.All, "0001-01-01T23:06:32Z");
        Check(At.Fixed("15m"), At.Calendar("1d", "America/Goose_Bay"), At.Range("2000-01-01", "2020-01-01"), null);
    }

    [Fact]
    public void The_end_of_the_span_counts_as_a_bucket_ends_there()
    {
        Check(At.Fixed("1h"), At.Fixed("90m"), At.Range("2025-01-01", "2025-01-01T01:29Z"), null);
        Check(At.Fixed("1h"), At.Fixed("90m"), At.Range("2025-01-01", "2025-01-01T01:30Z"), "2025-01-01T01:30:00Z");
    }

    [Fact]
    public void A_fixed_width_can_be_built_from_days_of_UTC_only()
    {
        Check(At.Calendar("1d", "UTC"), At.Fixed("48h"), TimeRange.All, null);
        Check(At.Calendar("1w", "UTC"), At.Fixed("336h", "1970-01-05"), TimeRange.All, null);
        Check(
            At.Calendar("1d", "Europe/Berlin"),
            At.Fixed("48h", "2025-01-01T23:00Z"),
            At.Range("2025-01-01", "2026-01-01"),
            "2025-03-30T23:00:00Z"
        );
    }

    [Fact]
    public void A_short_day_that_fits_by_chance_does_not_hide_the_next_one() =>
        Check(
            At.Fixed("23h", "2018-11-04T03:00Z"),
            At.Calendar("1d", "America/Sao_Paulo"),
            At.Range("2018-11-04T03:00Z", "2018-11-20"),
            "2018-11-06T02:00:00Z"
        );

    [Fact]
    public void Three_months_of_31_days_do_not_hide_the_next_one()
    {
        // July, August and, as August has 31 days too, the first of September; then they part.
        var months = At.Calendar("1mo", "UTC");
        var days = At.Fixed("744h", "2025-07-01");
        Check(months, days, At.Range("2025-07-01", "2026-07-01"), "2025-10-02T00:00:00Z");
        Check(days, months, At.Range("2025-07-01", "2026-07-01"), "2025-10-01T00:00:00Z");
    }

    [Fact]
    public void Zones_that_agree_over_the_span_nest()
    {
        Check(At.Calendar("1d", "Europe/Paris"), At.Calendar("1w", "Europe/Berlin"), At.Range("1990-01-01", "2030-01-01"), null);
        Check(At.Calendar("1d", "Europe/Paris"), At.Calendar("1mo", "Europe/Berlin"), At.Range("1990-01-01", "2030-01-01"), null);
        Check(
            At.Calendar("1d", "Europe/London"),
            At.Calendar("1d", "Europe/Berlin"),
            At.Range("1990-01-01", "2030-01-01"),
            "1990-01-01T23:00:00Z"
        );
    }

    [Fact]
    public void The_answer_is_that_of_looking_at_each_boundary() =>
        Gen.Select(At.AnyGrid, At.AnyGrid, At.Historic, Gen.Int[-90_000, 90_000], Gen.Int[0, 60])
            .Sample(
                (fine, coarse, at, seconds, buckets) =>
                {
                    var from = At.Near(coarse.Zone, at, seconds);
                    var span = new TimeRange(from, from + (coarse.Width.Longest * buckets));
                    var boundaries = coarse
                        .Buckets(coarse.Cover(span))
                        .SelectMany(bucket => new[] { bucket.From, bucket.To })
                        .Where(bound => span.From <= bound && bound <= span.To);
                    Instant? expected = boundaries
                        .Where(bound => !fine.IsBoundary(bound))
                        .Select(bound => (Instant?)bound)
                        .FirstOrDefault();
                    Assert.Equal(expected is null, fine.BoundariesContain(coarse, span, out var missing));
                    Assert.Equal(expected, missing);
                }
            );

    [Fact]
    public void The_buckets_that_nest_are_those_of_looking_at_each() =>
        Gen.Select(At.AnyGrid, At.AnyGrid, At.Historic, Gen.Int[-90_000, 90_000], Gen.Int[1, 400])
            .Sample(
                (fine, coarse, at, seconds, buckets) =>
                {
                    var from = At.Near(coarse.Zone, at, seconds);
                    var span = new TimeRange(from, from + (coarse.Width.Longest * buckets));
                    var expected = RangeSet.Of(coarse.Buckets(span).Where(b => fine.IsBoundary(b.From) && fine.IsBoundary(b.To)));
                    Assert.Equal(expected, fine.NestedBuckets(coarse, span));
                }
            );

    [Fact]
    public void Days_of_Paris_nest_in_hours_since_1911_and_in_seconds_ever()
    {
        var paris = At.Calendar("1d", "Europe/Paris");
        var nested = At.Fixed("1h").NestedBuckets(paris, At.Range("0001-01-01", "2100-01-01"));
        Assert.Equal(At.Utc("1911-03-11T00:00Z"), Assert.Single(nested).From);
        Assert.Equal(
            RangeSet.Of(paris.Cover(At.Range("0001-01-01", "2100-01-01"))),
            At.Fixed("1s").NestedBuckets(paris, At.Range("0001-01-01", "2100-01-01"))
        );
        Assert.Empty(At.Calendar("1w", "UTC").NestedBuckets(At.Calendar("1mo", "UTC"), At.Range("2025-01-01", "2025-02-28")));
    }

    private static void Check(Grid fine, Grid coarse, TimeRange span, string? missing)
    {
        Assert.Equal(missing is null, fine.BoundariesContain(coarse, span, out var found));
        Assert.Equal(missing, found is { } at ? InstantText.Format(at) : null);
    }
}
