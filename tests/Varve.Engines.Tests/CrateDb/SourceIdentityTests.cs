using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>
/// A table is that table: after a swap, a rename or a restore every partition is another one, and the run stops and asks, also
/// where nothing is rolled up and its rows tell nothing.
/// </summary>
public sealed class SourceIdentityTests : DaysSuite
{
    private const string Plain = "source: { keep: 10d, expire: partitions }";

    public static TheoryData<string, string> Ways
    {
        get
        {
            TheoryData<string, string> ways = [];
            foreach (var policy in new[] { Plain, Days })
                foreach (var way in new[] { "swap", "rename", "restore" })
                    ways.Add(policy, way);
            return ways;
        }
    }

    [Theory]
    [Rule("partitions-anew")]
    [MemberData(nameof(Ways))]
    public async Task Another_table_under_the_name_stops_the_run_until_a_person_has_said_what_it_is(string policy, string way)
    {
        var story = await DaysAsync(policy);
        await story.RunWellAsync("2025-04-10T12:00Z");
        await MakeAnewAsync(way);
        var idents = (await IdentsAsync()).Count;
        var outcome = await story.RunAsync("2025-04-11T12:00Z");
        var error = Assert.IsType<HaltException>(Assert.Single(outcome.Errors));
        Assert.Equal(("VRV334", 5), (error.Code, error.ExitCode));
        Assert.Contains("was made anew since", error.Message, StringComparison.Ordinal);
        Assert.Contains((await story.PlanAsync("2025-04-11T12:00Z")).Notes, n => n.Code == "VRV334");
        Assert.Equal(idents, (await IdentsAsync()).Count);

        await story.WithAsync(l => l.AdoptSourceAsync(story.Policy.Name, isSame: true));
        await story.RunWellAsync("2025-04-11T12:00Z");
        Assert.Equal(14, (await IdentsAsync()).Count);
        await story.RunWellAsync("2025-04-12T12:00Z");
        Assert.Equal(13, (await IdentsAsync()).Count);
    }

    [Fact]
    public async Task A_partition_that_came_again_with_a_late_row_is_no_other_table()
    {
        var story = await DaysAsync(Plain);
        await story.RunWellAsync("2025-04-10T12:00Z");
        await Db.ExecuteAsync($"DELETE FROM m.cpu WHERE day = {At("2025-04-05").ToUnixTimeMilliseconds()}");
        await Db.ExecuteAsync($"INSERT INTO m.cpu (ts, host, v) VALUES ({At("2025-04-05T01:00Z").ToUnixTimeMilliseconds()}, 'a', 1)");
        await story.RunWellAsync("2025-04-11T12:00Z");
        Assert.Equal(14, (await IdentsAsync()).Count);
    }

    [Fact]
    public async Task The_only_partition_that_came_again_with_a_late_row_is_no_other_table_either()
    {
        var story = await DaysAsync(Plain);
        await Db.ExecuteAsync($"DELETE FROM m.cpu WHERE day <> {At("2025-04-05").ToUnixTimeMilliseconds()}");
        await story.RunWellAsync("2025-04-10T12:00Z");
        await Db.ExecuteAsync($"DELETE FROM m.cpu WHERE day = {At("2025-04-05").ToUnixTimeMilliseconds()}");
        await Db.ExecuteAsync($"INSERT INTO m.cpu (ts, host, v) VALUES ({At("2025-04-05T01:00Z").ToUnixTimeMilliseconds()}, 'a', 1)");
        await story.RunWellAsync("2025-04-17T12:00Z");
        Assert.Empty(await IdentsAsync());
    }

    // The same rows, so that only the table tells.
    private async Task MakeAnewAsync(string way)
    {
        if (way == "restore")
        {
            await Db.ExecuteAsync("CREATE REPOSITORY backup TYPE fs WITH (location = '/backup/identity')");
            await Db.ExecuteAsync("CREATE SNAPSHOT backup.before TABLE m.cpu WITH (wait_for_completion = true)");
            await Db.ExecuteAsync("DROP TABLE m.cpu");
            await Db.ExecuteAsync("RESTORE SNAPSHOT backup.before TABLE m.cpu WITH (wait_for_completion = true)");
            return;
        }

        await Db.ExecuteAsync(
            """
            CREATE TABLE m.other (ts TIMESTAMP WITH TIME ZONE, host TEXT, v DOUBLE PRECISION,
              day TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc('day', ts)) CLUSTERED INTO 2 SHARDS PARTITIONED BY (day) WITH (number_of_replicas = 0)
            """
        );
        await Db.ExecuteAsync("REFRESH TABLE m.cpu");
        await Db.ExecuteAsync("INSERT INTO m.other (ts, host, v) (SELECT ts, host, v FROM m.cpu)");
        if (way == "swap")
        {
            await Db.ExecuteAsync("ALTER CLUSTER SWAP TABLE m.other TO m.cpu WITH (drop_source = true)");
            return;
        }

        await Db.ExecuteAsync("ALTER TABLE m.cpu RENAME TO cpu_old");
        await Db.ExecuteAsync("ALTER TABLE m.other RENAME TO cpu");
    }
}
