using Varve.Applying;
using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Engines.Tests.Conformance;

/// <summary>
/// Tables of tiers that somebody else dropped, or columns of them: that ends one policy only, and the way out that is said
/// works.
/// </summary>
public abstract class BrokenTierConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private const string Tiers = "keep: 2d\ntiers: [{ every: 1h }, { every: 1d }]";

    private readonly IReadOnlyList<SourceRow> _rows = Every("2025-01-01", "2025-01-06", "20m");

    [Theory]
    [Rule("tier-table-gone")]
    [InlineData("DROP TABLE m.cpu_1h_states", "VRV333", "m.cpu_1h_states, the table of tier 1h of m.cpu, is gone")]
    [InlineData("DROP TABLE m.cpu_1d_states", "VRV333", "m.cpu_1d_states, the table of tier 1d of m.cpu, is gone")]
    [InlineData(
        "ALTER TABLE m.cpu_1h_states DROP COLUMN v_max; ALTER TABLE m.cpu_1h_states DROP COLUMN v_min",
        "VRV333",
        "m.cpu_1h_states, the table of tier 1h of m.cpu, has no column `v_m"
    )]
    public async Task Other_policies_go_on(string meddling, string code, string said)
    {
        var story = await BuiltAsync();
        var other = await Story.BeginAsync(
            Db,
            new(new("m", "other"), "ts", TimeKind.Timestamp, [new("v", ValueKind.Double)]),
            "table: m.other\ntime: ts\nseries: []\nmeasures: { v: [count] }\ntiers: [{ every: 1h }]",
            SourceRow.Of("2025-01-01T00:10Z", 1.0)
        );
        await Db.ExecuteAsync(meddling);
        await story.WithAsync(async l =>
        {
            var plans = await l.PlanAsync(Selection.All, At("2025-01-07"));
            Expect(plans.Single(p => p.Policy == "m.cpu").Failure);
            Assert.NotEmpty(plans.Single(p => p.Policy == "m.other").Steps);
            Expect((await l.StatusAsync(Selection.All, At("2025-01-07"))).Single(p => p.Policy.Name == "m.cpu").Failure);
            Expect((await l.VerifyAsync(Selection.All)).Single(p => p.Policy == "m.cpu").Failure);
            Expect((await l.ForecastAsync(Selection.All)).Single(p => p.Policy == "m.cpu").Failure);
            Assert.Contains(
                (await l.DiffAsync(Selection.All)).Single(d => d.Policy == "m.cpu").Drift,
                d =>
                    d.Finding.Contains(said, StringComparison.Ordinal)
                    && d.Finding.Contains("policy retire m.cpu --drop", StringComparison.Ordinal)
            );
            return 0;
        });
        var run = await story.WithAsync(
            l => RunOutcome.OfAsync(l, new() { Yes = true, AsOf = At("2025-01-05T12:00Z") }, Selection.All),
            new SettableTime(At("2025-01-06"))
        );
        Assert.Equal(code, Assert.IsType<PolicyException>(Assert.Single(run.Errors)).Code);
        Assert.Equal(1, await other.CountAsync("other_1h_states"));
        Same(Since(_rows, "2025-01-03T12:00Z"), await story.SourceAsync());

        void Expect(Problem? failure)
        {
            Assert.Equal(code, failure!.Code);
            Assert.Contains(said, failure.Message, StringComparison.Ordinal);
            Assert.Contains("varve policy retire m.cpu --drop", failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [Rule("tier-table-gone")]
    [InlineData("DROP TABLE m.cpu_1h_states", 0, "2025-01-03T12:00Z")]
    [InlineData("DROP TABLE m.cpu_1d_states", 1, "2025-01-01")]
    [InlineData("ALTER TABLE m.cpu_1d_states DROP COLUMN v_max; DROP TABLE m.cpu_1d_states", 1, "2025-01-01")]
    public async Task A_tier_that_is_forgotten_by_a_word_is_built_again_as_far_as_its_input_has_rows(string meddling, int tier, string from)
    {
        var story = await BuiltAsync();
        await Db.ExecuteAsync(meddling);
        var forgotten = await story.WithAsync(l => l.DropRetiredAsync("m.cpu"));
        Assert.Contains(tier == 0 ? "m.cpu_1h_states" : "m.cpu_1d_states", forgotten.Select(t => t.Text));
        Assert.Contains(await story.WithAsync(l => l.AuditAsync()), e => e.Action == "tiers.forgotten");
        await story.RunWellAsync("2025-01-05T12:00Z");
        await story.ExpectTierAsync(tier, Since(_rows, from));
        await story.ExpectTierAsync(1 - tier, _rows);
        Assert.True((await story.PlanAsync("2025-01-05T12:00Z")).IsEmpty);
        Assert.Empty(await story.WithAsync(l => l.DiagnoseAsync(), new SettableTime(At("2025-01-06"))));
        Assert.All(await story.WithAsync(l => l.VerifyAsync(Selection.All)), r => Assert.Empty(r.Mismatches));
        Assert.Equal("VRV313", (await Assert.ThrowsAsync<PolicyException>(() => story.WithAsync(l => l.DropRetiredAsync("m.cpu")))).Code);
        await story.RunWellAsync("2025-01-20");
        await story.ExpectTierAsync(1, _rows);
    }

    [Fact]
    public async Task A_retired_tier_that_somebody_dropped_is_forgotten_by_a_word()
    {
        var story = await BuiltAsync();
        await story.ApplyAsync(Policy("keep: 2d\ntiers: [{ every: 1d }]"));
        await story.RunWellAsync("2025-01-05T12:00Z");
        await Db.ExecuteAsync("DROP TABLE m.cpu_1h_states");
        Assert.Equal("VRV333", (await Assert.ThrowsAsync<PolicyException>(() => story.PlanAsync("2025-01-06"))).Code);
        await story.WithAsync(l => l.DropRetiredAsync("m.cpu"));
        await story.RunWellAsync("2025-01-06");
        Assert.DoesNotContain((await story.StatusAsync("2025-01-06")).Relations, r => r.IsRetired);
        Assert.Empty(await story.WithAsync(l => l.DiagnoseAsync(), new SettableTime(At("2025-01-06"))));
        await story.ExpectTierAsync(0, _rows);
    }

    [Fact]
    public async Task A_policy_whose_tier_is_gone_can_be_deleted()
    {
        var story = await BuiltAsync();
        await Db.ExecuteAsync("DROP TABLE m.cpu_1h_states");
        await story.WithAsync(l => l.DeletePolicyAsync("m.cpu"));
        Assert.Empty(await story.WithAsync(l => l.PoliciesAsync(Selection.All)));
    }

    private async Task<Story> BuiltAsync()
    {
        var story = await BeginAsync(Policy(Tiers), _rows);
        await story.RunWellAsync("2025-01-05T12:00Z");
        return story;
    }
}
