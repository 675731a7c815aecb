using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 3: what others removed never shrinks history.</summary>
public abstract class DeletionConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
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
    public async Task A_day_that_somebody_else_deleted_before_it_expires_is_told_once_and_not_hour_by_hour()
    {
        var rows = Every("2025-01-01", "2025-01-06", "1h");
        var story = await BeginAsync(Policy("recheck: 6h\nkeep: 3d\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-03");
        var plan = await story.PlanAsync("2025-01-06");
        await story.DeleteAsync("2025-01-02", "2025-01-03");
        Assert.Empty((await story.RunAsync("2025-01-06", new() { Yes = true, Plans = [plan] })).Errors);
        await story.ExpectTiersAsync(rows);
        var note = Assert.Single((await story.StatusAsync("2025-01-06")).Notes, n => n.Code == WorkCodes.LastProof);
        Assert.EndsWith(
            "somebody else removed rows of [2025-01-02T00:00:00Z, 2025-01-03T00:00:00Z): 1h keeps what it had",
            note.Message,
            StringComparison.Ordinal
        );
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
}
