using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Planning;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 2: what expires when.</summary>
public abstract class ExpiryConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    [Fact]
    [Rule("edge-whole")]
    [Rule("edge-stays-compared")]
    public async Task A_bucket_is_whole_when_the_first_of_its_rows_goes_also_what_came_under_a_hold()
    {
        List<SourceRow> rows = [.. Every("2025-01-01", "2025-01-05", "1h")];
        var story = await BeginAsync(Policy("recheck: 1h\nkeep: 1d\ntiers: [{ every: 1h, keep: 2d }, { every: 1d }]"), rows);
        await story.WithAsync(l => l.HoldAsync("m.cpu", null, new(At("2025-01-02T06:00Z"), At("2025-01-02T12:00Z")), "because", null));
        await story.RunWellAsync("2025-01-03");
        rows.Add(Row("2025-01-02T08:30Z", 0.5));
        await story.InsertAsync(rows[^1]);
        await story.RunWellAsync("2025-01-06");
        await story.WithAsync(l => l.ReleaseAsync("m.cpu", null));
        await story.RunWellAsync("2025-01-06");
        Assert.Empty(await story.SourceAsync());
        await story.ExpectTierAsync(1, rows);
    }

    [Fact]
    [Rule("keep-from-end")]
    public async Task Source_rows_go_when_their_whole_range_is_past_keep()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await BeginAsync(Policy("keep: 7d\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-10");
        Same(Since(rows, "2025-01-03"), await story.SourceAsync());
        await story.ExpectTiersAsync(Before(rows, "2025-01-10"));
    }

    [Fact]
    [Rule("nothing-younger")]
    public async Task Nothing_that_is_younger_than_keep_goes_between_two_slices()
    {
        var rows = Every("2025-01-01", "2025-01-11", "10m");
        var story = await BeginAsync(Policy("keep: 7d\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-09T13:37:11Z");
        var left = await story.SourceAsync();
        Assert.Equal(Since(rows, "2025-01-02T13:37:11Z").Count(), left.Count(r => r.At >= At("2025-01-02T13:37:11Z")));
        Assert.DoesNotContain(left, r => r.At < At("2025-01-02"));
        await story.RunWellAsync("2025-01-10");
        Same(Since(rows, "2025-01-03"), await story.SourceAsync());
        await story.ExpectTiersAsync(Before(rows, "2025-01-10"));
    }

    [Fact]
    [Rule("months-clamped")]
    public async Task Months_are_subtracted_in_the_zone_of_the_policy()
    {
        var rows = Every("2025-02-25", "2025-03-05", "1h");
        var story = await BeginAsync(Policy("zone: Europe/Berlin\nkeep: 1mo\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-03-30T22:30Z");
        var left = await story.SourceAsync();
        Assert.All(Since(rows, "2025-02-27T23:00Z"), r => Assert.Contains(left, l => l.At == r.At));
        await story.RunWellAsync("2025-04-02T22:00Z");
        Same(Since(rows, "2025-03-02T23:00Z"), Since(await story.SourceAsync(), "2025-03-02T23:00Z"));
        Assert.DoesNotContain(await story.SourceAsync(), r => r.At < At("2025-03-02T00:00Z"));
    }

    [Fact]
    public async Task What_is_old_goes_also_when_the_source_fell_silent()
    {
        var rows = Every("2025-01-01", "2025-01-03", "1h");
        var story = await BeginAsync(Policy("keep: 7d\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-03-01");
        Assert.Empty(await story.SourceAsync());
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("silence-hold")]
    public async Task On_silence_hold_counts_from_the_newest_row()
    {
        var rows = Every("2025-01-01", "2025-01-10", "1h");
        var story = await BeginAsync(Policy("keep: 7d\non_silence: hold\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-03-01");
        var left = await story.SourceAsync();
        Assert.DoesNotContain(left, r => r.At < At("2025-01-02"));
        Assert.Equal(Since(rows, "2025-01-02T23:00Z").Count(), Since(left, "2025-01-02T23:00Z").Count());
    }

    [Fact]
    [Rule("silence-hold")]
    public async Task On_silence_hold_keeps_everything_where_no_row_is_in_the_past()
    {
        var rows = Every("2025-06-01", "2025-06-02", "1h");
        var story = await BeginAsync(Policy("keep: 1d\non_silence: hold\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-03-01");
        Same(rows, await story.SourceAsync());
    }

    [Theory]
    [Rule("future-rows")]
    [InlineData("hold")]
    [InlineData("expire")]
    public async Task Rows_of_the_future_move_nothing(string silence)
    {
        var rows = Every("2025-01-01", "2025-01-03", "1h").Append(Row("2100-01-01", 1)).ToList();
        var story = await BeginAsync(Policy($"keep: 7d\non_silence: {silence}\ntiers: [{{ every: 1h }}]"), rows);
        await story.RunWellAsync("2025-01-04");
        Same(rows, await story.SourceAsync());
        await story.ExpectTiersAsync(rows);
        Assert.Equal(1, (await story.StatusAsync("2025-01-04")).Future.Rows);
    }

    [Fact]
    [Rule("keep-from-end")]
    [Rule("frozen")]
    public async Task Tiers_expire_by_the_end_of_their_buckets_and_after_their_input()
    {
        var rows = Every("2025-01-01", "2025-02-01", "1h");
        var story = await BeginAsync(Policy("keep: 2d\ntiers: [{ every: 1h, keep: 10d }, { every: 1d }]"), rows);
        await story.RunWellAsync("2025-02-01");
        var hours = (await Truth.TierRows.ReadAsync(story, "cpu_1h_states")).Select(r => r.At).Order().ToList();
        Assert.Equal(At("2025-01-22"), hours[0]);
        Assert.Equal(240, hours.Count);
        await story.ExpectTierAsync(1, rows);
        Same(Since(rows, "2025-01-30"), await story.SourceAsync());
    }

    [Fact]
    [Rule("oldest-first")]
    public async Task Slices_go_oldest_first_each_rolled_up_before_it_goes()
    {
        var rows = Every("2025-01-01", "2025-01-06", "1h");
        var story = await BeginAsync(Policy("keep: 1d\ntiers: [{ every: 1h, keep: 30d }, { every: 1d }]"), rows);
        var done = (await story.RunWellAsync("2025-01-06")).Done;
        var expired = done.OfType<PlanStep.Expire>().Where(e => e.Relation == RelationId.Source).ToList();
        Assert.NotEmpty(expired);
        Assert.Equal(expired.Select(e => e.Range.To), expired.Select(e => e.Range.To).Order());
        foreach (var expire in expired)
        {
            var before = done.TakeWhile(s => s != expire)
                .OfType<PlanStep.RollUp>()
                .Where(r => r.Relation.Text == "1h")
                .SelectMany(r => r.Ranges);
            Assert.True(
                RangeSet.Of(before).Covers(new TimeRange(At("2025-01-01"), expire.Range.To)),
                $"{expire.Range} went before it was rolled up"
            );
        }
    }

    [Fact]
    [Rule("edge-stays-compared")]
    [Rule("proof-input-gone")]
    public async Task A_bucket_of_a_tier_stays_until_all_of_its_rows_in_the_source_are_gone()
    {
        var rows = Every("2024-04-03T00:46:18Z", "2024-04-05T17:00Z", "37m").ToList();
        var story = await BeginAsync(
            Policy(
                "keep: 56h\nlate: 1h\nrecheck: 24h\ntiers: [{ every: 7h, keep: 61h }, { every: 1d, zone: Australia/Lord_Howe }]",
                "first, last"
            ),
            rows
        );
        await story.RunWellAsync("2024-04-05T18:00Z");
        Same(rows, await story.SourceAsync());
        await story.ExpectTierAsync(0, rows);

        var at = rows.FindLastIndex(r => r.At < At("2024-04-03T13:00Z"));
        await Db.ExecuteAsync(
            $"UPDATE {Db.Name(story.Table.Name)} SET v = 900 WHERE ts = {Db.TimeLiteral(rows[at].At, TimeKind.Timestamp)}"
        );
        rows[at] = rows[at] with { Values = ["a", 900.0] };
        await story.RunWellAsync("2024-04-07T00:00Z");
        Assert.DoesNotContain(await story.SourceAsync(), r => r.At < At("2024-04-04T13:00Z"));
        await story.ExpectTierAsync(1, rows);
    }

    [Fact]
    [Rule("edge-whole")]
    public async Task Weeks_and_months_from_the_source_survive_daily_expiry()
    {
        var rows = Every("2024-12-20", "2025-03-10", "3h");
        var story = await BeginAsync(Policy("keep: 35d\nrecheck: 1d\ntiers: [{ every: 1w }, { every: 1mo }]"), rows);
        for (var at = At("2025-01-20"); at <= At("2025-03-10"); at += Duration.FromDays(1))
            await story.RunWellAsync(InstantText.Format(at));
        Same(Since(rows, "2025-02-03"), await story.SourceAsync());
        await story.ExpectTiersAsync(rows);
        await story.RunWellAsync("2025-06-01");
        Assert.Empty(await story.SourceAsync());
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("edge-cut")]
    public async Task Seven_hours_beside_days_are_cut_and_stay_whole()
    {
        var rows = Every("2025-01-01", "2025-01-08", "20m");
        var story = await BeginAsync(Policy("keep: 2d\nrecheck: 2h\ntiers: [{ every: 7h }, { every: 1d }]"), rows);
        for (var at = At("2025-01-02T05:00Z"); at <= At("2025-01-08"); at += Duration.FromHours(11))
            await story.RunWellAsync(InstantText.Format(at));
        await story.RunWellAsync("2025-01-20");
        Assert.Empty(await story.SourceAsync());
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("cut-waits")]
    [Rule("halted")]
    public async Task A_row_for_a_cut_bucket_waits_and_goes_when_accepted()
    {
        var rows = Every("2025-01-06", "2025-01-27", "6h");
        var story = await BeginAsync(Policy("keep: 8d\nrecheck: 1h\ntiers: [{ every: 1w }]"), rows);
        await story.RunWellAsync("2025-01-17");
        Same(Since(rows, "2025-01-09"), await story.SourceAsync());
        var late = Row("2025-01-11T01:00Z", 999);
        await story.InsertAsync(late);
        var outcome = await story.RunAsync("2025-01-25");
        await story.ExpectTiersAsync(rows);
        Assert.Contains(await story.SourceAsync(), r => r.At == late.At);
        Assert.Contains(outcome.Waits, w => w.NeedsPerson);
        Assert.Contains((await story.StatusAsync("2025-01-25")).Waits, w => w.NeedsPerson);

        Assert.NotEqual(0, await story.WithAsync(l => l.AcceptAsync(story.Policy.Name, null)));
        await story.RunWellAsync("2025-01-25");
        Assert.DoesNotContain(await story.SourceAsync(), r => r.At < At("2025-01-13"));
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    public async Task Plain_retention_needs_no_tier()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await BeginAsync(
            "table: m.cpu\ntime: ts\nseries: [host]\nkeep: 3d\n",
            [.. rows, SourceRow.Of((Instant?)null, "a", 1.0)]
        );
        await story.RunWellAsync("2025-01-11");
        Same([.. Since(rows, "2025-01-08"), SourceRow.Of((Instant?)null, "a", 1.0)], await story.SourceAsync());
    }

    [Fact]
    public async Task Keep_forever_removes_nothing()
    {
        var rows = Every("2015-01-01", "2015-01-03", "1h");
        var story = await BeginAsync(Policy("tiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-01");
        Same(rows, await story.SourceAsync());
    }

    [Theory]
    [Rule("unsafe-policies")]
    [InlineData("keep: 12h\ntiers: [{ every: 1d }]")]
    [InlineData("keep: 1d\nlate: 1h\ntiers: [{ every: 1d }]")]
    [InlineData("keep: 30d\nrecheck: 1h\ntiers: [{ every: 1mo }]")]
    [InlineData("keep: 2d\nrecheck: 2d\ntiers: [{ every: 1h }]")]
    [InlineData("keep: 10d\ntiers: [{ every: 1h, keep: 5d }]")]
    [InlineData("keep: 10d\ntiers: [{ every: 1h, keep: 20d }, { every: 1d, keep: 15d }]")]
    [InlineData("tiers: [{ every: 1h, keep: 30d }]")]
    public async Task A_keep_that_the_tiers_do_not_survive_is_refused(string more)
    {
        await Db.CreateAsync(Cpu());
        var error = await Assert.ThrowsAsync<PolicyException>(() => new Story(Db, Cpu()).ApplyAsync(Policy(more)));
        Assert.Matches("[0-9].*[0-9]|forever", error.Message);
    }

    [Fact]
    public async Task Running_again_at_once_changes_nothing()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await BeginAsync(Policy("keep: 2d\ntiers: [{ every: 1h, keep: 4d }, { every: 1d }]"), rows);
        await story.RunWellAsync("2025-01-11");
        Assert.Empty((await story.PlanAsync("2025-01-11")).Steps);
        Assert.Empty((await story.RunWellAsync("2025-01-11")).Done);
    }

    [Fact]
    public async Task A_tier_that_goes_takes_no_half_bucket_of_another_tier_with_it()
    {
        var rows = Every("2024-12-28", "2024-12-29T18:00Z", "1h");
        var story = await BeginAsync(
            Policy("keep: 2d\nrecheck: 1h\ntiers: [{ every: 1h, keep: 3d }, { every: 1d, zone: Asia/Kathmandu, keep: 4d }]"),
            rows
        );
        await story.RunWellAsync("2025-01-01T12:00Z");
        var late = Row("2025-01-01T03:00Z", 1);
        await story.InsertAsync(late);
        await story.RunWellAsync("2025-01-04T19:00Z");
        Assert.Empty(await story.SourceAsync());
        await story.ExpectTierAsync(1, late);
    }

    [Fact]
    [Rule("wrong-clock")]
    public async Task A_run_as_of_later_than_the_clock_is_refused()
    {
        var story = await BeginAsync(Policy("keep: 2d\ntiers: [{ every: 1h }]"), Every("2025-01-01", "2025-01-02", "1h"));
        var noon = new SettableTime(At("2025-06-01T12:00Z"));
        Task<RunOutcome> RunAsOf(string asOf) =>
            story.WithAsync(l => RunOutcome.OfAsync(l, new RunOptions { Yes = true, AsOf = At(asOf) }), noon);
        var outcome = await Record.ExceptionAsync(async () =>
        {
            var run = await RunAsOf("2025-06-01T12:02Z");
            if (run.Errors.Count > 0)
                throw run.Errors[0];
        });
        Assert.IsAssignableFrom<VarveException>(outcome);
        Assert.Equal(24, (await story.SourceAsync()).Count);
        Assert.Empty((await RunAsOf("2025-06-01T12:00:30Z")).Errors);
        Assert.Empty(await story.SourceAsync());
    }

    [Fact]
    public async Task A_bucket_of_which_no_row_has_gone_yet_is_not_cut()
    {
        List<SourceRow> rows = [.. Every("2025-01-06", "2025-01-13", "6h"), .. Every("2025-01-16", "2025-01-27", "6h")];
        var story = await BeginAsync(Policy("keep: 9d\nrecheck: 1h\ntiers: [{ every: 1w }]"), rows);
        await story.RunWellAsync("2025-01-24T06:00Z");
        Same(Since(rows, "2025-01-16"), await story.SourceAsync());
        Assert.Equal(0, (await story.StatusAsync("2025-01-24T06:00Z")).Relations.Sum(r => r.Cut));
        Assert.True((await story.PlanAsync("2025-01-24T06:00Z")).IsEmpty);
        List<SourceRow> late = [Row("2025-01-14T03:00Z", 999), Row("2025-01-18T01:00Z", 998)];
        await story.InsertAsync(late);
        await story.RunWellAsync("2025-01-25T06:00Z");
        Same([.. Since(rows, "2025-01-16"), late[1]], await story.SourceAsync());
        Assert.Equal(1, (await story.StatusAsync("2025-01-25T06:00Z")).Relations.Sum(r => r.Cut));
        await story.RunWellAsync("2025-02-10");
        Assert.Empty(await story.SourceAsync());
        await story.ExpectTiersAsync([.. rows, .. late]);
    }

    [Fact]
    public async Task A_late_row_for_what_is_gone_of_a_cut_bucket_holds_back_nothing_of_the_rest()
    {
        var rows = Every("2025-01-06", "2025-01-27", "6h");
        var story = await BeginAsync(Policy("keep: 8d\nrecheck: 1h\ntiers: [{ every: 1w }]"), rows);
        await story.RunWellAsync("2025-01-17");
        var late = Row("2025-01-07T01:00Z", 999);
        await story.InsertAsync(late);
        await story.RunWellAsync("2025-01-25");
        Same([late, .. Since(rows, "2025-01-17")], await story.SourceAsync());
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("differs-both")]
    [Rule("halted-alone")]
    public async Task What_goes_before_a_bucket_that_waits_may_hold_no_row_at_all()
    {
        var rows = Every("2025-09-08T10:00Z", "2025-10-01T10:00Z", "6h");
        var story = await BeginAsync(
            Policy("zone: America/New_York\nkeep: 32d\nrecheck: 1h\ntiers: [{ every: 1w }, { every: 1mo }]"),
            rows
        );
        await story.RunWellAsync("2025-09-16");
        await story.DeleteAsync("2025-09-09T04:00Z", "2025-09-09T05:00Z");
        await story.InsertAsync(Row("2025-09-12T01:00Z", 999, "b"));
        await story.RunWellAsync("2025-11-01");
        Assert.Equal(27, await story.CountSourceAsync("2025-09-08", "2025-09-15T04:00Z"));
        Assert.Equal(0, await story.CountSourceAsync("2025-09-15T04:00Z", "2025-09-30"));
        await story.ExpectTierAsync(0, rows);
    }

    [Fact]
    [Rule("cut-inner-waits")]
    public async Task Of_buckets_that_are_built_again_inside_of_a_cut_one_only_those_that_got_rows_wait_for_a_person()
    {
        var rows = Every("2025-01-06", "2025-02-07", "1h");
        var story = await BeginAsync(Policy("keep: 20d\nrecheck: 1h\ntiers: [{ every: 1h, keep: 20d }, { every: 1w }]"), rows);
        await story.RunWellAsync("2025-02-07");
        await story.InsertAsync(Row("2025-01-19T05:05Z", 999));
        await Db.ExecuteAsync($"UPDATE m.cpu SET v = 7 WHERE ts = {Db.TimeLiteral(At("2025-01-19T08:00Z"), TimeKind.Timestamp)}");
        await story.WithAsync(l => l.InvalidateAsync(story.Policy.Name, new(At("2025-01-19"), At("2025-01-20"))));
        var outcome = await story.RunAsync("2025-02-07T01:00Z");
        Assert.Equal(
            new TimeRange(At("2025-01-19T05:00Z"), At("2025-01-19T06:00Z")),
            Assert.Single(outcome.Waits, w => w.NeedsPerson).Range
        );
        await story.RunAsync("2025-02-12");
        Assert.Equal(
            [At("2025-01-19T05:00Z"), At("2025-01-19T05:05Z")],
            (await story.SourceAsync()).Where(r => r.At < At("2025-01-20")).Select(r => r.At!.Value).Order()
        );
    }
}
