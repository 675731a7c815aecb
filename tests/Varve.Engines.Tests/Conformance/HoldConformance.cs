using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 4: what is held stays, and so does what needs it.</summary>
public abstract class HoldConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    [Fact]
    [Rule("proof-hold")]
    public async Task A_held_range_is_skipped_and_expires_when_the_hold_ends()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await BeginAsync(Policy("keep: 2d\ntiers: [{ every: 1h, keep: 4d }, { every: 1d }]"), rows);
        var held = new TimeRange(At("2025-01-03"), At("2025-01-04"));
        await story.WithAsync(l => l.HoldAsync(story.Policy.Name, null, held, "a lawyer asked", null));
        await story.RunWellAsync("2025-01-11");
        Same(rows.Where(r => held.Contains(r.At!.Value) || r.At >= At("2025-01-09")), await story.SourceAsync());
        var hours = await Truth.TierRows.ReadAsync(story, "cpu_1h_states");
        Assert.Equal(24, hours.Count(r => held.Contains(r.At)));
        await story.ExpectTierAsync(1, rows);
        Assert.Single((await story.StatusAsync("2025-01-11")).Holds);

        Assert.Equal(1, await story.WithAsync(l => l.ReleaseAsync(story.Policy.Name, null)));
        await story.RunWellAsync("2025-01-11");
        Same(Since(rows, "2025-01-09"), await story.SourceAsync());
        Assert.DoesNotContain(await Truth.TierRows.ReadAsync(story, "cpu_1h_states"), r => r.At < At("2025-01-07"));
        await story.ExpectTierAsync(1, rows);
    }

    [Fact]
    [Rule("proof-hold")]
    public async Task A_hold_on_a_part_of_a_bucket_holds_the_bucket()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await BeginAsync(Policy("keep: 2d\ntiers: [{ every: 1h, keep: 4d }, { every: 1d, keep: 5d }]"), rows);
        await story.WithAsync(l =>
            l.HoldAsync(story.Policy.Name, null, new(At("2025-01-02T10:20Z"), At("2025-01-02T12:40Z")), "a part", null)
        );
        await story.RunWellAsync("2025-01-11");
        await story.RunWellAsync("2025-02-11");
        Assert.Equal(2, await story.CountSourceAsync("2025-01-02T10:20Z", "2025-01-02T12:40Z"));
        var hours = (await Truth.TierRows.ReadAsync(story, "cpu_1h_states")).Select(r => r.At).Order().ToList();
        Assert.All(new[] { "2025-01-02T10:00Z", "2025-01-02T11:00Z", "2025-01-02T12:00Z" }, held => Assert.Contains(At(held), hours));
        Assert.Contains(At("2025-01-02"), (await Truth.TierRows.ReadAsync(story, "cpu_1d_states")).Select(r => r.At));
    }

    [Fact]
    [Rule("hold-ends")]
    public async Task A_hold_ends_by_itself_at_its_until()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await BeginAsync(Policy("keep: 2d\ntiers: [{ every: 1h }]"), rows);
        await story.WithAsync(l => l.HoldAsync(story.Policy.Name, null, TimeRange.All, "until spring", At("2025-01-09")));
        await story.RunWellAsync("2025-01-08");
        Same(rows, await story.SourceAsync());
        await story.RunWellAsync("2025-01-10");
        Same(Since(rows, "2025-01-08"), await story.SourceAsync());
    }

    [Fact]
    [Rule("hold-ends")]
    public async Task A_hold_on_one_tier_holds_only_that()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await BeginAsync(Policy("keep: 2d\ntiers: [{ every: 1h, keep: 4d }, { every: 1d }]"), rows);
        await story.WithAsync(l => l.HoldAsync(story.Policy.Name, "1h", TimeRange.All, "an audit", null));
        await story.RunWellAsync("2025-01-11");
        Same(Since(rows, "2025-01-09"), await story.SourceAsync());
        Assert.Equal(240, await story.CountAsync("cpu_1h"));
    }

    [Fact]
    [Rule("proof-input-gone")]
    public async Task A_hold_stops_a_tier_whose_rows_are_held_in_the_source()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await BeginAsync(Policy("keep: 2d\ntiers: [{ every: 1h, keep: 4d }, { every: 1d }]"), rows);
        await story.WithAsync(l =>
            l.HoldAsync(story.Policy.Name, RelationId.Source.Text, new(At("2025-01-02"), At("2025-01-03")), "a dispute", null)
        );
        await story.RunWellAsync("2025-01-11");
        Assert.Equal(24, await story.CountSourceAsync("2025-01-02", "2025-01-03"));
        var hours = await Truth.TierRows.ReadAsync(story, "cpu_1h_states");
        Assert.Equal(24, hours.Count(r => r.At >= At("2025-01-02") && r.At < At("2025-01-03")));
        Assert.DoesNotContain(hours, r => r.At < At("2025-01-02"));
    }

    [Fact]
    public async Task A_tier_that_expires_past_a_held_range_still_proves_what_came_to_it()
    {
        List<SourceRow> rows =
        [
            .. Every("2025-01-01", "2025-01-01T06:00Z", "15m"),
            .. Every("2025-01-01T12:00Z", "2025-01-01T18:00Z", "15m"),
        ];
        var story = await BeginAsync(Policy("keep: 7h\nrecheck: 1h\ntiers: [{ every: 15m, keep: 8h }, { every: 1h }]"), rows);
        await story.WithAsync(l => l.HoldAsync("m.cpu", null, new(At("2025-01-01T08:00Z"), At("2025-01-01T10:00Z")), "because", null));
        await story.RunWellAsync("2025-01-01T13:00Z");
        rows.Add(Row("2025-01-01T08:20Z", 4711));
        await story.InsertAsync(rows[^1]);
        await story.RunWellAsync("2025-01-02T06:00Z");
        Assert.Equal(1, await story.CountSourceAsync("2025-01-01", "2025-01-02"));
        await story.WithAsync(l => l.ReleaseAsync("m.cpu", null));
        await story.RunWellAsync("2025-01-02T06:00Z");
        Assert.Equal(0, await story.CountSourceAsync("2025-01-01", "2025-01-02"));
        await story.ExpectTierAsync(1, rows);
    }

    [Fact]
    public async Task A_held_range_without_rows_is_not_frozen_with_what_expires_around_it()
    {
        List<SourceRow> rows = [.. Every("2025-01-01", "2025-01-03", "1h"), .. Every("2025-01-04", "2025-01-06", "1h")];
        var story = await BeginAsync(Policy("keep: 5d\ntiers: [{ every: 1h }, { every: 1d }]"), rows);
        await story.WithAsync(l => l.HoldAsync("m.cpu", null, new(At("2025-01-03"), At("2025-01-04")), "because", null));
        await story.RunWellAsync("2025-01-20");
        rows.AddRange(Every("2025-01-03", "2025-01-04", "1h"));
        await story.InsertAsync(rows.Skip(96));
        await story.WithAsync(l => l.ReleaseAsync("m.cpu", null));
        await story.RunWellAsync("2025-01-20");
        Assert.Empty(await story.SourceAsync());
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("expiry-loses-nothing")]
    public async Task What_expired_without_a_row_beside_a_held_range_is_not_lost_when_rows_come_to_that()
    {
        List<SourceRow> rows = [.. Every("2025-02-17", "2025-03-05", "6h")];
        var story = await BeginAsync(Policy("keep: 5d\nrecheck: 1d\ntiers: [{ every: 1d }, { every: 1mo }]"), rows);
        await story.WithAsync(l => l.HoldAsync("m.cpu", null, new(At("2025-02-10"), At("2025-02-14")), "because", null));
        await story.RunWellAsync("2025-02-25");
        rows.Add(Row("2025-02-11T05:00Z", 4711));
        await story.InsertAsync(rows[^1]);
        await story.RunWellAsync("2025-02-25");
        await story.RunWellAsync("2025-03-05");
        await story.ExpectTiersAsync(rows);
    }
}
