using Varve.Diagnosis;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>Days move to other nodes as they age, are taken back, and doctor tells where they are not as they should be.</summary>
public sealed class RelocationLifeTests : DaysSuite
{
    [Fact]
    public async Task Days_move_to_nodes_with_an_attribute_and_are_watched_until_they_are_there()
    {
        var story = await DaysAsync("source: { expire: partitions, relocate: { after: 8d, to: { storage: warm } } }\n" + Days);
        var outcome = await story.RunAsShownAsync("2025-04-10T12:00Z");
        Assert.Equal(2, outcome.Done.OfType<PlanStep.Relocate>().Count());
        var nodes = await Db.QueryAsync(
            """
            SELECT s.partition_ident, n.attributes['storage'] FROM sys.shards s LEFT JOIN sys.nodes n ON n.id = s.node['id']
            WHERE s.schema_name = 'm' AND s.table_name = 'cpu' AND s.primary ORDER BY 1
            """
        );
        Assert.Equal(["warm"], nodes.Take(4).Select(n => (string?)n[1]).Distinct());
        Assert.Equal(2, (await IdentsAsync("settings['routing']['allocation']['require']['storage'] = 'warm'")).Count);
        Assert.Empty((await story.PlanAsync("2025-04-10T12:00Z")).Steps.OfType<PlanStep.Relocate>());
    }

    [Fact]
    public async Task Shards_that_never_move_are_given_up_with_the_words_of_the_server_and_the_move_is_taken_back()
    {
        const string by = "settings['routing']['allocation']['require']['storage']";
        var story = await DaysAsync("source: { expire: partitions, relocate: { after: 8d, to: { storage: warm } } }\n" + Days);
        var crate = await CrateAsync();
        await Db.ExecuteAsync("ALTER TABLE m.cpu SET (\"routing.allocation.require.storage\" = 'hot')");
        crate.Placement.IsStuck = true;
        await using (var database = await Db.OpenAsync())
        {
            var lifecycle = new Lifecycle(database, new() { TimeProvider = new LeapingTime(At("2025-04-10T12:00Z")) });
            var outcome = await RunOutcome.OfAsync(lifecycle, new() { Yes = true, AsOf = At("2025-04-10T12:00Z") });
            Assert.Equal(2, outcome.Errors.Count);
            Assert.All(outcome.Errors, e => Assert.Equal(EngineCodes.Waits, Assert.IsType<EngineException>(e).Code));
            Assert.Contains("not allowed to remain on its current node", outcome.Errors[0].Message, StringComparison.Ordinal);
            Assert.Contains($"varve relocate undo {story.Policy.Name}", outcome.Errors[0].Message, StringComparison.Ordinal);
            Assert.Equal(2, (await IdentsAsync($"{by} = 'warm'")).Count);

            // What somebody has set meanwhile is left alone.
            await Db.ExecuteAsync(
                $"ALTER TABLE m.cpu PARTITION (day = {At("2025-04-01").ToUnixTimeMilliseconds()}) SET (\"routing.allocation.require.storage\" = 'other')"
            );
            var undone = await lifecycle.UndoMovesAsync(new() { Policy = story.Policy.Name });
            Assert.Equal(["storage=hot"], undone.Select(u => u.To!.Text).Distinct());
        }

        Assert.Empty(await IdentsAsync($"{by} = 'warm'"));
        Assert.Single(await IdentsAsync($"{by} = 'other'"));
        crate.Placement.IsStuck = false;
        Assert.Empty((await story.PlanAsync("2025-04-10T12:00Z")).Steps.OfType<PlanStep.Relocate>());
    }

    [Fact]
    public async Task Doctor_tells_what_was_pulled_back_what_does_not_lie_where_it_should_and_what_only_partitions_have()
    {
        const string Tag = "\"routing.allocation.require.storage\"";
        var story = await DaysAsync("source: { expire: partitions, relocate: { after: 8d, to: { storage: warm } } }\n" + Days);
        await story.RunWellAsync("2025-04-10T12:00Z");
        Assert.Equal(["relocate.new"], await LookAsync("relocate", "partition"));

        // Without ONLY, every partition that was moved comes back.
        await Db.ExecuteAsync($"ALTER TABLE m.cpu SET ({Tag} = 'hot')");
        Assert.Equal(["relocate.drift"], await LookAsync("relocate", "partition"));
        await story.RunWellAsync("2025-04-10T12:00Z");
        Assert.Empty(await LookAsync("relocate", "partition"));

        var crate = await CrateAsync();
        crate.Placement.IsStuck = true;
        var first = At("2025-04-01").ToUnixTimeMilliseconds();
        var last = At("2025-04-09").ToUnixTimeMilliseconds();
        await Db.ExecuteAsync($"ALTER TABLE m.cpu PARTITION (day = {first}) SET ({Tag} = 'ice')");
        await Db.ExecuteAsync($"ALTER TABLE m.cpu PARTITION (day = {last}) SET (number_of_replicas = 2)");
        await Db.ExecuteAsync($"ALTER TABLE m.cpu PARTITION (day = {last}) SET (\"blocks.read_only\" = true)");
        var found = await FindAsync();
        Assert.Contains(
            "replicas=2 (1), storage=ice (1)",
            Assert.Single(found, f => f.Check == "partition.settings").Found,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "not allowed to remain on its current node",
            Assert.Single(found, f => f.Check == "partition.place").Found,
            StringComparison.Ordinal
        );
        Assert.Contains("blocks.read_only", Assert.Single(found, f => f.Check == "partition.blocked").Found, StringComparison.Ordinal);

        async Task<IReadOnlyList<Finding>> FindAsync()
        {
            await using var database = await Db.OpenAsync();
            var lifecycle = new Lifecycle(database, new() { TimeProvider = new SettableTime(At("2025-04-10T12:00Z")) });
            return
            [
                .. await lifecycle.DiagnoseAsync(),
                .. await Varve.CrateDb.CrateDbHealth.DiagnoseAsync(database, await lifecycle.PoliciesAsync(Selection.All)),
            ];
        }

        async Task<IReadOnlyList<string>> LookAsync(params string[] rooms) =>
            [.. (await FindAsync()).Select(f => f.Check).Where(c => rooms.Contains(c.Split('.')[0])).Distinct()];
    }

    [Theory]
    [InlineData("replicas", "1", "replicas=0", "number_of_replicas = '1'")]
    [InlineData("storage", "warm", "", "settings['routing']['allocation']['require']['storage'] = 'warm'")]
    public async Task Where_nothing_was_asked_for_before_nothing_is_afterwards_and_copies_are_what_they_were(
        string attribute,
        string value,
        string before,
        string isSo
    )
    {
        var story = await DaysAsync(
            $"source: {{ expire: partitions, relocate: {{ after: 8d, to: {{ {attribute}: \"{value}\" }} }} }}\n" + Days
        );
        await story.RunWellAsync("2025-04-10T12:00Z");
        Assert.Equal(2, (await IdentsAsync(isSo)).Count);
        var undone = await story.WithAsync(l => l.UndoMovesAsync(new() { Policy = story.Policy.Name, Arrived = true }));
        Assert.Equal([before], undone.Select(u => u.To?.Text ?? "").Distinct());
        Assert.Empty(await IdentsAsync(isSo));
        Assert.Empty((await story.PlanAsync("2025-04-10T12:00Z")).Steps.OfType<PlanStep.Relocate>());
    }

    [Fact]
    public async Task Copies_and_segments_change_by_age_apart_from_each_other()
    {
        var story = await DaysAsync(
            "source: { expire: partitions, relocate: [{ after: 4d, to: { replicas: \"1\" } }, { after: 5d, to: { segments: \"1\" } }] }\n"
                + Days
        );
        var outcome = await story.RunWellAsync("2025-04-10T12:00Z");
        Assert.Equal(
            ["replicas=1", "segments=1"],
            outcome.Done.OfType<PlanStep.Relocate>().Select(s => s.To.Text).Distinct().Order(StringComparer.Ordinal)
        );
        Assert.Equal(6, (await IdentsAsync("number_of_replicas = '1'")).Count);
        var crate = await CrateAsync();
        Assert.Equal(5, crate.Http.Calls.Count(c => c.Says("OPTIMIZE TABLE \"m\".\"cpu\" PARTITION")));
        Assert.Empty((await story.PlanAsync("2025-04-10T12:00Z")).Steps.OfType<PlanStep.Relocate>());
        await story.RunWellAsync("2025-04-13T12:00Z");
        Assert.Equal(6, (await IdentsAsync("number_of_replicas = '1'")).Count);
        Assert.Empty((await story.PlanAsync("2025-04-13T12:00Z")).Steps.OfType<PlanStep.Relocate>());
    }

    [Theory]
    [InlineData("{ replicas: two }", "a number from 0 on")]
    [InlineData("{ segments: \"0\" }", "a number from 1 on")]
    public async Task Copies_and_segments_are_numbers(string to, string message)
    {
        var refused = await Assert.ThrowsAsync<PolicyException>(() =>
            DaysAsync($"source: {{ expire: partitions, relocate: [{{ after: 4d, to: {to} }}] }}\n" + Days)
        );
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }
}
