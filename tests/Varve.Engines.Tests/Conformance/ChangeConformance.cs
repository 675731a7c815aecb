using Varve.Applying;
using Varve.Engines.Tests.Scratch;
using Varve.Engines.Tests.Truth;
using Varve.Policies;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 5: changing a policy.</summary>
public abstract class ChangeConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    [Fact]
    [Rule("new-tier")]
    public async Task A_new_coarser_tier_is_backfilled_from_the_finer_one()
    {
        var rows = Every("2025-01-01", "2025-01-21", "1h");
        var story = await BeginAsync(Policy("keep: 3d\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy("keep: 3d\ntiers: [{ every: 1h }, { every: 1d }]"));
        await story.RunWellAsync("2025-01-21");
        await story.ExpectTiersAsync(rows);
        await story.RunWellAsync("2025-02-21");
        Assert.Empty(await story.SourceAsync());
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    [Rule("lost")]
    [Rule("new-tier-lost")]
    public async Task A_new_finer_tier_has_what_the_source_still_has_and_the_rest_is_lost()
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m");
        var story = await BeginAsync(Policy("keep: 5d\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy("keep: 5d\ntiers: [{ every: 30m }, { every: 1h }]"));
        await story.RunWellAsync("2025-01-21");
        await story.ExpectTierAsync(0, Since(rows, "2025-01-16"));
        await story.ExpectTierAsync(1, rows);
        Assert.NotEqual(0, (await story.StatusAsync("2025-01-21")).Relations.Single(r => r.Relation.Text == "30m").Lost);
        await story.RunWellAsync("2025-03-01");
        Assert.Empty(await story.SourceAsync());
        await story.ExpectTierAsync(0, Since(rows, "2025-01-16"));
        await story.ExpectTierAsync(1, rows);
    }

    [Fact]
    [Rule("coarser-stays")]
    public async Task A_new_finer_tier_shrinks_nothing_that_was_built_before_others_removed_rows()
    {
        var rows = Every("2025-01-01", "2025-01-21", "1h");
        var story = await BeginAsync(Policy("tiers: [{ every: 1d }]"), rows);
        await story.RunWellAsync("2025-01-21");
        await story.DeleteAsync("2025-01-05", "2025-01-06");
        await story.ApplyAsync(Policy("tiers: [{ every: 1h }, { every: 1d }]"));
        await story.RunWellAsync("2025-01-21");
        await story.ExpectTierAsync(0, rows.Where(r => r.At < At("2025-01-05") || r.At >= At("2025-01-06")));
        await story.ExpectTierAsync(1, rows);
        Assert.True((await story.PlanAsync("2025-01-21")).IsEmpty);
    }

    [Fact]
    [Rule("new-tier-lost")]
    public async Task A_bucket_that_is_only_half_there_is_lost()
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m");
        var story = await BeginAsync(Policy("keep: 5d\ntiers: [{ every: 7h }]"), rows);
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy("keep: 5d\ntiers: [{ every: 7h }, { every: 1d }]"));
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy("keep: 5d\ntiers: [{ every: 7h }, { every: 11h }, { every: 1d }]"));
        await story.RunWellAsync("2025-01-21");
        await story.ExpectTierAsync(2, Since(rows, "2025-01-16"));
        var whole = new TrueTiers(story.Policy, new(At("2024-01-01"), At("2026-01-01"))).Grid(1);
        await story.ExpectTierAsync(1, rows.Where(r => whole.BucketOf(r.At!.Value).From >= At("2025-01-16")));
        await story.RunWellAsync("2025-03-01");
        Assert.Empty(await story.SourceAsync());
    }

    [Fact]
    [Rule("new-tier")]
    public async Task A_new_function_is_backfilled_where_the_source_is_whole()
    {
        var rows = Every("2025-01-01", "2025-01-11", "10m");
        var story = await BeginAsync(Policy("tiers: [{ every: 1h }, { every: 1d }]", "avg"), rows);
        await story.RunWellAsync("2025-01-11");
        await story.ApplyAsync(Policy("tiers: [{ every: 1h }, { every: 1d }]", "avg, max, stddev"));
        await story.RunWellAsync("2025-01-11");
        await story.ExpectTiersAsync(rows);
        Assert.True((await story.PlanAsync("2025-01-11")).IsEmpty);
        Assert.Empty((await story.PlanAsync("2025-01-11")).Notes);
    }

    [Fact]
    [Rule("new-function-null")]
    public async Task What_a_new_function_cannot_regain_is_NULL_and_never_half_of_it()
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m").ToList();
        var story = await BeginAsync(Policy("keep: 5d\ntiers: [{ every: 1h }, { every: 1d }, { every: 1w }]", "avg"), rows);
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy("keep: 5d\ntiers: [{ every: 1h }, { every: 1d }, { every: 1w }]", "avg, max"));
        Assert.Contains(
            (await story.PlanAsync("2025-01-21")).Notes,
            n => n.Code == "VRV213" && n.Message.Contains("`v_max` of 1w", StringComparison.Ordinal)
        );
        await story.RunWellAsync("2025-01-21");
        foreach (var asOf in new[] { "2025-01-21", "2025-01-28", "2025-03-01" })
        {
            await story.RunWellAsync(asOf);
            Assert.Empty(
                (await story.WithAsync(l => l.VerifyAsync(Varve.Policies.Selection.Of(story.Policy.Name)))).SelectMany(r => r.Mismatches)
            );
            await ExpectMaxAsync(story, "1h", rows, "2025-01-16");
            await ExpectMaxAsync(story, "1d", rows, "2025-01-16");
            await ExpectMaxAsync(story, "1w", rows, "2025-01-20");
        }

        Assert.Empty(await story.SourceAsync());
    }

    [Fact]
    public async Task A_query_over_what_is_not_known_says_so_and_shows_NULL()
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m").ToList();
        var story = await BeginAsync(Policy("keep: 5d\ntiers: [{ every: 1h }]", "avg"), rows);
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy("keep: 5d\ntiers: [{ every: 1h }]", "avg, max"));
        var unpublished = await AskAsync(story, "1d");
        Assert.All(unpublished.Rows.Take(15), r => Assert.Null(r[3]));
        await story.RunWellAsync("2025-01-21");
        var answer = await AskAsync(story, "1d");
        Assert.Equal(["ts", "host", "v_avg", "v_max"], answer.Columns.Take(4));
        Assert.All(answer.Rows.Take(15), r => Assert.True(r[2] is not null && r[3] is null));
        Assert.All(answer.Rows.Skip(15), r => Assert.NotNull(r[3]));
        Assert.Contains(answer.Notes, n => n.Contains("v_max", StringComparison.Ordinal));
        Assert.Equal(20, answer.Rows.Count);
    }

    [Fact]
    [Rule("function-goes")]
    public async Task A_function_that_goes_and_comes_back_has_what_it_had_and_what_the_source_still_gives()
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m").ToList();
        var story = await BeginAsync(Policy("keep: 5d\ntiers: [{ every: 1h }, { every: 1d }]", "avg, max"), Before(rows, "2025-01-11"));
        await story.RunWellAsync("2025-01-11");
        await story.ApplyAsync(Policy("keep: 5d\ntiers: [{ every: 1h }, { every: 1d }]", "avg"));
        await story.InsertAsync(Since(rows, "2025-01-11"));
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy("keep: 5d\ntiers: [{ every: 1h }, { every: 1d }]", "avg, max"));
        await story.RunWellAsync("2025-01-21");
        foreach (var tier in new[] { "1h", "1d" })
        {
            var stored = await Db.QueryAsync(
                $"SELECT v_max IS NULL, count(*) FROM {Db.Name(story.Table.Name.WithName($"cpu_{tier}"))} GROUP BY 1 ORDER BY 1"
            );
            Assert.Equal(
                tier == "1h" ? [15L * 24, 5L * 24] : [15L, 5L],
                stored.Select(r => Convert.ToInt64(r[1], System.Globalization.CultureInfo.InvariantCulture))
            );
        }

        await story.RunWellAsync("2025-03-01");
        Assert.Empty(await story.SourceAsync());
    }

    [Fact]
    [Rule("function-built-again")]
    public async Task A_bucket_that_was_built_again_while_a_function_was_out_does_not_have_it()
    {
        var rows = Every("2025-01-01", "2025-01-11", "1h").ToList();
        var story = await BeginAsync(Policy("keep: 5d\ntiers: [{ every: 1d }]", "avg, max"), rows);
        await story.RunWellAsync("2025-01-11");
        await story.ApplyAsync(Policy("keep: 5d\ntiers: [{ every: 1d }]", "avg"));
        await story.InsertAsync(Row("2025-01-08T03:30Z", 1000));
        await story.RunWellAsync("2025-01-11");
        await story.RunWellAsync("2025-02-01");
        Assert.Empty(await story.SourceAsync());
        await story.ApplyAsync(Policy("keep: 5d\ntiers: [{ every: 1d }]", "avg, max"));
        await story.RunWellAsync("2025-02-01");
        var unknown = await Db.QueryAsync($"SELECT ts FROM {Db.Name(story.Table.Name.WithName("cpu_1d"))} WHERE v_max IS NULL ORDER BY ts");
        Assert.StartsWith("2025-01-08", FormattableString.Invariant($"{Assert.Single(unknown)[0]:yyyy-MM-dd}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_retired_tier_builds_what_it_knows_also_where_the_policy_asks_for_more()
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m").ToList();
        var story = await BeginAsync(Policy("keep: 5d\ntiers: [{ every: 1h }]", "avg"), rows);
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy("keep: 5d\ntiers: [{ every: 6h }]", "avg, max"));
        await story.RunWellAsync("2025-01-21");
        await ExpectMaxAsync(story, "6h", rows, "2025-01-16");
        Assert.Equal(80, await story.CountAsync("cpu_6h"));
        await story.RunWellAsync("2025-03-01");
        await ExpectMaxAsync(story, "6h", rows, "2025-01-16");
    }

    [Fact]
    [Rule("expiry-loses-nothing")]
    [Rule("other-input")]
    public async Task A_tier_between_two_others_can_go_and_nothing_is_lost_at_the_edge()
    {
        var rows = Every("2025-01-01", "2025-01-21", "10m").ToList();
        var story = await BeginAsync(Policy("keep: 50h\nrecheck: 1h\ntiers: [{ every: 1h }, { every: 1d }]"), rows);
        await story.RunWellAsync("2025-01-20T13:00Z");
        Assert.True((await story.SourceAsync()).Min(r => r.At) > At("2025-01-18"));
        await story.ApplyAsync(Policy("keep: 50h\nrecheck: 1h\ntiers: [{ every: 1d }]"));
        await story.RunWellAsync("2025-01-20T13:00Z");
        await story.RunWellAsync("2025-01-21");
        await story.RunWellAsync("2025-02-01");
        Assert.Empty(await story.SourceAsync());
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    public async Task A_longer_keep_brings_nothing_back_and_removes_nothing_more()
    {
        var rows = Every("2025-01-01", "2025-01-21", "1h");
        var story = await BeginAsync(Policy("keep: 5d\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-21");
        await story.ApplyAsync(Policy("keep: 8d\ntiers: [{ every: 1h }]"));
        await story.RunWellAsync("2025-01-21");
        Same(Since(rows, "2025-01-16"), await story.SourceAsync());
        await story.ExpectTiersAsync(rows);
    }

    [Theory]
    [Rule("no-mixing")]
    [InlineData("{ every: 1d, zone: Europe/Berlin, name: day }")]
    [InlineData("{ every: 12h, name: day }")]
    public async Task A_tier_whose_boundaries_change_needs_another_name(string changed)
    {
        var story = await BeginAsync(Policy("tiers: [{ every: 1h }, { every: 1d, name: day }]"), Every("2025-01-01", "2025-01-05", "1h"));
        await story.RunWellAsync("2025-01-05");
        var error = await Assert.ThrowsAsync<PolicyException>(() => story.ApplyAsync(Policy($"tiers: [{{ every: 1h }}, {changed}]")));
        Assert.Contains("day", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_diff_says_what_a_file_changes_and_what_somebody_else_did()
    {
        var story = await BeginAsync(
            Policy("keep: 5d\ntiers: [{ every: 1h }, { every: 1d }]", "avg"),
            Every("2025-01-01", "2025-01-05", "1h")
        );
        await story.RunWellAsync("2025-01-05");
        var selection = Varve.Policies.Selection.Of(story.Policy.Name);
        Assert.True((await story.WithAsync(l => l.DiffAsync(selection)))[0].IsEmpty);
        List<PolicyDocument> changed =
        [
            .. PolicyYaml.Parse(Policy("keep: 4d\ntiers: [{ every: 1h, keep: 30d }]", "avg, max"), "changed.yaml").Select(Db.Said),
        ];
        var diff = (await story.WithAsync(l => l.DiffAsync(changed)))[0];
        Assert.Equal(
            ["keep", "measures.v.functions", "tiers.1d.every", "tiers.1h.keep"],
            diff.Changes.Select(c => c.Path).Order(StringComparer.Ordinal)
        );
        Assert.True(diff.RemovesMore);
        Assert.Empty(diff.Problems);
        await Db.ExecuteAsync($"DROP VIEW {Db.Name(story.Table.Name.WithName("cpu_1h"))}");
        await Db.ExecuteAsync($"DROP TABLE {Db.Name(story.Table.Name.WithName("cpu_1d_states"))}");
        await Db.ExecuteAsync($"ALTER TABLE {Db.Name(story.Table.Name.WithName("cpu_1h_states"))} ADD COLUMN mine INTEGER");
        var drift = (await story.WithAsync(l => l.DiffAsync(selection)))[0].Drift;
        Assert.Equal(["cpu_1h_states", "cpu_1h", "cpu_1d_states"], drift.Select(d => d.Table.Name));
        await Db.ExecuteAsync($"ALTER TABLE {Db.Name(story.Table.Name.WithName("cpu_1h_states"))} ALTER COLUMN v_sum TYPE FLOAT");
        Assert.Contains(
            (await story.WithAsync(l => l.DiffAsync(selection)))[0].Drift,
            d => d.Finding.Contains($"v_sum is {Db.TypeName("FLOAT")}, and would be made {Db.TypeName("DOUBLE")}", StringComparison.Ordinal)
        );
        await Db.ExecuteAsync($"ALTER TABLE {Db.Name(story.Table.Name)} DROP COLUMN v");
        Assert.Equal("source", Assert.Single((await story.WithAsync(l => l.DiffAsync(selection)))[0].Drift).Relation.Text);
    }

    [Fact]
    [Rule("delete-keeps")]
    public async Task Deleting_a_policy_leaves_every_relation()
    {
        var rows = Every("2025-01-01", "2025-01-05", "1h");
        var story = await BeginAsync(Policy("keep: 3d\ntiers: [{ every: 1h }]"), rows);
        await story.RunWellAsync("2025-01-05");
        await story.WithAsync(async l =>
        {
            await l.DeletePolicyAsync(story.Policy.Name);
            return 0;
        });
        await Assert.ThrowsAsync<PolicyException>(() => story.WithAsync(l => l.PoliciesAsync(Policies.Selection.Of(story.Policy.Name))));
        await story.ExpectTiersAsync(rows);
    }

    [Fact]
    public async Task Apply_deletes_no_stored_policy_without_prune()
    {
        var story = await BeginAsync(Policy("keep: 3d\ntiers: [{ every: 1h }]"), Every("2025-01-01", "2025-01-05", "1h"));
        await Db.CreateAsync(new(new("m", "other"), "ts", TimeKind.Timestamp, [new("host", ValueKind.Text), new("v", ValueKind.Double)]));
        var other = Policies.PolicyYaml.Parse(
            Policy("tiers: [{ every: 1h }]").Replace("m.cpu", "m.other", StringComparison.Ordinal),
            "other.yaml"
        );
        await story.WithAsync(l => l.ApplyAsync(other));
        Assert.Equal(2, (await story.WithAsync(l => l.PoliciesAsync(Policies.Selection.All))).Count);
        await story.WithAsync(l => l.ApplyAsync(other, prune: true));
        Assert.Single(await story.WithAsync(l => l.PoliciesAsync(Policies.Selection.All)));
    }

    // v_max is NULL before an instant, exact from there on; v_avg is exact everywhere.
    private async Task ExpectMaxAsync(Story story, string tier, IEnumerable<SourceRow> rows, string since)
    {
        var view = Db.Name(story.Table.Name.WithName($"cpu_{tier}"));
        var answers = await Db.QueryAsync(
            $"SELECT varve_rows, v_avg, v_max FROM {view} WHERE ts < {Db.TimeLiteral(At(since), TimeKind.Timestamp)} ORDER BY ts"
        );
        Assert.NotEmpty(answers);
        Assert.All(answers, r => Assert.True(r[1] is not null && r[2] is null));
        var index = story.Policy.Tiers.ToList().FindIndex(t => t.Every.Name == tier);
        var tiers = story.Tiers(rows);
        var expected = rows.GroupBy(r => tiers.Grid(index).BucketOf(r.At!.Value))
            .Where(g => g.Key.From >= At(since) && g.Key.To <= story.AsOf)
            .OrderBy(g => g.Key.From)
            .Select(g => g.Max(r => Convert.ToDouble(r.Values[1], System.Globalization.CultureInfo.InvariantCulture)));
        var actual = await Db.QueryAsync(
            $"SELECT v_max FROM {view} WHERE ts >= {Db.TimeLiteral(At(since), TimeKind.Timestamp)} ORDER BY ts"
        );
        Assert.Equal(expected, actual.Select(r => Convert.ToDouble(r[0], System.Globalization.CultureInfo.InvariantCulture)));
    }

    private Task<Varve.Reading.QueryAnswer> AskAsync(Story story, string every) =>
        story.WithAsync(l =>
            l.QueryAsync(
                new()
                {
                    Policy = story.Policy.Name,
                    From = At("2025-01-01"),
                    To = At("2025-01-21"),
                    Every = every,
                }
            )
        );

    [Fact]
    public async Task A_row_that_came_for_a_cut_bucket_is_not_passed_over_where_a_finer_tier_is_added()
    {
        var rows = Every("2025-01-06", "2025-02-03", "6h");
        const string Kept = "keep: 10d\nrecheck: 1h\n";
        var story = await BeginAsync(Policy($"{Kept}tiers: [{{ every: 1w }}]"), rows);
        await story.RunWellAsync("2025-01-25");
        var late = Row("2025-01-18T01:00Z", 999);
        await story.InsertAsync(late);
        await story.ApplyAsync(Policy($"{Kept}tiers: [{{ every: 1h, keep: 20d }}, {{ every: 1w }}]"));
        await story.RunWellAsync("2025-01-25");
        var outcome = await story.RunAsync("2025-02-03");
        Assert.Empty(outcome.Errors);
        Assert.Contains(outcome.Waits, w => w.NeedsPerson);
        Assert.Contains(await story.SourceAsync(), r => r.At == late.At);
        await story.ExpectTierAsync(1, rows);
        Assert.Contains((await story.StatusAsync("2025-02-03")).Waits, w => w.NeedsPerson);

        Assert.NotEqual(0, await story.WithAsync(l => l.AcceptAsync(story.Policy.Name, null)));
        await story.RunWellAsync("2025-02-03");
        await story.RunWellAsync("2025-03-20");
        Assert.Empty(await story.SourceAsync());
        Assert.Equal(0, await story.CountAsync("cpu_1h"));
        await story.ExpectTierAsync(1, rows);
    }

    [Fact]
    public async Task What_others_cut_of_the_source_is_no_input_of_a_tier_that_is_added_below()
    {
        var rows = Every("2025-01-06", "2025-01-25", "1h").ToList();
        var story = await BeginAsync(Policy("recheck: 1h\nkeep: 60d\ntiers: [{ every: 1d }]"), rows);
        await story.RunWellAsync("2025-01-25");
        await story.DeleteAsync("2025-01-06T00:00Z", "2025-01-06T12:00Z");
        await story.ApplyAsync(Policy("recheck: 30d\nkeep: 60d\ntiers: [{ every: 1d }]"));
        await story.RunWellAsync("2025-01-25");
        Assert.Equal(1, (await story.StatusAsync("2025-01-25")).Relations.Sum(r => r.Cut));
        await story.ApplyAsync(Policy("recheck: 30d\nkeep: 60d\ntiers: [{ every: 1h }, { every: 1d }]"));
        await story.RunWellAsync("2025-01-25");
        Assert.Equal(18 * 24, await story.CountAsync("cpu_1h"));
        await story.ExpectTierAsync(1, rows);
    }
}
