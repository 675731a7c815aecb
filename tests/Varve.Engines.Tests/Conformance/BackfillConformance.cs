using Varve.Engines.Tests.Scratch;
using Varve.Planning;

namespace Varve.Engines.Tests.Conformance;

/// <summary>
/// A changed policy asks the source once more, and somebody else has removed rows of it meanwhile: history never shrinks.
/// </summary>
public abstract class BackfillConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    [Theory]
    [Rule("backfill-compares")]
    [InlineData("")]
    [InlineData("\narrival: seen")]
    public async Task A_new_function_is_not_filled_from_what_others_left(string more)
    {
        var table = Cpu() with { Columns = [new("host", ValueKind.Text), new("v", ValueKind.Double), new("seen", ValueKind.Moment)] };
        var rows = Every("2025-01-01", "2025-01-11", "10m").Select(r => SourceRow.Of(r.At, r.Values[0], r.Values[1], r.At)).ToList();
        var story = await Story.BeginAsync(
            Db,
            table,
            Policy("recheck: 6h\nkeep: 30d\ntiers: [{ every: 1h }, { every: 1d }]" + more, "count, sum"),
            rows
        );
        await story.RunWellAsync("2025-01-11");
        await story.DeleteAsync("2025-01-01", "2025-01-05T12:30Z");
        await story.ApplyAsync(Policy("recheck: 6h\nkeep: 30d\ntiers: [{ every: 1h }, { every: 1d }]" + more, "count, sum, max"));
        await story.RunWellAsync("2025-01-11");
        var counted = await Db.QueryAsync(
            $"SELECT sum(varve_rows), sum(v_count), count(v_max), count(*) FROM {Db.Name(new("m", "cpu_1h_states"))}"
        );
        Assert.Equal(
            (rows.Count, rows.Count, 240L - 109, 240L),
            (Number(counted, 0), Number(counted, 1), Number(counted, 2), Number(counted, 3))
        );
        var days = await Db.QueryAsync($"SELECT sum(varve_rows), count(v_max) FROM {Db.Name(new("m", "cpu_1d_states"))}");
        Assert.Equal((rows.Count, 5L), (Number(days, 0), Number(days, 1)));
    }

    [Fact]
    public async Task A_new_function_is_not_filled_from_what_others_left_after_a_run_was_stopped()
    {
        var rows = Every("2025-01-01", "2025-01-11", "10m");
        var story = await BeginAsync(Policy("recheck: 6h\nkeep: 30d\ntiers: [{ every: 1h }, { every: 1d }]", "count, sum"), rows);
        await story.RunWellAsync("2025-01-11");
        await story.ApplyAsync(Policy("recheck: 6h\nkeep: 30d\ntiers: [{ every: 1h }, { every: 1d }]", "count, sum, max"));
        await story.RunPartAsync("2025-01-11", step => step is not PlanStep.RollUp);
        await story.DeleteAsync("2025-01-01", "2025-01-05T12:30Z");
        await story.RunWellAsync("2025-01-11");
        var counted = await Db.QueryAsync(
            $"SELECT sum(varve_rows), sum(v_count), count(v_max), count(*) FROM {Db.Name(new("m", "cpu_1h_states"))}"
        );
        Assert.Equal(
            (rows.Count, rows.Count, 240L - 109, 240L),
            (Number(counted, 0), Number(counted, 1), Number(counted, 2), Number(counted, 3))
        );
        var days = await Db.QueryAsync($"SELECT sum(varve_rows), count(v_max) FROM {Db.Name(new("m", "cpu_1d_states"))}");
        Assert.Equal((rows.Count, 5L), (Number(days, 0), Number(days, 1)));
        Assert.True((await story.PlanAsync("2025-01-11")).IsEmpty);
    }

    [Fact]
    public async Task A_new_tier_that_only_the_source_can_build_is_lost_where_others_left_a_part()
    {
        var rows = Every("2025-01-01", "2025-01-11", "10m");
        var story = await BeginAsync(Policy("recheck: 6h\nkeep: 30d\ntiers: [{ every: 2h }]"), rows);
        await story.RunWellAsync("2025-01-11");
        await story.DeleteAsync("2025-01-01", "2025-01-05T12:30Z");
        await story.ApplyAsync(Policy("recheck: 6h\nkeep: 30d\ntiers: [{ every: 2h }, { every: 3h }]"));
        await story.RunWellAsync("2025-01-11");
        var counted = await Db.QueryAsync($"SELECT min(varve_rows), max(varve_rows), count(*) FROM {Db.Name(new("m", "cpu_3h_states"))}");
        Assert.Equal((18L, 18L, 43L), (Number(counted, 0), Number(counted, 1), Number(counted, 2)));
        Assert.Equal(rows.Count, Number(await Db.QueryAsync($"SELECT sum(varve_rows) FROM {Db.Name(new("m", "cpu_2h_states"))}"), 0));
    }

    [Fact]
    [Rule("backfill-compares")]
    public async Task A_new_finer_tier_is_lost_only_in_the_buckets_that_others_took_rows_of()
    {
        var rows = Every("2025-01-01T05:00Z", "2025-01-04", "10m");
        var story = await BeginAsync(Policy("recheck: 6h\nkeep: 30d\ntiers: [{ every: 2h }, { every: 1d }]"), rows);
        await story.RunWellAsync("2025-01-04");
        await story.DeleteAsync("2025-01-01T07:10Z", "2025-01-01T07:30Z");
        await story.ApplyAsync(Policy("recheck: 6h\nkeep: 30d\ntiers: [{ every: 1h }, { every: 2h }, { every: 1d }]"));
        await story.RunWellAsync("2025-01-04");
        await story.ExpectTierAsync(0, rows.Where(r => r.At < At("2025-01-01T06:00Z") || r.At >= At("2025-01-01T08:00Z")));
        await story.ExpectTierAsync(1, rows);
        await story.ExpectTierAsync(2, rows);
    }

    [Fact]
    public async Task A_run_as_of_before_asks_for_no_new_function_in_what_closed_since()
    {
        var rows = Every("2025-01-01", "2025-01-03", "10m");
        var story = await BeginAsync(Policy("recheck: 1h\nkeep: 30d\ntiers: [{ every: 1h }, { every: 1d }]", "count, sum"), rows);
        await story.RunWellAsync("2025-01-03");
        await story.DeleteAsync("2025-01-02T12:00Z", "2025-01-02T12:30Z");
        await story.ApplyAsync(Policy("recheck: 1h\nkeep: 30d\ntiers: [{ every: 1h }, { every: 1d }]", "count, sum, max"));
        await story.RunWellAsync("2025-01-02T06:00Z");
        await story.RunWellAsync("2025-01-03");
        var counted = await Db.QueryAsync($"SELECT sum(varve_rows), count(v_max) FROM {Db.Name(new("m", "cpu_1h_states"))}");
        Assert.Equal((rows.Count, 47L), (Number(counted, 0), Number(counted, 1)));
    }

    [Fact]
    [Rule("backfill-unwatched")]
    public async Task A_new_function_is_not_filled_where_rows_came_unseen_until_somebody_asks_for_it()
    {
        var rows = Every("2025-01-01", "2025-01-11", "10m");
        var story = await BeginAsync(Policy("recheck: 6h\nkeep: 30d\ntiers: [{ every: 1h }, { every: 1d }]", "count, sum"), rows);
        await story.RunWellAsync("2025-01-11");
        var late = Row("2025-01-03T05:05Z", 7);
        await story.InsertAsync(late);
        await story.ApplyAsync(Policy("recheck: 6h\nkeep: 30d\ntiers: [{ every: 1h }, { every: 1d }]", "count, sum, max"));
        var notes = (await story.PlanAsync("2025-01-11")).Notes;
        Assert.Equal(
            [
                "`v_max` of 1d is not filled for [2025-01-03T00:00:00Z, 2025-01-04T00:00:00Z)",
                "`v_max` of 1h is not filled for [2025-01-03T05:00:00Z, 2025-01-03T06:00:00Z)",
            ],
            notes.Where(n => n.Code == "VRV214").Select(n => n.Message.Split(": the rows")[0]).Order(StringComparer.Ordinal)
        );
        Assert.DoesNotContain(notes, n => n.Code == "VRV213");
        await story.RunWellAsync("2025-01-11");
        Assert.Equal(239L, Number(await Db.QueryAsync($"SELECT count(v_max) FROM {Db.Name(new("m", "cpu_1h_states"))}"), 0));
        await story.WithAsync(l => l.InvalidateAsync(story.Policy.Name, new(At("2025-01-03"), At("2025-01-04"))));
        await story.RunWellAsync("2025-01-11");
        await story.ExpectTiersAsync([.. rows, late]);
        Assert.Empty((await story.PlanAsync("2025-01-11")).Notes);
    }

    [Fact]
    [Rule("backfill-unwatched")]
    public async Task A_new_function_is_filled_where_rows_came_unseen_to_a_bucket_that_had_none()
    {
        List<SourceRow> rows = [.. Every("2025-01-01", "2025-01-03T05:00Z", "10m"), .. Every("2025-01-03T06:00Z", "2025-01-11", "10m")];
        var story = await BeginAsync(Policy("recheck: 6h\nkeep: 30d\ntiers: [{ every: 1h }, { every: 1d }]", "count, sum"), rows);
        await story.RunWellAsync("2025-01-11");
        var late = Row("2025-01-03T05:05Z", 7);
        await story.InsertAsync(late);
        await story.ApplyAsync(Policy("recheck: 6h\nkeep: 30d\ntiers: [{ every: 1h }, { every: 1d }]", "count, sum, max"));
        Assert.Empty((await story.PlanAsync("2025-01-11")).Notes);
        await story.RunWellAsync("2025-01-11");
        await story.ExpectTiersAsync([.. rows, late]);
    }

    [Theory]
    [InlineData("{ every: 2h }", "{ every: 1h }, { every: 2h }", "2h", 120 - 55)]
    [InlineData("{ every: 2h }, { every: 1d }", "{ every: 1h }, { every: 1d }", "1d", 5)]
    public async Task A_new_function_is_not_filled_through_a_new_finer_tier_from_what_others_left(
        string before,
        string after,
        string tier,
        int filled
    )
    {
        var rows = Every("2025-01-01", "2025-01-11", "10m");
        var story = await BeginAsync(Policy($"recheck: 6h\nkeep: 30d\ntiers: [{before}]", "count, sum"), rows);
        await story.RunWellAsync("2025-01-11");
        await story.DeleteAsync("2025-01-01", "2025-01-05T12:30Z");
        await story.ApplyAsync(Policy($"recheck: 6h\nkeep: 30d\ntiers: [{after}]", "count, sum, max"));
        await story.RunWellAsync("2025-01-11");
        var counted = await Db.QueryAsync($"SELECT sum(varve_rows), count(v_max) FROM {Db.Name(new("m", $"cpu_{tier}_states"))}");
        Assert.Equal(((long)rows.Count, (long)filled), (Number(counted, 0), Number(counted, 1)));
        await story.RunWellAsync("2025-03-01");
        Assert.Empty(await story.SourceAsync());
    }
}
