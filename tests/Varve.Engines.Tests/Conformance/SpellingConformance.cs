using Varve.Catalog;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 6: what a policy says in other words is no change.</summary>
public abstract class SpellingConformance(Func<ScratchDatabase> create) : ConformanceSuite(create)
{
    private const string Built = """
        policy: p
        table: main.cpu
        time: ts
        series: [host, reg]
        measures: { v: [count, sum, min] }
        keep: 3d
        late: 2h
        zone: UTC
        tags: [one, two]
        tiers:
          - { every: 1h, keep: 30d }
          - { every: 1d, keep: 1y }
        """;

    [Theory]
    [Rule("other-words")]
    [InlineData("[host, reg]", "[reg, host]")]
    [InlineData("main.cpu", "cpu")]
    [InlineData("main.cpu", "MAIN.CPU")]
    [InlineData("[one, two]", "[two, one]")]
    [InlineData("keep: 3d", "keep: 72h")]
    [InlineData("late: 2h", "late: 120m")]
    [InlineData("every: 1h", "every: 60m")]
    [InlineData("every: 1h,", "every: 3600s, name: 1h, origin: 2020-01-01T05:00:00Z,")]
    [InlineData("every: 1d,", "every: 1d, zone: Etc/UTC,")]
    [InlineData("keep: 1y", "keep: 12mo")]
    [InlineData("zone: UTC", "zone: Etc/UTC")]
    [InlineData("zone: UTC", "zone: Zulu")]
    [InlineData("zone: UTC\n", "")]
    [InlineData(
        "keep: 3d\n",
        "keep: 3d\nschema: main\nviews: true\nmin_coverage: 0\nties: smallest\nproof: full\non_silence: expire\nlate_after_expiry: hold\n"
    )]
    [InlineData("{ v: [count, sum, min] }", "\n  v: { column: v, functions: [count, sum, min], ties: smallest }")]
    public async Task Other_words_store_nothing_and_ask_nothing(string words, string others)
    {
        var story = await BuiltAsync(Built);
        var changed = Built.Replace(words, Db.Cased(others), StringComparison.Ordinal);
        Assert.NotEqual(words, others);
        await ExpectSameAsync(story, changed);
    }

    [Theory]
    [Rule("other-words")]
    [InlineData("Europe/Kyiv", "Europe/Kiev")]
    [InlineData("Asia/Kolkata", "Asia/Calcutta")]
    public async Task Another_name_of_a_zone_is_the_same_zone(string zone, string alias)
    {
        var built = Built
            .Replace("zone: UTC", $"zone: {zone}", StringComparison.Ordinal)
            .Replace("every: 1h", "every: 30m", StringComparison.Ordinal);
        var story = await BuiltAsync(built);
        await ExpectSameAsync(story, built.Replace(zone, alias, StringComparison.Ordinal));
        await ExpectSameAsync(story, built.Replace("every: 1d,", $"every: 1d, zone: {alias},", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_change_among_other_words_is_stored_alone()
    {
        var story = await BuiltAsync(Built);
        var changed = Built
            .Replace("[host, reg]", "[reg, host]", StringComparison.Ordinal)
            .Replace("[count, sum, min]", "[min, sum, count, max]", StringComparison.Ordinal);
        var result = Assert.Single(await ApplyAsync(story, changed));
        Assert.Equal((ApplyOutcome.Changed, 2), (result.Outcome, result.Revision));
        var outcome = await story.RunAsync("2025-06-10T02:00:00Z", new() { Yes = false });
        Assert.Null(outcome.Brake);
        Assert.Empty(outcome.Errors);
        Assert.Empty((await story.RunAsync("2025-06-12", new() { Yes = false })).Errors);
        Assert.Equal(["host", "reg"], (await story.WithAsync(l => l.PolicyAsync("p"))).Policy.Series);
    }

    [Theory]
    [InlineData("[host, reg]", "[host]")]
    [InlineData("every: 1d,", "every: 1d, zone: Europe/Berlin,")]
    public async Task What_means_something_else_is_refused_as_ever(string words, string others)
    {
        var story = await BuiltAsync(Built);
        await Assert.ThrowsAsync<PolicyException>(() => ApplyAsync(story, Built.Replace(words, others, StringComparison.Ordinal)));
    }

    private async Task ExpectSameAsync(Story story, string changed)
    {
        var result = Assert.Single(await ApplyAsync(story, changed));
        Assert.Equal((ApplyOutcome.Unchanged, 1), (result.Outcome, result.Revision));
        var diff = Assert.Single(await story.WithAsync(l => l.DiffAsync([.. PolicyYaml.Parse(Said(changed), "p.yaml").Select(Db.Said)])));
        Assert.True(diff.IsEmpty);
        var outcome = await story.RunAsync("2025-06-12", new() { Yes = false });
        Assert.Null(outcome.Brake);
        Assert.Empty(outcome.Errors);
    }

    private string Said(string policy) => policy.Replace("main", Db.DefaultSchema, StringComparison.Ordinal);

    private Task<IReadOnlyList<ApplyResult>> ApplyAsync(Story story, string yaml) =>
        story.WithAsync(l => l.ApplyAsync([.. PolicyYaml.Parse(Said(yaml), "p.yaml").Select(Db.Said)]));

    private async Task<Story> BuiltAsync(string policy)
    {
        await Db.ExecuteAsync(
            "CREATE TABLE cpu (ts TIMESTAMP, host VARCHAR, reg VARCHAR, v DOUBLE); INSERT INTO cpu SELECT t, 'a', 'eu', 1 FROM range(TIMESTAMP '2025-06-01', TIMESTAMP '2025-06-10', INTERVAL 30 MINUTE) r(t)"
        );
        var story = new Story(
            Db,
            new(
                new(Db.DefaultSchema, "cpu"),
                "ts",
                TimeKind.Timestamp,
                [new("host", ValueKind.Text), new("reg", ValueKind.Text), new("v", ValueKind.Double)]
            )
        );
        await story.ApplyAsync(Said(policy));
        await story.RunWellAsync("2025-06-10");
        return story;
    }
}
