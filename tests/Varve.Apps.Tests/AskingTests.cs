using System.Globalization;

namespace Varve.Apps.Tests;

/// <summary>Times as people write them, and the zone that they are read and shown in.</summary>
public sealed class AskingTests
{
    private const string Policy =
        "policy: hall\ntable: hall\ntime: ts\nseries: []\nmeasures: { load: [sum, count] }\nzone: ZONE\ntiers:\n  - { every: 1h }\n  - { every: 1d, zone: Europe/Berlin }\n";

    [Fact]
    [Rule("one-zone")]
    public async Task A_date_is_a_local_day_where_the_tiers_are_local_days()
    {
        using var box = await HallAsync();
        var answer = await box.RunAsync("query", "hall", "--from", "2025-03-30", "--to", "2025-03-31", "--every", "1d", "--output", "csv");
        Assert.True(answer.ExitCode == 0, answer.Text);
        var lines = answer.Out.TrimEnd().Split('\n');
        Assert.Equal("ts,varve_local,load_sum,load_count,varve_rows,varve_coverage,varve_tier,varve_seconds,varve_complete", lines[0]);
        Assert.Single(lines.Skip(1));
        Assert.StartsWith("2025-03-29T23:00:00Z,2025-03-30,23,23,23,", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    [Rule("typed-times")]
    public async Task A_month_is_written_as_a_month()
    {
        using var box = await HallAsync();
        var answer = LifecycleTests.Json(
            await box.RunAsync("query", "hall", "--from", "2025-03", "--to", "2025-04", "--every", "1mo", "--output", "json")
        );
        Assert.Equal("Europe/Berlin", answer.GetProperty("zone").GetString());
        var row = Assert.Single(answer.GetProperty("rows").EnumerateArray());
        Assert.Equal("2025-02-28T23:00:00Z", row.GetProperty("ts").GetString());
        Assert.Equal("2025-03-01", row.GetProperty("varve_local").GetString());
        Assert.Equal((31 * 24) - 1, row.GetProperty("varve_rows").GetInt64());
    }

    [Theory]
    [Rule("one-zone")]
    [InlineData("UTC")]
    [InlineData("America/New_York")]
    public async Task Days_weeks_and_months_of_one_question_are_of_one_zone(string zoneOfPolicy)
    {
        using var box = await HallAsync(zoneOfPolicy);
        foreach (
            var (every, first) in new[]
            {
                ("1d", "2025-03-02T23:00:00Z"),
                ("1w", "2025-03-02T23:00:00Z"),
                ("1mo", "2025-02-28T23:00:00Z"),
                ("1q", "2024-12-31T23:00:00Z"),
                ("1y", "2024-12-31T23:00:00Z"),
            }
        )
        {
            var answer = LifecycleTests.Json(
                await box.RunAsync("query", "hall", "--from", "2025-03-03", "--to", "2025-03-04", "--every", every, "--output", "json")
            );
            Assert.Equal("Europe/Berlin", answer.GetProperty("zone").GetString());
            Assert.Equal(first, answer.GetProperty("rows")[0].GetProperty("ts").GetString());
        }
    }

    [Fact]
    [Rule("one-zone")]
    public async Task A_zone_that_is_named_is_that_of_reading_of_buckets_and_of_showing()
    {
        using var box = await HallAsync();
        var days = await box.RunAsync(
            "query",
            "hall",
            "--from",
            "2025-03-09",
            "--to",
            "2025-03-10",
            "--every",
            "1d",
            "--zone",
            "america/new_york",
            "--output",
            "csv"
        );
        Assert.Contains("\n2025-03-09T05:00:00Z,2025-03-09,23,23,23,", days.Out, StringComparison.Ordinal);
        Assert.Contains("23,,1h,82800,true", days.Out, StringComparison.Ordinal);
        var hours = await box.RunAsync(
            "query",
            "hall",
            "--from",
            "2025-03-30",
            "--to",
            "2025-03-30T04:00",
            "--every",
            "1h",
            "--output",
            "csv"
        );
        Assert.Contains("\n2025-03-30T00:00:00Z,2025-03-30T01:00+01:00,", hours.Out, StringComparison.Ordinal);
        Assert.Contains("\n2025-03-30T01:00:00Z,2025-03-30T03:00+02:00,", hours.Out, StringComparison.Ordinal);
        var utc = await box.RunAsync(
            "query",
            "hall",
            "--from",
            "2025-03-30",
            "--to",
            "2025-03-31",
            "--every",
            "1h",
            "--zone",
            "UTC",
            "--output",
            "csv"
        );
        Assert.DoesNotContain("varve_local", utc.Out, StringComparison.Ordinal);
        Assert.Equal(25, utc.Out.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public async Task The_table_says_local_dates_and_the_zone()
    {
        using var box = await HallAsync();
        var table = await box.RunAsync("query", "hall", "--from", "2025-03-30", "--to", "2025-04-01", "--every", "1d");
        Assert.Contains("2025-03-29T23:00Z  2025-03-30", table.Out, StringComparison.Ordinal);
        Assert.Contains("(2025-03-30 … 2025-04-01 Europe/Berlin)", table.Out, StringComparison.Ordinal);
    }

    [Fact]
    [Rule("typed-times")]
    public async Task Hours_and_days_before_now_are_times()
    {
        using var box = new Sandbox();
        box.Sql(
            "CREATE TABLE hall AS SELECT ts, 1.0 AS load FROM range(date_trunc('hour', now()::TIMESTAMP - INTERVAL 40 DAY), now()::TIMESTAMP, INTERVAL 1 HOUR) r(ts)"
        );
        await BuildAsync(box, "UTC", null);
        var day = LifecycleTests.Json(
            await box.RunAsync("query", "hall", "--from", "-24h", "--to", "now", "--every", "1h", "--output", "json")
        );
        Assert.InRange(day.GetProperty("rows").GetArrayLength(), 23, 25);
        var yesterday = LifecycleTests.Json(
            await box.RunAsync(
                "query",
                "hall",
                "--from",
                "yesterday",
                "--to",
                "today",
                "--every",
                "1d",
                "--zone",
                "UTC",
                "--output",
                "json"
            )
        );
        Assert.Equal(24, Assert.Single(yesterday.GetProperty("rows").EnumerateArray()).GetProperty("varve_rows").GetInt64());
        var graph = await box.RunAsync("graph", "hall", "load", "--from", "now-7d");
        Assert.True(graph.ExitCode == 0, graph.Text);
    }

    [Fact]
    public async Task Invalidate_erase_and_hold_read_days_as_query_does_and_say_which_range_it_was()
    {
        using var box = await HallAsync();
        var invalidated = await box.RunAsync("invalidate", "hall", "--from", "2025-03-30", "--to", "2025-03-31");
        Assert.Contains(
            "2025-03-29T23:00Z … 2025-03-30T22:00Z (2025-03-30 … 2025-03-31 Europe/Berlin)",
            invalidated.Out,
            StringComparison.Ordinal
        );
        Assert.StartsWith("23 buckets", invalidated.Out, StringComparison.Ordinal);
        var erased = await box.RunAsync("erase", "hall", "--where", "load=1", "--from", "2025-03-30", "--to", "2025-03-31", "--dry-run");
        Assert.Contains("(2025-03-30 … 2025-03-31 Europe/Berlin)", erased.Out, StringComparison.Ordinal);
        Assert.Contains("source  23 rows", erased.Out, StringComparison.Ordinal);
        var held = await box.RunAsync("policy", "hold", "hall", "--from", "2025-03", "--to", "2025-04", "--reason", "case");
        Assert.Contains("(2025-03-01 … 2025-04-01 Europe/Berlin)", held.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yesterdya", "is no time")]
    [InlineData("2025-03-30T02:30", "put forward")]
    [InlineData("2025-10-26T02:30", "comes twice")]
    [InlineData("24h", "-24h")]
    public async Task What_is_no_time_is_refused_before_anything_is_done(string from, string said)
    {
        using var box = await HallAsync();
        var refused = await box.RunAsync("invalidate", "hall", "--from", from, "--to", "2026");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("--from", refused.Error, StringComparison.Ordinal);
        Assert.Contains(said, refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, box.Count("SELECT count(*) FROM varve.dirty"));
    }

    [Fact]
    public async Task A_zone_that_is_not_there_names_those_that_are_near()
    {
        using var box = await HallAsync();
        var refused = await box.RunAsync("query", "hall", "--zone", "Berlin");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("Europe/Berlin", refused.Error, StringComparison.Ordinal);
    }

    private static async Task<Sandbox> HallAsync(string zone = "UTC")
    {
        var box = new Sandbox();
        box.Sql(
            "CREATE TABLE hall AS SELECT ts, 1.0::DOUBLE AS load FROM range(TIMESTAMP '2025-02-20', TIMESTAMP '2025-04-10', INTERVAL 1 HOUR) r(ts)"
        );
        await BuildAsync(box, zone, "2025-04-10T12:00:00Z");
        return box;
    }

    private static async Task BuildAsync(Sandbox box, string zone, string? asOf)
    {
        box.Write("hall.yaml", Policy.Replace("ZONE", zone, StringComparison.Ordinal));
        foreach (
            var args in new string[][]
            {
                ["apply", "hall.yaml"],
                ["run", "--yes", .. asOf is null ? Array.Empty<string>() : ["--as-of", asOf]],
            }
        )
        {
            var done = await box.RunAsync(args);
            Assert.True(done.ExitCode == 0, string.Create(CultureInfo.InvariantCulture, $"{args[0]}: {done.Text}"));
        }
    }
}
