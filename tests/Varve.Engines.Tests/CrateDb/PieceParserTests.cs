using NodaTime;
using Varve.CrateDb.Partitions;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.CrateDb;

public sealed class PieceParserTests
{
    [Theory]
    [InlineData("date_trunc('day', ts)", "2025-03-30T00:00:00Z", "2025-03-31T00:00:00Z")]
    [InlineData("date_trunc('day', \"ts\")", "2025-03-30T00:00:00Z", "2025-03-31T00:00:00Z")]
    [InlineData("DATE_TRUNC('DAY', ts)", "2025-03-30T00:00:00Z", "2025-03-31T00:00:00Z")]
    [InlineData("date_trunc('week', ts)", "2025-03-31T00:00:00Z", "2025-04-07T00:00:00Z")]
    [InlineData("date_trunc('month', ts)", "2023-05-01T00:00:00Z", "2023-06-01T00:00:00Z")]
    [InlineData("date_trunc('month', ts)", "1969-02-01T00:00:00Z", "1969-03-01T00:00:00Z")]
    [InlineData("date_trunc('quarter', ts)", "2024-10-01T00:00:00Z", "2025-01-01T00:00:00Z")]
    [InlineData("date_trunc('year', ts)", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z")]
    [InlineData("date_trunc('hour', ts)", "2025-03-30T01:00:00Z", "2025-03-30T02:00:00Z")]
    [InlineData("date_trunc('minute', ts)", "1969-12-31T23:59:00Z", "1970-01-01T00:00:00Z")]
    [InlineData("date_trunc('day', 'Europe/Berlin', ts)", "2025-03-29T23:00:00Z", "2025-03-30T22:00:00Z")]
    [InlineData("date_trunc('day', 'Europe/Berlin', ts)", "2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z")]
    [InlineData("date_trunc('month', 'Europe/Berlin', ts)", "2025-02-28T23:00:00Z", "2025-03-31T22:00:00Z")]
    [InlineData("date_trunc('day', 'America/Sao_Paulo', ts)", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z")]
    [InlineData("date_trunc('day', 'Australia/Lord_Howe', ts)", "2025-04-05T13:00:00Z", "2025-04-06T13:30:00Z")]
    [InlineData("date_trunc('day', 'UTC', ts)", "2025-03-30T00:00:00Z", "2025-03-31T00:00:00Z")]
    [InlineData("date_bin('7 days'::INTERVAL, ts, 0)", "1970-01-08T00:00:00Z", "1970-01-15T00:00:00Z")]
    [InlineData(
        "date_bin(CAST('1 hour' AS interval), ts, CAST(0 AS timestamp with time zone))",
        "2025-03-30T01:00:00Z",
        "2025-03-30T02:00:00Z"
    )]
    [InlineData("date_bin(INTERVAL '12 hours', ts)", "2025-03-30T12:00:00Z", "2025-03-31T00:00:00Z")]
    [InlineData("date_bin('PT15M'::interval, ts, 345600000::timestamp with time zone)", "2025-03-30T01:15:00Z", "2025-03-30T01:30:00Z")]
    [InlineData("date_bin('1 day 12:00:00'::INTERVAL, \"ts\", '2025-01-01T00:00:00Z')", "2025-01-02T12:00:00Z", "2025-01-04T00:00:00Z")]
    [InlineData("date_bin('1 minute'::INTERVAL, ts, (-864000000000000))", "2025-01-02T12:00:00Z", "2025-01-02T12:01:00Z")]
    public void A_timestamp_column_says_when_its_rows_were(string expression, string value, string to) =>
        Assert.Equal(
            new(InstantText.Parse(value), InstantText.Parse(to)),
            Only("timestamp with time zone", expression, InstantText.Parse(value)).Range
        );

    [Theory]
    [InlineData("integer", "date_trunc('month', ts)::BIGINT", 1682899200000, "2023-06-01T00:00:00Z")]
    [InlineData("bigint", "CAST(date_trunc('day', ts) AS bigint)", 1682899200000, "2023-05-02T00:00:00Z")]
    public void A_number_may_be_an_instant(string type, string expression, long value, string to) =>
        Assert.Equal(new(Instant.FromUtc(2023, 5, 1, 0, 0), InstantText.Parse(to)), Only(type, expression, value).Range);

    [Theory]
    [InlineData("date_format('%Y-%m', ts)", "2023-05", "2023-05-01T00:00:00Z", "2023-06-01T00:00:00Z")]
    [InlineData("date_format('%Y%m%d', 'Europe/Berlin', ts)", "20250330", "2025-03-29T23:00:00Z", "2025-03-30T22:00:00Z")]
    [InlineData("date_format('%Y', ts)", "2024", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z")]
    public void A_text_may_be_a_day_a_month_or_a_year(string expression, string value, string from, string to) =>
        Assert.Equal(new(InstantText.Parse(from), InstantText.Parse(to)), Only("text", expression, value).Range);

    [Fact]
    public void Before_its_origin_date_bin_may_have_put_the_next_boundary_into_a_partition_too()
    {
        var before = Only("timestamp with time zone", "date_bin('1 minute'::INTERVAL, ts, 0)", Instant.FromUnixTimeSeconds(-120)).Range!;
        Assert.True(before.Contains(Instant.FromUnixTimeSeconds(-60)));
        Assert.Equal(Instant.FromUnixTimeMilliseconds(-59_999), before.To);
    }

    [Fact]
    public void A_day_whose_evening_is_repeated_after_midnight_ends_with_the_repetition()
    {
        // In 2010 the clock of St. John's went back from 00:01 to 23:01 of the day before.
        var day = Only("timestamp with time zone", "date_trunc('day', 'America/St_Johns', ts)", Instant.FromUtc(2010, 11, 6, 2, 30)).Range!;
        Assert.Equal(Instant.FromUtc(2010, 11, 7, 3, 30), day.To);
        Assert.Equal(Duration.FromHours(25), day.To - day.From);
    }

    [Theory]
    [InlineData("date_trunc('hour', 'Asia/Kathmandu', ts)", "twice")]
    [InlineData("date_trunc('day', 'Mars/Olympus', ts)", "not in the list of zones")]
    [InlineData("date_trunc('decade', ts)", "decade")]
    [InlineData("date_bin('1 month'::INTERVAL, ts, 0)", "interval")]
    [InlineData("date_bin('1 day'::INTERVAL, ts, 'yesterday')", "origin")]
    [InlineData("ts + '1 day'::INTERVAL", "none that Varve reads")]
    [InlineData("date_trunc('day', created)", "created, not from the time column ts")]
    [InlineData(null, "only the policy can say")]
    public void What_says_no_range_says_why(string? expression, string words)
    {
        var (range, reason) = Only("timestamp with time zone", expression, Instant.FromUtc(2025, 3, 30, 0, 0));
        Assert.Null(range);
        Assert.Contains(words, reason, StringComparison.Ordinal);
        Assert.StartsWith("part: ", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_its_expression_cannot_make_has_no_range()
    {
        Assert.Contains(
            "no boundary",
            Only("timestamp with time zone", "date_trunc('month', " + "ts)", Instant.FromUtc(2025, 3, 2, 0, 0)).Reason,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "no boundary",
            Only("timestamp with time zone", "date_bin('1 day'::INTERVAL, ts, " + "0)", Instant.FromUtc(2025, 3, 2, 1, 0)).Reason,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "not one that its expression makes",
            Only("text", "date_format('%Y-%m', ts)", "May").Reason,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "beyond every calendar",
            Only("timestamp with time zone", "date_trunc('day', ts)", Instant.MaxValue).Reason,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Rows_of_a_partition_without_a_value_have_no_time() =>
        Assert.Contains("NULL", Only("timestamp with time zone", "date_trunc('day', ts)", null).Reason, StringComparison.Ordinal);

    [Fact]
    public void A_policy_may_say_how_long_a_partition_is_that_writers_fill()
    {
        PartitionColumn column = new("day", "timestamp with time zone", null);
        var said = PartitionGrid.Of(new PartitionWidth("day", Width.Parse("1d")) { Zone = "Europe/Berlin" });
        var parser = new PieceParser([column], "ts", said);
        Assert.Equal(
            new(Instant.FromUtc(2025, 3, 29, 23, 0), Instant.FromUtc(2025, 3, 30, 22, 0)),
            parser.RangeOf([new(column, Instant.FromUtc(2025, 3, 29, 23, 0))]).Range
        );
        Assert.Null(PartitionGrid.Of(new PartitionWidth("day", Width.Parse("2mo"))));
    }

    [Theory]
    [InlineData("1d", "2025-03-30", "2025-03-30", "2025-03-31")]
    [InlineData("1d", "20250330", "2025-03-30", "2025-03-31")]
    [InlineData("1mo", "2025-03", "2025-03-01", "2025-04-01")]
    [InlineData("1mo", "2025-03-01", "2025-03-01", "2025-04-01")]
    [InlineData("1y", "2025", "2025-01-01", "2026-01-01")]
    [InlineData("1mo", "2025-03-30", null, null)]
    [InlineData("1d", "2025-03", null, null)]
    [InlineData("1d", "yesterday", null, null)]
    [InlineData("24h", "2025-03-30", null, null)]
    public void Writers_may_spell_the_start_of_a_partition_as_text(string width, string value, string? from, string? to)
    {
        PartitionColumn column = new("part", "text", null);
        var parser = new PieceParser([column], "ts", PartitionGrid.Of(new PartitionWidth("part", Width.Parse(width))));
        var expected = from is null ? null : new TimeRange(InstantText.Parse(from), InstantText.Parse(to!));
        Assert.Equal(expected, parser.RangeOf([new(column, value)]).Range);
    }

    [Fact]
    public void Of_several_columns_those_of_the_time_decide_together()
    {
        PartitionColumn month = new("month", "timestamp with time zone", "date_trunc('month', ts)");
        PartitionColumn region = new("region", "text", null);
        PartitionColumn day = new("day", "timestamp with time zone", "date_trunc('day', ts)");
        var parser = new PieceParser([month, region], "ts");
        var values = parser.Values(new Dictionary<string, object?> { ["month"] = 1682899200000L, ["region"] = "eu" });
        Assert.Equal([Instant.FromUtc(2023, 5, 1, 0, 0), "eu"], values.Select(v => v.Value));
        Assert.Equal(new(Instant.FromUtc(2023, 5, 1, 0, 0), Instant.FromUtc(2023, 6, 1, 0, 0)), parser.RangeOf(values).Range);
        Assert.Contains(
            "region: it is text, and only the policy can say",
            new PieceParser([region], "ts").RangeOf([new(region, "eu")]).Reason,
            StringComparison.Ordinal
        );

        var both = new PieceParser([month, day], "ts");
        var inside = both.RangeOf([new(month, Instant.FromUtc(2023, 5, 1, 0, 0)), new(day, Instant.FromUtc(2023, 5, 7, 0, 0))]);
        Assert.Equal(new(Instant.FromUtc(2023, 5, 7, 0, 0), Instant.FromUtc(2023, 5, 8, 0, 0)), inside.Range);
        var apart = both.RangeOf([new(month, Instant.FromUtc(2023, 5, 1, 0, 0)), new(day, Instant.FromUtc(2023, 6, 7, 0, 0))]);
        Assert.Contains("contradict", apart.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_cutoff_of_monthly_partitions_is_their_end()
    {
        // Nine weekly rows in May and June 2023, 365 days to keep, looked at on 15 May 2024: the youngest row of May is 351 days old.
        var cutoff = Instant.FromUtc(2024, 5, 15, 0, 0) - Duration.FromDays(365);
        var may = Only("timestamp with time zone", "date_trunc('month', ts)", Instant.FromUtc(2023, 5, 1, 0, 0)).Range!;
        Assert.True(may.From < cutoff);
        Assert.False(may.To <= cutoff);
    }

    private static (TimeRange? Range, string? Reason) Only(string type, string? expression, object? value)
    {
        PartitionColumn column = new("part", type, expression);
        return new PieceParser([column], "ts").RangeOf([new(column, value)]);
    }
}
