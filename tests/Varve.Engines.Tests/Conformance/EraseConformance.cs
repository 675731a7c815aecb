using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Maintenance;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 5: erasure on request.</summary>
public abstract class EraseConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private const string Three = "keep: 5d\ntiers: [{ every: 1h }, { every: 1d, zone: Europe/Berlin }, { every: 1w }]";

    [Fact]
    [Rule("erase-series")]
    public async Task A_series_goes_from_every_tier_also_where_the_source_has_expired()
    {
        var (kept, gone) = (Every("2025-01-01", "2025-01-21", "10m"), Every("2025-01-01", "2025-01-21", "30m", "secret"));
        var story = await BeginAsync(Policy(Three), [.. kept, .. gone]);
        await story.RunWellAsync("2025-01-21");
        var report = await EraseAsync(story, new() { Policy = "m.cpu", Where = [new("host", "secret")] });
        Assert.Equal(5 * 48, report.Rows);
        Assert.All(report.Tiers, t => Assert.True(t.Removed > 0 && t.Rebuilt.IsEmpty && t.Kept.IsEmpty));
        await story.ExpectTiersAsync(kept);
        Assert.True((await story.PlanAsync("2025-01-21")).IsEmpty);
        await story.RunWellAsync("2025-03-01");
        await story.ExpectTiersAsync(kept);
    }

    [Fact]
    [Rule("erase-rebuilds")]
    public async Task A_range_of_a_series_is_built_again_at_its_edges_where_the_source_is_there()
    {
        var (kept, gone) = (Every("2025-01-01", "2025-01-21", "10m"), Every("2025-01-01", "2025-01-21", "30m", "secret"));
        var story = await BeginAsync(Policy(Three), [.. kept, .. gone]);
        await story.RunWellAsync("2025-01-21");
        var report = await EraseAsync(
            story,
            new()
            {
                Policy = "m.cpu",
                Where = [new("host", "secret")],
                Range = new(At("2025-01-17T10:30Z"), At("2025-01-19T10:30Z")),
            }
        );
        Assert.Equal(96, report.Rows);
        Assert.All(report.Tiers.Take(2), t => Assert.True(t.Kept.IsEmpty && !t.Rebuilt.IsEmpty));
        List<SourceRow> left = [.. kept, .. gone.Where(r => r.At < At("2025-01-17T10:30Z") || r.At >= At("2025-01-19T10:30Z"))];
        await story.ExpectTierAsync(0, left);
        await story.ExpectTierAsync(1, left);
        await story.ExpectTierAsync(2, left);
        Assert.True((await story.PlanAsync("2025-01-21")).IsEmpty);
    }

    [Fact]
    public async Task At_the_edge_of_a_range_a_coarser_tier_keeps_no_more_of_a_series_than_the_finer_one()
    {
        List<SourceRow> rows = [.. Every("2025-01-01", "2025-01-11", "10m"), .. Every("2025-01-01", "2025-01-11", "10m", "secret")];
        var story = await BeginAsync(Policy("keep: 3d\ntiers: [{ every: 1h, keep: 30d }, { every: 1d }]"), rows);
        await story.RunWellAsync("2025-01-11");
        var report = await EraseAsync(
            story,
            new()
            {
                Policy = "m.cpu",
                Where = [new("host", "secret")],
                Range = new(At("2025-01-02T05:30Z"), At("2025-01-04T07:20Z")),
            }
        );
        Assert.Equal(
            RangeSet.Of([new(At("2025-01-02T05:00Z"), At("2025-01-02T06:00Z")), new(At("2025-01-04T07:00Z"), At("2025-01-04T08:00Z"))]),
            report.Tiers[0].Kept
        );
        Assert.Equal(RangeSet.Of([new(At("2025-01-02"), At("2025-01-03")), new(At("2025-01-04"), At("2025-01-05"))]), report.Tiers[1].Kept);
        await story.ExpectTiersAsync(
            rows.Where(r => (string?)r.Values[0] != "secret" || r.At < At("2025-01-02T06:00Z") || r.At >= At("2025-01-04T07:00Z"))
        );
    }

    [Fact]
    [Rule("erase-rebuilds")]
    public async Task Rows_named_by_a_value_are_taken_out_where_the_source_is_there_and_listed_where_not()
    {
        List<SourceRow> rows =
        [
            .. Every("2025-01-01", "2025-01-21", "10m"),
            Row("2025-01-18T03:00:01Z", 4711),
            Row("2025-01-05T03:00:01Z", 4711),
        ];
        var story = await BeginAsync(Policy("keep: 5d\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-21");
        var report = await EraseAsync(story, new() { Policy = "m.cpu", Where = [new("v", "4711.0")] });
        Assert.Equal(1, report.Rows);
        Assert.Equal("[2025-01-18T03:00:00Z, 2025-01-18T04:00:00Z)", report.Tiers[0].Rebuilt.ToString());
        Assert.Equal("[2025-01-01T00:00:00Z, 2025-01-16T00:00:00Z)", report.Tiers[0].Kept.ToString());
        await story.ExpectTiersAsync(rows.Where(r => r.At != At("2025-01-18T03:00:01Z")));
    }

    [Fact]
    [Rule("erase-audit")]
    public async Task Looking_changes_nothing_and_the_audit_log_has_no_values()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await BeginAsync(Policy(Three), [.. rows, .. Every("2025-01-01", "2025-01-11", "1h", "secret")]);
        await story.RunWellAsync("2025-01-11");
        var request = new EraseRequest { Policy = "m.cpu", Where = [new("host", "secret")] };
        var looked = await EraseAsync(story, request with { OnlyLook = true });
        await story.ExpectTiersAsync([.. rows, .. Every("2025-01-01", "2025-01-11", "1h", "secret")]);
        Assert.DoesNotContain(await story.WithAsync(l => l.AuditAsync()), e => e.Action == "rows.erased");
        var report = await EraseAsync(story, request);
        Assert.Equal((looked.Rows, looked.Tiers.Sum(t => t.Removed)), (report.Rows, report.Tiers.Sum(t => t.Removed)));
        var entry = Assert.Single(await story.WithAsync(l => l.AuditAsync()), e => e.Action == "rows.erased");
        Assert.DoesNotContain("secret", entry.Detail.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(0, (await EraseAsync(story, request)).Rows);
        Assert.Empty((await story.WithAsync(l => l.VerifyAuditAsync())).Findings);
    }

    [Fact]
    public async Task Rows_are_erased_between_a_changed_policy_and_its_first_run()
    {
        const string tiers = "keep: 30d\ntiers: [{ every: 1h }, { every: 1d }]";
        var kept = Every("2025-01-01", "2025-01-04", "10m");
        var story = await BeginAsync(Policy(tiers, "count, sum"), [.. kept, Row("2025-01-02T03:00:01Z", 4711)]);
        await story.RunWellAsync("2025-01-04");
        await story.ApplyAsync(Policy(tiers, "count, sum, max"));
        var report = await EraseAsync(story, new() { Policy = "m.cpu", Where = [new("v", "4711.0")] });
        Assert.All(report.Tiers, t => Assert.True(t.Kept.IsEmpty && !t.Rebuilt.IsEmpty));
        await story.RunWellAsync("2025-01-04");
        await story.ExpectTiersAsync(kept);
    }

    [Fact]
    public async Task What_cannot_be_erased_is_refused_before_anything_changed()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await BeginAsync(Policy(Three), rows);
        await story.RunWellAsync("2025-01-11");
        Assert.Equal(
            "VRV360",
            (await Assert.ThrowsAsync<PolicyException>(() => EraseAsync(story, new() { Policy = "m.cpu", Where = [] }))).Code
        );
        var unknown = await Assert.ThrowsAsync<PolicyException>(() =>
            EraseAsync(story, new() { Policy = "m.cpu", Where = [new("hots", "a")] })
        );
        Assert.Contains("ts, host, v", unknown.Message, StringComparison.Ordinal);
        await story.WithAsync(l => l.HoldAsync("m.cpu", null, new(At("2025-01-02"), At("2025-01-03")), "because", null));
        var held = await Assert.ThrowsAsync<HaltException>(() => EraseAsync(story, new() { Policy = "m.cpu", Where = [new("host", "a")] }));
        Assert.Contains("because", held.Message, StringComparison.Ordinal);
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    public async Task Quotes_and_NULL_are_values_like_any_other()
    {
        const string Odd = "we'ird\"; drop table m.cpu --";
        List<SourceRow> rows = [Row("2025-01-01T00:10Z", 1), Row("2025-01-01T00:20Z", 2, Odd), Row("2025-01-01T00:30Z", 3, null)];
        var story = await BeginAsync(Policy("tiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-02");
        Assert.Equal(1, (await EraseAsync(story, new() { Policy = "m.cpu", Where = [new("host", Odd)] })).Rows);
        Assert.Equal(1, (await EraseAsync(story, new() { Policy = "m.cpu", Where = [new("host", null)] })).Rows);
        await story.ExpectTiersAsync(rows[0]);
    }

    [Theory]
    [Rule("erase-typed")]
    [InlineData(ValueKind.Small, "03")]
    [InlineData(ValueKind.Integer, " 3 ")]
    [InlineData(ValueKind.Integer, "3.0")]
    [InlineData(ValueKind.Huge, "+3")]
    [InlineData(ValueKind.Double, "3")]
    [InlineData(ValueKind.Float, "3e0")]
    [InlineData(ValueKind.Money, "3")]
    [InlineData(ValueKind.Money, "3.00000")]
    [InlineData(ValueKind.Bool, "TRUE")]
    [InlineData(ValueKind.Moment, "2025-01-01T00:00:03Z")]
    [InlineData(ValueKind.Moment, "2025-01-01 00:00:03.000")]
    public async Task A_value_means_what_it_says_in_the_type_of_its_column(ValueKind kind, string written)
    {
        var story = await KeyedAsync(kind);
        var report = await EraseAsync(story, new() { Policy = "m.keyed", Where = [new("k", written)] });
        Assert.Equal((1, 1, false), (report.Rows, Assert.Single(report.Tiers).Removed, report.IsEmpty));
        Assert.Equal((1, 1), (await story.CountAsync("keyed"), await story.CountAsync("keyed_1h_states")));
        Assert.True((await EraseAsync(story, new() { Policy = "m.keyed", Where = [new("k", written)] })).IsEmpty);
    }

    [Theory]
    [Rule("erase-typed")]
    [InlineData(ValueKind.Small, "3.4")]
    [InlineData(ValueKind.Integer, "34e-1")]
    [InlineData(ValueKind.Integer, "three")]
    [InlineData(ValueKind.Double, "3,0")]
    [InlineData(ValueKind.Money, "3.0004")]
    [InlineData(ValueKind.Money, "3.00_04")]
    [InlineData(ValueKind.Bool, "3")]
    [InlineData(ValueKind.Moment, "3")]
    [InlineData(ValueKind.Moment, "2025-01-01T00:00:03.0000004Z")]
    [InlineData(ValueKind.Moment, "2025-01-01T00:00:03+01:00")]
    public async Task A_value_that_its_column_cannot_have_is_refused_before_anything_changed(ValueKind kind, string written)
    {
        var story = await KeyedAsync(kind);
        foreach (
            var asked in new Func<Task>[]
            {
                () => EraseAsync(story, new() { Policy = "m.keyed", Where = [new("k", written)] }),
                () =>
                    story.WithAsync(l =>
                        l.QueryAsync(
                            new()
                            {
                                Policy = "m.keyed",
                                From = At("2025-01-01"),
                                To = At("2025-01-02"),
                                Every = "1h",
                                Where = [new("k", written)],
                            }
                        )
                    ),
            }
        )
        {
            var refused = await Assert.ThrowsAsync<PolicyException>(asked);
            Assert.Equal("VRV360", refused.Code);
            Assert.Contains(
                $"k of m.keyed is {Db.TypeOf(kind).Replace(", ", ",", StringComparison.Ordinal)},",
                refused.Message,
                StringComparison.Ordinal
            );
        }

        Assert.Equal((2, 2), (await story.CountAsync("keyed"), await story.CountAsync("keyed_1h_states")));
        Assert.DoesNotContain(await story.WithAsync(l => l.AuditAsync()), e => e.Action == "rows.erased");
    }

    /// <summary>Two series in one hour: of the value 3, or what stands for it, and of none.</summary>
    private async Task<Story> KeyedAsync(ValueKind kind)
    {
        object three = kind switch
        {
            ValueKind.Double => 3.0,
            ValueKind.Float => 3f,
            ValueKind.Money => 3m,
            ValueKind.Bool => true,
            ValueKind.Moment => At("2025-01-01T00:00:03Z"),
            _ => 3,
        };
        var table = new SourceTable(new("m", "keyed"), "ts", TimeKind.Timestamp, [new("k", kind), new("v", ValueKind.Double)]);
        var story = await Story.BeginAsync(
            Db,
            table,
            "table: m.keyed\ntime: ts\nseries: [k]\nmeasures: { v: [count] }\ntiers: [{ every: 1h }]",
            SourceRow.Of("2025-01-01T00:10Z", three, 1.0),
            SourceRow.Of("2025-01-01T00:20Z", null, 1.0)
        );
        await story.RunWellAsync("2025-01-02");
        return story;
    }

    private static Task<EraseReport> EraseAsync(Story story, EraseRequest request) => story.WithAsync(l => l.EraseAsync(request));
}
