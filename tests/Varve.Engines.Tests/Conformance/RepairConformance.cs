using Varve.Engines.Tests.Scratch;
using Varve.Planning;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 5: closing, late rows, repair.</summary>
public abstract class RepairConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    [Fact]
    public async Task A_longer_bucket_has_what_the_source_has_when_it_is_built_be_it_that_rows_came_unwatched()
    {
        List<SourceRow> rows = [.. Every("2025-01-01", "2025-01-03", "1h")];
        var story = await BeginAsync(Policy("recheck: 1h\ntiers: [{ every: 1h }, { every: 1d, zone: Australia/Lord_Howe }]"), rows);
        await story.RunWellAsync("2025-01-03");
        List<SourceRow> more = [Row("2025-01-02T15:30Z", 3), .. Every("2025-01-03", "2025-01-04", "1h")];
        await story.InsertAsync(more);
        await story.RunWellAsync("2025-01-04");
        await story.ExpectTierAsync(1, [.. rows, .. more]);
    }

    [Theory]
    [Rule("first-tier-tells")]
    [Rule("differs-both")]
    [InlineData("2025-01-01T20:30Z")]
    [InlineData("2025-01-02T08:30Z")]
    public async Task A_longer_bucket_does_not_shrink_where_one_row_was_removed_and_another_came(string came)
    {
        List<SourceRow> rows = [.. Every("2025-01-01", "2025-01-05", "1h")];
        var story = await BeginAsync(Policy("recheck: 1h\nkeep: 9d\ntiers: [{ every: 7h }, { every: 1w }]"), rows);
        await story.RunWellAsync("2025-01-07");
        await story.DeleteAsync("2025-01-01T02:00Z", "2025-01-01T03:00Z");
        await story.InsertAsync(Row(came, 0.5));
        await story.RunAsync("2025-01-14");
        await story.ExpectTierAsync(1, rows);
        Assert.Contains(await story.SourceAsync(), r => r.At == At(came));
        Assert.Contains((await story.PlanAsync("2025-01-14")).Waits, w => w.NeedsPerson && w.Range.Contains(At(came)));
    }

    [Fact]
    [Rule("closes")]
    public async Task A_bucket_closes_at_its_end_plus_late()
    {
        var rows = Every("2025-01-01", "2025-01-02", "10m");
        var story = await BeginAsync(Policy($"late: 2h\n{Two}"), rows);
        await story.RunWellAsync("2025-01-01T04:59:59.999Z");
        Assert.Equal(2, await story.CountAsync("cpu_1h"));
        await story.RunWellAsync("2025-01-01T05:00Z");
        Assert.Equal(3, await story.CountAsync("cpu_1h"));
        Assert.Equal(0, await story.CountAsync("cpu_1d"));
        await story.RunWellAsync("2025-01-02T02:00Z");
        Assert.Equal(1, await story.CountAsync("cpu_1d"));
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("missed-runs")]
    public async Task Missed_schedules_mean_more_buckets_and_never_lost_ones()
    {
        var rows = Every("2025-01-01", "2025-02-01", "1h");
        var story = await BeginAsync(Policy(Two), rows);
        await story.RunWellAsync("2025-01-02");
        await story.RunWellAsync("2025-01-31");
        await story.ExpectTiersAsync(Before(rows, "2025-01-31"));
    }

    [Fact]
    [Rule("earlier-as-of")]
    public async Task A_run_as_of_an_earlier_instant_leaves_alone_what_closed_later()
    {
        List<SourceRow> rows = [.. Every("2025-01-01", "2025-01-04", "10m")];
        var story = await BeginAsync(Policy($"recheck: 2d\n{Two}"), rows);
        await story.RunWellAsync("2025-01-04");
        rows.AddRange([Row("2025-01-02T05:55:01Z", 777), Row("2025-01-03T05:55:01Z", 777)]);
        await story.InsertAsync(rows.TakeLast(2));
        var built = (await story.RunWellAsync("2025-01-03")).Done.OfType<PlanStep.RollUp>().SelectMany(b => b.Ranges);
        Assert.NotEmpty(built);
        Assert.All(built, r => Assert.True(r.To <= At("2025-01-03")));
        await story.RunWellAsync("2025-01-04");
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("dirty")]
    [Rule("recheck")]
    public async Task An_updated_row_inside_recheck_is_followed()
    {
        var rows = Every("2025-01-01", "2025-01-04", "10m").ToList();
        var story = await BeginAsync(Policy($"recheck: 2d\n{Two}"), rows);
        await story.RunWellAsync("2025-01-04");
        var at = rows.FindIndex(r => r.At == At("2025-01-03T10:10Z"));
        await Db.ExecuteAsync(
            $"UPDATE {Db.Name(story.Table.Name)} SET v = 900 WHERE ts = {Db.TimeLiteral(rows[at].At, TimeKind.Timestamp)}"
        );
        rows[at] = rows[at] with { Values = ["a", 900.0] };
        await story.RunWellAsync("2025-01-04");
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("stopped-run-watched")]
    public async Task A_correction_that_a_stopped_run_has_seen_is_followed_however_late_the_next_one_comes()
    {
        var rows = Every("2025-01-01", "2025-01-04", "10m");
        var story = await BeginAsync(Policy($"keep: 5d\nrecheck: 6h\n{Two}"), rows);
        await story.RunWellAsync("2025-01-03");
        await story.DeleteAsync("2025-01-02T22:00Z", "2025-01-02T22:30Z");
        await story.RunPartAsync("2025-01-03", step => step is not PlanStep.RollUp);
        await story.RunWellAsync("2025-01-03T12:00Z");
        await story.ExpectTiersAsync(rows.Where(r => r.At < At("2025-01-02T22:00Z") || r.At >= At("2025-01-02T22:30Z")));
    }

    [Fact]
    public async Task A_correction_is_followed_also_in_an_hour_that_a_stopped_run_left_to_be_built_again()
    {
        var rows = Every("2025-01-01", "2025-01-04", "10m");
        var story = await BeginAsync(Policy($"keep: 5d\nrecheck: 6h\n{Two}"), rows);
        await story.RunWellAsync("2025-01-03");
        var late = Row("2025-01-02T22:05Z", 7);
        await story.InsertAsync(late);
        await story.RunPartAsync("2025-01-03", step => step is not PlanStep.RollUp);
        await story.DeleteAsync("2025-01-02T22:10Z", "2025-01-02T22:50Z");
        await story.RunWellAsync("2025-01-03T02:00Z");
        await story.ExpectTiersAsync([.. rows.Where(r => r.At < At("2025-01-02T22:10Z") || r.At >= At("2025-01-02T22:50Z")), late]);
    }

    [Fact]
    public async Task Silent_periods_do_not_stop_anything()
    {
        List<SourceRow> rows = [.. Every("2025-01-01", "2025-01-02", "10m"), .. Every("2025-01-20", "2025-01-21", "10m")];
        var story = await BeginAsync(Policy($"keep: 3d\n{Two}"), Before(rows, "2025-01-02"));
        await story.RunWellAsync("2025-01-10");
        await story.RunWellAsync("2025-01-20");
        await story.InsertAsync(Since(rows, "2025-01-20"));
        await story.RunWellAsync("2025-01-21");
        await story.RunWellAsync("2025-02-21");
        await story.ExpectTiersAsync(rows);
        Assert.Empty(await story.SourceAsync());
    }

    [Fact]
    public async Task A_longer_bucket_that_holds_as_much_as_before_is_not_built_again_where_a_part_of_it_lost_rows()
    {
        var rows = Every("2025-01-01", "2025-01-04", "1h");
        var story = await BeginAsync(Policy("recheck: 1h\nkeep: 30d\ntiers: [{ every: 7h }, { every: 1d }]"), rows);
        await story.RunWellAsync("2025-01-03T20:00Z");
        await story.DeleteAsync("2025-01-02T05:00Z", "2025-01-02T07:00Z");
        await story.InsertAsync(Row("2025-01-02T16:30Z", 1), Row("2025-01-02T23:30Z", 2));
        await story.RunWellAsync("2025-01-03T20:00Z");
        await story.ExpectTierAsync(1, Before(rows, "2025-01-03"));
    }

    [Fact]
    [Rule("older-changes")]
    public async Task Invalidated_buckets_are_built_again_also_beyond_recheck()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h").ToList();
        var story = await BeginAsync(Policy($"recheck: 1h\n{Two}"), rows);
        await story.RunWellAsync("2025-01-11");
        var late = Row("2025-01-02T03:04Z", 5);
        await story.InsertAsync(late);
        await story.RunWellAsync("2025-01-11");
        await story.ExpectTiersAsync(rows);
        Assert.Equal(
            2,
            await story.WithAsync(l => l.InvalidateAsync(story.Policy.Name, new(At("2025-01-02T02:30Z"), At("2025-01-02T04:00Z"))))
        );
        await story.RunWellAsync("2025-01-11");
        await story.ExpectTiersAsync([.. rows, late]);
    }

    [Theory]
    [Rule("stopped-run-watched")]
    [InlineData("1h", "2025-01-05", "2025-01-06")]
    [InlineData("6d", "2025-01-01", "2025-01-07")]
    public async Task Invalidating_follows_rows_that_somebody_deleted(string recheck, string from, string to)
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h").ToList();
        var story = await BeginAsync(Policy($"recheck: {recheck}\n{Two}"), rows);
        await story.RunWellAsync("2025-01-11");
        await story.DeleteAsync(from, to);
        await story.WithAsync(l => l.InvalidateAsync(story.Policy.Name, new(At(from), At(to))));
        await story.RunWellAsync("2025-01-11");
        await story.ExpectTiersAsync(rows.Where(r => r.At < At(from) || r.At >= At(to)));
    }

    [Fact]
    public async Task A_correction_is_followed_also_by_a_day_whose_hours_are_no_tier_any_more()
    {
        var rows = Every("2025-01-01", "2025-01-04", "10m");
        var story = await BeginAsync(Policy($"keep: 30d\nrecheck: 6h\n{Two}"), rows);
        await story.RunWellAsync("2025-01-03");
        await story.DeleteAsync("2025-01-02T22:00Z", "2025-01-02T22:30Z");
        await story.RunPartAsync("2025-01-03", step => step is not PlanStep.RollUp { Relation.Text: "1d" });
        await story.ApplyAsync(Policy("keep: 30d\nrecheck: 6h\ntiers: [{ every: 1d }]"));
        await story.RunWellAsync("2025-01-03T12:00Z");
        await story.ExpectTiersAsync(rows.Where(r => r.At < At("2025-01-02T22:00Z") || r.At >= At("2025-01-02T22:30Z")));
    }

    [Fact]
    [Rule("older-changes")]
    public async Task Verify_finds_what_changed_and_changes_nothing()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h").ToList();
        var story = await BeginAsync(Policy($"recheck: 1h\n{Two}"), rows);
        await story.RunWellAsync("2025-01-11");
        var agreed = await story.WithAsync(l => l.VerifyAsync(Policies.Selection.All));
        Assert.All(agreed, r => Assert.Empty(r.Mismatches));
        await story.InsertAsync(Row("2025-01-02T03:04Z", 5));
        var differing = (await story.WithAsync(l => l.VerifyAsync(Policies.Selection.All))).Single(r => r.Tier?.Text == "1h");
        Assert.Equal(agreed[0].Buckets - 1, differing.Buckets);
        var mismatch = Assert.Single(differing.Mismatches);
        Assert.Equal(At("2025-01-02T03:00Z"), mismatch.Bucket.From);
        Assert.Equal((true, false, 2L, 1L), (mismatch.More, mismatch.Fewer, mismatch.Found, mismatch.Stored));
        await story.InsertAsync(Row("2025-01-02T03:04Z", 5, "new"));
        Assert.Equal(agreed[0].Buckets - 1, (await story.WithAsync(l => l.VerifyAsync(Policies.Selection.All)))[0].Buckets);
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("arrival")]
    public async Task An_arrival_column_tells_what_changed()
    {
        var table = new SourceTable(
            new("m", "cpu"),
            "ts",
            TimeKind.Timestamp,
            [new("host", ValueKind.Text), new("v", ValueKind.Double), new("seen", ValueKind.Moment)]
        );
        var rows = Every("2025-01-01", "2025-01-11", "1h").Select(r => r with { Values = [.. r.Values, r.At] }).ToList();
        var story = await Story.BeginAsync(Db, table, Policy($"recheck: 1h\narrival: seen\n{Two}"), rows);
        await story.RunWellAsync("2025-01-11");
        var late = new SourceRow(At("2025-01-03T04:30Z"), ["a", 9.0, At("2025-01-11T00:10Z")]);
        await story.InsertAsync(late);
        await story.RunWellAsync("2025-01-11T01:00Z");
        await story.ExpectTiersAsync([.. rows, late]);
    }
}
