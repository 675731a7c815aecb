using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 5: rows that come after their time.</summary>
public abstract class LateConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
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
            RangeSet.Of(built.Where(b => b.Relation.Text == "1h").SelectMany(b => b.Ranges)).ToString()
        );
        Assert.Equal(
            "[2025-01-03T00:00:00Z, 2025-01-04T00:00:00Z)",
            RangeSet.Of(built.Where(b => b.Relation.Text == "1d").SelectMany(b => b.Ranges)).ToString()
        );
        await story.ExpectTiersAsync([.. rows, late]);
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
}
