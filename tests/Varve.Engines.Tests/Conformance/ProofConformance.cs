using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 4: what changed in secret is found before rows go.</summary>
public abstract class ProofConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    [Fact]
    [Rule("older-changes")]
    [Rule("differs-more")]
    public async Task A_row_that_changed_beyond_recheck_is_found_by_the_proof_and_counted()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h").ToList();
        var story = await BeginAsync(Policy("keep: 7d\nrecheck: 1h\ntiers: [{ every: 1h }, { every: 1d }]"), rows);
        await story.RunWellAsync("2025-01-05");
        var late = Row("2025-01-02T03:30Z", 512);
        await story.InsertAsync(late);
        await story.RunWellAsync("2025-01-10");
        Same(Since(rows, "2025-01-03"), await story.SourceAsync());
        await story.ExpectTiersAsync([.. Before(rows, "2025-01-10"), late]);
    }

    [Fact]
    [Rule("proof-before-removal")]
    public async Task Two_values_that_changed_places_are_found_by_the_full_proof()
    {
        SourceRow[] rows =
        [
            Row("2025-01-01T00:10Z", 1, "a"),
            Row("2025-01-01T00:20Z", 2, "b"),
            Row("2025-01-01T02:10Z", 3, "a"),
            Row("2025-01-01T02:20Z", 4, "b"),
        ];
        var story = await BeginAsync(Policy("keep: 2d\nrecheck: 1h\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-02");
        await Db.ExecuteAsync($"UPDATE {Db.Name(story.Table.Name)} SET host = CASE host WHEN 'a' THEN 'b' ELSE 'a' END WHERE v < 3");
        await story.RunWellAsync("2025-01-05");
        Assert.Empty(await story.SourceAsync());
        await story.ExpectTiersAsync(Row("2025-01-01T00:10Z", 1, "b"), Row("2025-01-01T00:20Z", 2, "a"), rows[2], rows[3]);
    }

    [Theory]
    [Rule("secret-found")]
    [Rule("proof-before-removal")]
    [InlineData("first, last")]
    [InlineData("min, max")]
    [InlineData("sum")]
    [InlineData("stddev")]
    public async Task A_value_that_changed_beyond_recheck_is_put_right_in_every_tier_that_is_built_from_the_source(string functions)
    {
        var rows = Every("2025-01-01", "2025-01-04", "47m").ToList();
        var story = await BeginAsync(
            Policy("keep: 50h\nrecheck: 1h\ntiers: [{ every: 7h }, { every: 1d, zone: Australia/Lord_Howe }]", functions),
            rows
        );
        await story.RunWellAsync("2025-01-03");
        var at = rows.FindLastIndex(r => r.At < At("2025-01-02T13:00Z"));
        await Db.ExecuteAsync(
            $"UPDATE {Db.Name(story.Table.Name)} SET v = 900 WHERE ts = {Db.TimeLiteral(rows[at].At, TimeKind.Timestamp)}"
        );
        rows[at] = rows[at] with { Values = ["a", 900.0] };
        for (var asOf = At("2025-01-04"); asOf < At("2025-01-08"); asOf += Duration.FromHours(13))
            await story.RunWellAsync(InstantText.Format(asOf));
        Assert.Empty(await story.SourceAsync());
        await story.ExpectTiersAsync(rows);
    }

    [Theory]
    [Rule("proof-before-removal")]
    [Rule("proof-totals")]
    [InlineData("full")]
    [InlineData("totals")]
    public async Task Stored_states_that_somebody_changed_in_a_few_buckets_are_put_right_before_their_rows_go(string proof)
    {
        var rows = Every("2025-01-01", "2025-01-04", "10m");
        var story = await BeginAsync(Policy($"keep: 2d\nrecheck: 1h\nproof: {proof}\ntiers: [{{ every: 1h }}]"), rows);
        await story.RunWellAsync("2025-01-02");
        await Db.ExecuteAsync(
            $"UPDATE {Db.Name(new("m", "cpu_1h_states"))} SET v_sum = v_sum + 1 WHERE ts < {Db.TimeLiteral(At("2025-01-01T04:00Z"), TimeKind.Timestamp)}"
        );
        var outcome = await story.RunAsync("2025-01-04");
        Assert.Empty(outcome.Errors);
        await story.ExpectTiersAsync(Before(rows, "2025-01-04"));
        Same(Since(rows, "2025-01-02"), await story.SourceAsync());
    }

    [Fact]
    [Rule("proof-totals")]
    public async Task Totals_agree_with_full_where_nothing_changed_places()
    {
        var rows = Every("2025-01-01", "2025-01-06", "7m").Concat(Every("2025-01-01", "2025-01-06", "11m", "b")).ToList();
        var story = await BeginAsync(Policy("keep: 2d\nproof: totals\ntiers: [{ every: 1h, keep: 3d }, { every: 1d }]"), rows);
        await story.RunWellAsync("2025-01-06");
        Same(Since(rows, "2025-01-04"), await story.SourceAsync());
        await story.ExpectTierAsync(1, rows);
    }
}
