using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Engines.Tests.Truth;
using Varve.Planning;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 5: closing, late rows, repair.</summary>
public abstract class RepairConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private const string Two = "tiers: [{ every: 1h }, { every: 1d }]";

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
    [Rule("one-late-row")]
    public async Task A_late_row_inside_recheck_costs_one_bucket_of_each_tier()
    {
        var rows = Every("2025-01-01", "2025-01-04", "10m").ToList();
        var story = await BeginAsync(Policy($"recheck: 2d\n{Two}"), rows);
        await story.RunWellAsync("2025-01-04");
        var late = Row("2025-01-03T05:55:01Z", 777);
        await story.InsertAsync(late);
        var done = (await story.RunWellAsync("2025-01-04")).Done;
        var built = done.OfType<PlanStep.RollUp>().ToList();
        Assert.Equal(
            "[2025-01-03T05:00:00Z, 2025-01-03T06:00:00Z)",
            RangeSet.Of(built.Where(b => b.Relation == "1h").SelectMany(b => b.Ranges)).ToString()
        );
        Assert.Equal(
            "[2025-01-03T00:00:00Z, 2025-01-04T00:00:00Z)",
            RangeSet.Of(built.Where(b => b.Relation == "1d").SelectMany(b => b.Ranges)).ToString()
        );
        await story.ExpectTiersAsync([.. rows, late]);
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
    [Rule("corrections")]
    public async Task A_late_series_and_a_vanished_series_are_followed_inside_recheck()
    {
        List<SourceRow> rows = [.. Every("2025-01-01", "2025-01-04", "10m"), Row("2025-01-03T05:30Z", 1, "gone")];
        var story = await BeginAsync(Policy($"recheck: 2d\n{Two}"), rows);
        await story.RunWellAsync("2025-01-04");
        await Db.ExecuteAsync($"DELETE FROM {Db.Name(story.Table.Name)} WHERE host = 'gone'");
        var late = Row("2025-01-03T07:30Z", 5, "new");
        await story.InsertAsync(late);
        await story.RunWellAsync("2025-01-04");
        await story.ExpectTiersAsync([.. rows.Where(r => !Equals(r.Values[0], "gone")), late]);
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
    [Rule("empty-bucket-fills")]
    public async Task A_late_row_for_an_empty_covered_bucket_is_found()
    {
        List<SourceRow> rows = [.. Every("2025-01-01", "2025-01-02", "10m"), .. Every("2025-01-03", "2025-01-04", "10m")];
        var story = await BeginAsync(Policy($"recheck: 3d\n{Two}"), rows);
        await story.RunWellAsync("2025-01-04");
        rows.AddRange(Every("2025-01-02T06:00Z", "2025-01-02T08:00Z", "10m"));
        await story.InsertAsync(rows.TakeLast(12));
        await story.RunWellAsync("2025-01-04");
        await story.ExpectTiersAsync(rows);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_late_row_before_the_oldest_row_that_is_watched_is_found_also_beside_a_correction(bool correction)
    {
        List<SourceRow> rows = [Row("2025-01-01T02:11Z", 1), .. Every("2025-01-03T06:05Z", "2025-01-03T16:00Z", "20m")];
        var story = await BeginAsync(Policy("keep: 3d\nrecheck: 1d\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-03T17:00Z");
        if (correction)
        {
            await story.DeleteAsync("2025-01-03T14:00Z", "2025-01-03T14:30Z");
            rows.RemoveAll(r => r.At >= At("2025-01-03T14:00Z") && r.At < At("2025-01-03T14:30Z"));
        }

        var late = Row("2025-01-02T20:25Z", 7);
        await story.InsertAsync(late);
        await story.RunWellAsync("2025-01-03T17:00Z");
        await story.ExpectTiersAsync([.. rows, late]);
    }

    [Fact]
    [Rule("empty-bucket-fills")]
    public async Task A_late_row_for_an_empty_bucket_is_found_also_where_somebody_else_deletes()
    {
        List<SourceRow> rows =
        [
            .. Every("2025-01-03T02:00Z", "2025-01-03T05:00Z", "20m"),
            .. Every("2025-01-03T10:00Z", "2025-01-03T16:00Z", "20m"),
        ];
        var story = await BeginAsync(Policy("recheck: 1d\ntiers: [{ every: 1h }, { every: 1d }]"), rows);
        await story.RunWellAsync("2025-01-04T01:00Z");
        await story.DeleteAsync("2025-01-03", "2025-01-03T15:30Z");
        var late = Row("2025-01-03T07:25Z", 7);
        await story.InsertAsync(late);
        await story.RunWellAsync("2025-01-04T01:00Z");
        await story.ExpectTiersAsync([.. rows, late]);
    }

    [Fact]
    [Rule("cut-by-others")]
    public async Task A_month_from_the_source_is_not_built_again_from_what_others_left_outside_of_recheck()
    {
        var rows = Every("2025-11-01", "2025-12-01T12:00Z", "6h");
        var story = await BeginAsync(Policy("recheck: 1d\ntiers: [{ every: 1w }, { every: 1mo }]"), rows);
        await story.RunWellAsync("2025-12-01T12:00Z");
        await story.DeleteAsync("2025-11-01", "2025-11-20");
        var late = Row("2025-11-30T20:00Z", 7);
        await story.InsertAsync(late);
        await story.RunWellAsync("2025-12-01T12:00Z");
        await story.ExpectTierAsync(0, [.. rows, late]);
        await story.ExpectTierAsync(1, rows);
    }

    [Fact]
    public async Task A_day_that_an_earlier_run_left_to_be_built_again_is_not_built_from_what_others_left_since()
    {
        var rows = Every("2025-01-01", "2025-01-04", "10m");
        var story = await BeginAsync(Policy("keep: 5d\nrecheck: 6h\ntiers: [{ every: 1h }, { every: 1d, zone: Asia/Kathmandu }]"), rows);
        await story.RunWellAsync("2025-01-03");
        var late = Row("2025-01-02T05:05Z", 7);
        await story.InsertAsync(late);
        await story.RunWellAsync("2025-01-02T08:00Z");
        await story.DeleteAsync("2025-01-02T12:00Z", "2025-01-02T12:30Z");
        await story.RunWellAsync("2025-01-03T06:00Z");
        await story.ExpectTierAsync(0, [.. rows, late]);
        await story.ExpectTierAsync(1, rows);

        // It holds neither the row that came nor can it be told which ones are left: a person lets them go.
        var outcome = await story.RunAsync("2025-01-10");
        Assert.Contains(outcome.Waits, w => w.NeedsPerson && w.Range.Contains(late.At!.Value));
        Assert.Contains(await story.SourceAsync(), r => r.At == late.At);
        await story.ExpectTierAsync(1, rows);
    }

    [Fact]
    [Rule("stopped-run-watched")]
    public async Task An_hour_that_a_stopped_run_left_to_be_built_again_is_not_built_from_what_others_left_since()
    {
        var rows = Every("2025-01-01", "2025-01-04", "10m");
        var story = await BeginAsync(Policy($"keep: 5d\nrecheck: 6h\n{Two}"), rows);
        await story.RunWellAsync("2025-01-03");
        var late = Row("2025-01-02T22:05Z", 7);
        await story.InsertAsync(late);
        await story.RunPartAsync("2025-01-03", step => step is not PlanStep.RollUp);
        await story.DeleteAsync("2025-01-02T22:10Z", "2025-01-02T22:50Z");
        await story.RunWellAsync("2025-01-03T12:00Z");
        await story.ExpectTiersAsync(rows);

        // Of what is left it cannot be told what is counted: a person lets it go.
        var outcome = await story.RunAsync("2025-01-10");
        Assert.Contains(outcome.Waits, w => w.NeedsPerson && w.Range.Contains(late.At!.Value));
        Assert.Contains(await story.SourceAsync(), r => r.At == late.At);
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
    [Rule("cut-by-others")]
    public async Task A_prefix_that_somebody_else_deleted_never_shrinks_history()
    {
        var rows = Every("2025-01-01", "2025-01-06", "10m");
        var story = await BeginAsync(Policy($"recheck: 4d\n{Two}"), rows);
        await story.RunWellAsync("2025-01-06");
        await story.DeleteAsync("2025-01-01", "2025-01-04T07:35Z");
        await story.RunWellAsync("2025-01-06");
        await story.ExpectTiersAsync(rows);
        await story.RunWellAsync("2025-01-06T01:00Z");
        await story.ExpectTiersAsync(rows);
        Assert.NotEqual(0, (await story.StatusAsync("2025-01-06T01:00Z")).Relations.Sum(r => r.Cut));
    }

    [Fact]
    [Rule("clean-up-scripts")]
    public async Task A_cron_job_that_deletes_every_day_never_shrinks_history_of_weeks_and_months()
    {
        var rows = Every("2024-12-25", "2025-02-10", "3h");
        var story = await BeginAsync(Policy("recheck: 1d\ntiers: [{ every: 1d }, { every: 1w }, { every: 1mo }]"), rows);
        for (var at = At("2024-12-26"); at <= At("2025-02-10"); at += Duration.FromDays(1))
        {
            await Db.DeleteAsync(story.Table, At("2024-01-01"), at - Duration.FromHours(55));
            await story.RunWellAsync(InstantText.Format(at));
        }

        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    public async Task A_day_that_begins_before_the_first_row_is_built_from_the_hours_and_not_from_what_is_left()
    {
        var rows = Every("2025-01-01T13:00Z", "2025-01-02T01:00Z", "10m");
        var story = await BeginAsync(Policy($"recheck: 6h\n{Two}"), rows);
        await story.RunWellAsync("2025-01-01T20:00Z");
        await story.DeleteAsync("2025-01-01", "2025-01-01T18:00Z");
        await story.RunWellAsync("2025-01-02T01:00Z");
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("source-emptied")]
    public async Task A_source_that_somebody_emptied_leaves_history_whole()
    {
        var rows = Every("2025-01-01", "2025-01-04", "10m");
        var story = await BeginAsync(Policy($"recheck: 2d\nkeep: 10d\n{Two}"), rows);
        await story.RunWellAsync("2025-01-04");
        await Db.ExecuteAsync($"DELETE FROM {Db.Name(story.Table.Name)}");
        await story.RunWellAsync("2025-01-04");
        await story.RunWellAsync("2025-03-01");
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("cut-by-others")]
    [Rule("differs-fewer")]
    public async Task Rows_deleted_outside_of_recheck_are_not_followed_and_the_rest_still_expires()
    {
        var rows = Every("2025-01-01", "2025-01-06", "10m");
        var story = await BeginAsync(Policy($"recheck: 1h\nkeep: 6d\n{Two}"), rows);
        await story.RunWellAsync("2025-01-06");
        await story.DeleteAsync("2025-01-03T05:20Z", "2025-01-03T09:40Z");
        await story.RunWellAsync("2025-01-06");
        await story.ExpectTiersAsync(rows);
        await story.RunWellAsync("2025-02-01");
        Assert.Empty(await story.SourceAsync());
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("differs-fewer")]
    public async Task Rows_that_others_deleted_in_weeks_and_months_from_the_source_hold_nothing_up()
    {
        var rows = Every("2024-12-01", "2025-01-20", "6h");
        var story = await BeginAsync(Policy("keep: 40d\nrecheck: 4h\ntiers: [{ every: 1w }, { every: 1mo }]"), rows);
        await story.RunWellAsync("2025-01-20");
        await story.DeleteAsync("2024-12-28", "2024-12-29T06:00Z");
        await story.RunWellAsync("2025-01-21");
        for (var at = At("2025-01-22"); at < At("2025-04-01"); at += Duration.FromDays(9))
            await story.RunWellAsync(InstantText.Format(at));
        Assert.Empty(await story.SourceAsync());
        await story.ExpectTiersAsync(rows);
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
    public async Task An_import_that_is_older_than_the_first_row_is_rolled_up_while_nothing_expired_there()
    {
        var rows = Every("2025-01-10", "2025-01-12", "10m");
        var older = Every("2025-01-03T05:30Z", "2025-01-06T07:10Z", "10m");
        var story = await BeginAsync(Policy($"keep: 30d\n{Two}"), rows);
        await story.RunWellAsync("2025-01-12");
        await story.InsertAsync(older);
        await story.RunWellAsync("2025-01-12");
        await story.RunWellAsync("2025-03-12");
        Assert.Empty(await story.SourceAsync());
        await story.ExpectTiersAsync([.. older, .. rows]);
    }

    [Fact]
    [Rule("frozen")]
    public async Task An_import_before_the_first_row_after_expiry_began_is_late_or_counted_and_never_lost()
    {
        var rows = Every("2025-01-10", "2025-01-20", "1h");
        var older = Every("2025-01-03", "2025-01-05", "1h");
        var story = await BeginAsync(Policy($"keep: 3d\n{Two}"), rows);
        await story.RunWellAsync("2025-01-20");
        await story.InsertAsync(older);
        await story.RunAsync("2025-01-20");
        var left = await story.SourceAsync();
        Same(older, left.Where(r => r.At < At("2025-01-10")));
        await story.ExpectTiersAsync(rows);
        Assert.Equal(48, (await story.StatusAsync("2025-01-20")).FrozenLate.Rows);
    }

    [Fact]
    [Rule("late-hold")]
    public async Task Late_rows_for_an_expired_range_are_held()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await BeginAsync(Policy($"keep: 3d\n{Two}"), rows);
        await story.RunWellAsync("2025-01-11");
        SourceRow[] late = [Row("2025-01-02T03:04Z", 5), Row("2025-01-02T03:04Z", 5, "other"), .. Every("2025-01-05", "2025-01-06", "1h")];
        await story.InsertAsync(late);
        await story.RunWellAsync("2025-01-11");
        await story.RunWellAsync("2025-01-12");
        Same([.. late, .. Since(rows, "2025-01-09")], await story.SourceAsync());
        await story.ExpectTiersAsync(rows);
        var status = await story.StatusAsync("2025-01-12");
        Assert.Equal(late.Length, status.FrozenLate.Rows);
        Assert.Equal(At("2025-01-02T03:04Z"), status.FrozenLate.First);
        Assert.Equal(At("2025-01-05T23:00Z"), status.FrozenLate.Last);
    }

    [Fact]
    public async Task Late_rows_that_are_held_are_not_planned_to_be_discarded()
    {
        var rows = Every("2025-01-01", "2025-01-08", "1h");
        var story = await BeginAsync(Policy($"keep: 3d\nlate_after_expiry: discard\n{Two}"), rows);
        await story.RunWellAsync("2025-01-08");
        await story.WithAsync(l => l.HoldAsync("m.cpu", null, new(At("2025-01-02"), At("2025-01-03")), "because", null));
        await story.InsertAsync(Row("2025-01-02T05:30Z", 1));
        Assert.Empty((await story.PlanAsync("2025-01-08")).Steps);
        await story.WithAsync(l => l.ReleaseAsync("m.cpu", null));
        await story.RunWellAsync("2025-01-08");
        Assert.Equal(0, await story.CountSourceAsync("2025-01-01", "2025-01-05"));
        await story.ExpectTiersAsync(rows);
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
    [Rule("late-discard")]
    public async Task Late_rows_for_an_expired_range_are_discarded_where_the_policy_says_so()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await BeginAsync(Policy($"keep: 3d\nlate_after_expiry: discard\n{Two}"), rows);
        await story.RunWellAsync("2025-01-11");
        await story.InsertAsync(Row("2025-01-02T03:04Z", 5), Row("2025-01-10T03:04Z", 6));
        await story.RunWellAsync("2025-01-11");
        Same([.. Since(rows, "2025-01-08"), Row("2025-01-10T03:04Z", 6)], await story.SourceAsync());
        await story.ExpectTiersAsync([.. rows, Row("2025-01-10T03:04Z", 6)]);
        var log = await story.WithAsync(l => l.AuditAsync(200));
        Assert.Contains(log, e => e.Action.Contains("discard", StringComparison.Ordinal));
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
        await story.RunPartAsync("2025-01-03", step => step is not PlanStep.RollUp { Relation: "1d" });
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
        var differing = (await story.WithAsync(l => l.VerifyAsync(Policies.Selection.All))).Single(r => r.Tier == "1h");
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
