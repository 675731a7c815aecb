using CsCheck;
using NodaTime;
using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 5: late rows for a range that has expired, <c>late_after_expiry: merge</c>.</summary>
public abstract class MergeConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private const string Merge = "late_after_expiry: merge\n";
    private const string All = "count, sum, avg, min, max, first, last, stddev, variance";

    [Fact]
    public async Task Late_rows_are_found_behind_rows_that_a_hold_keeps()
    {
        List<SourceRow> rows = [.. Every("2025-01-01", "2025-01-05", "1h")];
        var story = await BeginAsync(Policy("keep: 1d\nlate_after_expiry: merge\ntiers: [{ every: 1h }, { every: 1d }]"), rows);
        await story.WithAsync(l => l.HoldAsync("m.cpu", null, new(At("2025-01-02T06:00Z"), At("2025-01-02T12:00Z")), "because", null));
        await story.RunWellAsync("2025-01-06");
        rows.Add(Row("2025-01-03T03:30Z", 0.5));
        await story.InsertAsync(rows[^1]);
        Assert.Equal(1, (await story.StatusAsync("2025-01-06")).FrozenLate.Rows);
        await story.RunWellAsync("2025-01-06");
        await story.ExpectTiersAsync(rows);
        Assert.Equal(6, (await story.SourceAsync()).Count);
    }

    [Fact]
    public async Task A_row_that_is_older_than_all_others_is_in_every_tier_after_the_run_that_merges_it()
    {
        List<SourceRow> rows = [.. Every("2025-01-02T01:00Z", "2025-01-02T22:00Z", "1h")];
        var story = await BeginAsync(Policy("keep: 8h\nlate_after_expiry: merge\ntiers: [{ every: 1h }, { every: 1d }]"), rows);
        await story.RunWellAsync("2025-01-02T23:00Z");
        await story.InsertAsync(Row("2025-01-01T10:00Z", 3));
        await story.RunWellAsync("2025-01-02T23:00Z");
        await story.ExpectTiersAsync([.. rows, Row("2025-01-01T10:00Z", 3)]);
        Assert.Equal(1, await story.CountAsync("cpu_1d"));
    }

    [Fact]
    [Rule("late-merge")]
    [Rule("merge-exact")]
    public async Task Late_rows_are_added_to_every_tier_and_gone_from_the_source()
    {
        var rows = Every("2025-01-01", "2025-01-11", "10m").ToList();
        var story = await BeginAsync(
            Policy($"{Merge}interval: 10m\nkeep: 3d\ntiers: [{{ every: 1h }}, {{ every: 1d, zone: Europe/Berlin }}]", All),
            rows
        );
        await story.RunWellAsync("2025-01-11");
        List<SourceRow> late =
        [
            Row("2025-01-02T03:04:05Z", 1000),
            Row("2025-01-02T03:10:00Z", -1000),
            Row("2025-01-02T23:30Z", 7, "new"),
            Row("2024-12-30T12:00Z", 5),
        ];
        await story.InsertAsync(late);
        var plan = await story.PlanAsync("2025-01-11");
        Assert.Contains(plan.Steps, s => s is PlanStep.Merge);
        var done = (await story.RunWellAsync("2025-01-11")).Done;
        Assert.Contains(done, s => s is PlanStep.Merge);
        Same(Since(rows, "2025-01-08"), await story.SourceAsync());
        await story.ExpectTiersAsync([.. rows, .. late]);
        Assert.True((await story.PlanAsync("2025-01-11")).IsEmpty);
        Assert.Equal(0, (await story.StatusAsync("2025-01-11")).FrozenLate.Rows);
        Assert.Equal([4L], await MergedAsync(story));
    }

    [Fact]
    [Rule("merge-lost")]
    public async Task A_row_that_only_a_lost_bucket_could_take_stays()
    {
        var rows = Every("2025-01-01", "2025-01-21", "1h").ToList();
        var story = await BeginAsync(Policy($"{Merge}keep: 3d\ntiers: [{{ every: 1h, keep: 7d }}]", All), rows);
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy($"{Merge}keep: 3d\ntiers: [{{ every: 1h, keep: 7d }}, {{ every: 1d }}]", All));
        await story.RunWellAsync("2025-01-21");
        await story.InsertAsync(Row("2025-01-03T03:04:05Z", 1000), Row("2025-01-16T03:04:05Z", 2000));
        await story.RunWellAsync("2025-01-21");
        Same([Row("2025-01-03T03:04:05Z", 1000), .. Since(rows, "2025-01-18")], await story.SourceAsync());
        Assert.Equal(1, (await story.StatusAsync("2025-01-21")).FrozenLate.Rows);
        Assert.True((await story.PlanAsync("2025-01-21")).IsEmpty);
        await story.ExpectTierAsync(1, [.. Since(rows, "2025-01-14"), Row("2025-01-16T03:04:05Z", 2000)]);
    }

    [Fact]
    [Rule("late-merge")]
    public async Task Where_the_finer_tier_has_expired_they_are_added_to_the_coarser_one_alone()
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m").ToList();
        var story = await BeginAsync(
            Policy($"{Merge}keep: 3d\ntiers: [{{ every: 1h, keep: 6d }}, {{ every: 1d, keep: 10d }}, {{ every: 1w }}]", All),
            rows
        );
        await story.RunWellAsync("2025-01-21");
        List<SourceRow> late =
        [
            Row("2025-01-19T03:04:05Z", 1),
            Row("2025-01-17T03:04:05Z", 2),
            Row("2025-01-12T03:00:00Z", 1000),
            Row("2025-01-12T03:00:00Z", 999),
            Row("2025-01-03T05:05Z", 4),
        ];
        await story.InsertAsync(late);
        await story.RunWellAsync("2025-01-21");
        await story.RunWellAsync("2025-02-21");
        Assert.Empty(await story.SourceAsync());
        await story.ExpectTierAsync(2, [.. rows, .. late]);
    }

    [Fact]
    public async Task A_value_at_the_same_instant_as_the_first_and_the_last_keeps_the_smallest()
    {
        var rows = Every("2025-01-01", "2025-01-05", "1h").ToList();
        var story = await BeginAsync(Policy($"{Merge}keep: 1d\nrecheck: 1h\ntiers: [{{ every: 2h }}]", "first, last"), rows);
        await story.RunWellAsync("2025-01-05");
        List<SourceRow> late =
        [
            Row("2025-01-02T02:00Z", -5000),
            Row("2025-01-02T03:00Z", -6000),
            Row("2025-01-02T04:00Z", 5000),
            Row("2025-01-02T05:00Z", 6000),
        ];
        await story.InsertAsync(late);
        await story.RunWellAsync("2025-01-05");
        await story.ExpectTiersAsync([.. rows, .. late]);
    }

    [Fact]
    [Rule("late-past-every-keep")]
    public async Task A_row_that_no_tier_has_a_bucket_for_is_past_every_keep()
    {
        var rows = Every("2025-01-01", "2025-01-21", "1h").ToList();
        var story = await BeginAsync(Policy($"{Merge}keep: 3d\ntiers: [{{ every: 1h, keep: 6d }}]"), rows);
        await story.RunWellAsync("2025-01-21");
        await story.InsertAsync(Row("2025-01-03T05:05Z", 4));
        var count = await story.CountAsync("cpu_1h");
        await story.RunWellAsync("2025-01-21");
        Assert.Equal(3 * 24, (await story.SourceAsync()).Count);
        Assert.Equal(count, await story.CountAsync("cpu_1h"));
        var entry = (await story.WithAsync(l => l.AuditAsync())).First(e => e.Action == "rows.merged");
        Assert.Equal((1, 1), ((int)entry.Detail["rows"]!, (int)entry.Detail["unplaced"]!));
    }

    [Fact]
    public async Task A_hold_keeps_late_rows_where_they_are()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h").ToList();
        var story = await BeginAsync(Policy($"{Merge}keep: 3d\ntiers: [{{ every: 1h }}]"), rows);
        await story.RunWellAsync("2025-01-11");
        List<SourceRow> late = [Row("2025-01-02T03:04:05Z", 1), Row("2025-01-04T03:04:05Z", 2)];
        await story.InsertAsync(late);
        await story.WithAsync(l => l.HoldAsync(story.Policy.Name, null, new(At("2025-01-02"), At("2025-01-03")), "because", null));
        await story.RunWellAsync("2025-01-11");
        await story.ExpectTiersAsync([.. rows, late[1]]);
        Assert.Single(Before(await story.SourceAsync(), "2025-01-08"));
        await story.WithAsync(l => l.ReleaseAsync(story.Policy.Name, null));
        await story.RunWellAsync("2025-01-11");
        await story.ExpectTiersAsync([.. rows, .. late]);
    }

    [Fact]
    [Rule("merge-unknown")]
    public async Task What_a_tier_does_not_know_stays_unknown_after_a_merge()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h").ToList();
        var story = await BeginAsync(Policy($"{Merge}keep: 3d\ntiers: [{{ every: 6h }}]", "avg"), rows);
        await story.RunWellAsync("2025-01-11");
        await story.ApplyAsync(Policy($"{Merge}keep: 3d\ntiers: [{{ every: 6h }}]", "avg, max"));
        await story.RunWellAsync("2025-01-11");
        await story.InsertAsync(Row("2025-01-02T03:04:05Z", 1000));
        await story.RunWellAsync("2025-01-11");
        var answer = (
            await Db.QueryAsync(
                $"SELECT v_avg > 10, v_max FROM {Db.Name(story.Table.Name.WithName("cpu_6h"))} WHERE ts = {Db.TimeLiteral(At("2025-01-02"), TimeKind.Timestamp)}"
            )
        )[0];
        Assert.Equal([true, null], answer);
    }

    [Fact]
    public async Task A_late_row_that_is_older_than_its_tiers_goes_with_what_is_past_their_keep()
    {
        var rows = Every("2025-01-05", "2025-01-11", "1h");
        var story = await BeginAsync(Policy($"{Merge}keep: 3d\ntiers: [{{ every: 1h }}, {{ every: 1d }}]"), rows);
        await story.RunWellAsync("2025-01-11");
        await story.ApplyAsync(Policy($"{Merge}keep: 3d\ntiers: [{{ every: 1h, keep: 4d }}, {{ every: 1d, keep: 5d }}]"));
        await story.InsertAsync(Row("2025-01-02T03:04:05Z", 1000));
        await story.RunWellAsync("2025-01-11");
        await story.ExpectTierAsync(0, Since(rows, "2025-01-07"));
        await story.ExpectTierAsync(1, Since(rows, "2025-01-06"));
    }

    [Fact]
    [Rule("merge-twice")]
    public async Task A_row_that_comes_twice_is_counted_twice()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await BeginAsync(Policy($"{Merge}keep: 3d\ntiers: [{{ every: 1h }}, {{ every: 1d }}]"), rows);
        await story.RunWellAsync("2025-01-11");
        var again = Before(rows, "2025-01-02").ToList();
        await story.InsertAsync(again);
        await story.RunWellAsync("2025-01-11");
        Same(Since(rows, "2025-01-08"), await story.SourceAsync());
        await story.ExpectTiersAsync([.. rows, .. again]);
    }

    /// <summary>Rows that come at any age, in any order, over many runs: at the end every tier has each of them once.</summary>
    [Fact]
    [Rule("merge-exact")]
    public Task Every_row_that_ever_came_is_counted_once() =>
        Gen.Select(Gen.Int[0, 999_999], Gen.Int[0, 3], Gen.Int[0, 2])
            .SampleAsync(
                async life =>
                {
                    var (seed, shape, late) = life;
                    var random = new Random(seed);
                    await using var db = Create();
                    string[] tiers =
                    [
                        "[{ every: 1h }]",
                        "[{ every: 15m, keep: 60h }, { every: 1h, keep: 90h }, { every: 1d }]",
                        "[{ every: 1h, keep: 60h }, { every: 1d, zone: Europe/Berlin }]",
                        "[{ every: 30m }, { every: 6h }]",
                    ];
                    var story = await Story.BeginAsync(
                        db,
                        Cpu(),
                        Policy($"{Merge}late: {late}h\nrecheck: 2h\nkeep: 36h\ntiers: {tiers[shape]}", All)
                    );
                    List<SourceRow> rows = [];
                    var clock = At("2025-03-28T00:00Z");
                    for (var turn = 0; turn < 8; turn++)
                    {
                        clock += Duration.FromHours(random.Next(1, 40));
                        List<SourceRow> came =
                        [
                            .. Enumerable
                                .Range(0, random.Next(0, 12))
                                .Select(_ =>
                                    Row(
                                        InstantText.Format(clock - Duration.FromSeconds(random.Next(1, 400_000))),
                                        random.Next(-1000, 1000) / 1024.0,
                                        random.Next(2) == 0 ? "a" : "b"
                                    )
                                ),
                        ];
                        await story.InsertAsync(came);
                        rows.AddRange(came);
                        await story.RunWellAsync(InstantText.Format(clock));
                    }

                    await story.RunWellAsync(InstantText.Format(clock + Duration.FromDays(2)));
                    Assert.Empty(await story.SourceAsync());
                    await story.ExpectTierAsync(story.Policy.Tiers.Count - 1, rows);
                },
                iter: 12,
                threads: 1,
                seed: Environment.GetEnvironmentVariable("VARVE_SEED")
            );

    private static async Task<IEnumerable<long>> MergedAsync(Story story) =>
        (await story.WithAsync(l => l.AuditAsync())).Where(e => e.Action == "rows.merged").Select(e => (long)e.Detail["rows"]!);

    [Fact]
    public async Task What_is_shown_of_a_merge_is_what_runs()
    {
        var rows = Every("2025-01-01", "2025-01-21", "1h").ToList();
        var story = await BeginAsync(
            Policy($"{Merge}keep: 3d\ntiers: [{{ every: 1h, keep: 6d }}, {{ every: 1d, keep: 10d }}, {{ every: 1w }}]"),
            rows
        );
        await story.RunWellAsync("2025-01-21");
        await story.InsertAsync(Row("2025-01-17T03:04:05Z", 2), Row("2025-01-12T03:00:00Z", 1000));
        var plan = await story.PlanAsync("2025-01-21");
        var shown = (await story.WithAsync(l => l.StatementsAsync(plan))).Single(s => s.Step is PlanStep.Merge).Statements;
        Assert.Contains(shown, s => s.Contains("cpu_1h_states", StringComparison.Ordinal));
        Assert.Contains(shown, s => s.Contains("cpu_1d_states", StringComparison.Ordinal));
        var outcome = await story.RunWellAsync("2025-01-21");
        var step = (await story.WithAsync(l => l.StepsAsync(outcome.Summary.RunId))).Single(s => s.Kind == "merge");
        Assert.Equal(string.Join(";\n", shown), step.Statement);
        await story.ExpectTierAsync(2, [.. rows, Row("2025-01-17T03:04:05Z", 2), Row("2025-01-12T03:00:00Z", 1000)]);
    }
}
