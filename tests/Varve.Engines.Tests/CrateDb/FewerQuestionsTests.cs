using System.Globalization;
using NodaTime;
using Varve.Engines.Tests.CrateDb.Executing;
using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>
/// What a run does not ask again, because it saw it just now: somebody who comes in between, by a clock by which everything is just
/// now, loses nothing.
/// </summary>
public sealed class FewerQuestionsTests : DaysSuite
{
    private const string Look = "p.blocked, s.partition_uuid";

    private static readonly TableName s_holds = new("varve", "holds");

    private async Task<ExecutingCrate> StillAsync()
    {
        ((CrateDbScratch)Db).Clock = new StillClock();
        return await CrateAsync();
    }

    [Fact]
    public async Task What_was_written_is_seen_although_somebody_refreshed_while_it_was_written()
    {
        var crate = await StillAsync();
        await (await DaysAsync()).RunWellAsync("2025-03-29");
        await using var database = await Db.OpenAsync();
        crate.Before = async (call, _) =>
        {
            if (call.Says("INSERT INTO \"varve\".\"holds\""))
                Assert.Equal(0, await CountAsync());
            return null;
        };
        await database.Engine.TransactAsync(
            (s, token) =>
                s.ExecuteAsync(
                    $"""
                    INSERT INTO {s_holds} (hold, policy, from_us, to_us, reason, who, set_us)
                    VALUES ({"h"}, {"p"}, {0L}, {1L}, {"r"}, {"w"}, {0L})
                    """,
                    token
                ),
            Scope.Writing,
            default
        );
        Assert.Equal(1, await CountAsync());

        Task<long> CountAsync() =>
            database.Engine.TransactAsync(
                async (s, token) => (await s.QueryAsync($"SELECT count(*) FROM {s_holds}", token))[0].Long(0),
                Scope.Reading,
                default
            );
    }

    [Theory]
    [InlineData("INSERT INTO \"varve\".\"steps\"")]
    [InlineData("varve_found")]
    [InlineData(Look)]
    public async Task A_row_that_comes_after_the_plan_has_looked_is_in_the_tiers_before_it_goes(string before)
    {
        var crate = await StillAsync();
        var story = await DaysAsync();
        await story.RunWellAsync("2025-03-29");
        await story.RunWellAsync("2025-04-09T23:00Z");
        SourceRow late = Row("2025-03-30T05:00Z", 7.5, "b");
        List<string> said = [];
        crate.Before = async (call, _) =>
        {
            said.Add(call.Statement);
            if (!call.Says(before))
                return null;
            crate.Before = (_, _) => Task.FromResult<Reply?>(null);
            await crate.DoAsync($"INSERT INTO m.cpu (ts, host, v) VALUES ({late.At!.Value.ToUnixTimeMilliseconds()}, 'b', 7.5)");
            return null;
        };
        await story.RunAsync("2025-04-10T12:00Z");

        // The look of the plan is where the removal began: there was none between it and the proof.
        Assert.Contains(before, said[^1], StringComparison.Ordinal);
        Assert.Equal(before == Look ? 1 : 0, said.Count(s => s.Contains(Look, StringComparison.Ordinal)));
        await story.RunWellAsync("2025-04-10T13:00Z");
        await story.ExpectTiersAsync([.. Rows, late]);
        Assert.DoesNotContain(await story.SourceAsync(), r => r.At < At("2025-03-31"));
    }

    [Fact]
    public async Task A_shard_that_is_lost_after_the_plan_keeps_every_partition()
    {
        var crate = await StillAsync();
        await KeepsAllAsync(crate, call => call.Says("INSERT INTO \"varve\".\"steps\""));
    }

    [Fact]
    public async Task A_hold_that_comes_while_the_lease_is_taken_keeps_what_it_names()
    {
        var crate = await StillAsync();
        var story = await DaysAsync();
        await story.RunWellAsync("2025-03-29");
        crate.Before = async (call, _) =>
        {
            if (!call.Says("UPDATE \"varve\".\"locks\""))
                return null;
            crate.Before = (_, _) => Task.FromResult<Reply?>(null);
            await story.WithAsync(l => l.HoldAsync(story.Policy.Name, null, TimeRange.All, "somebody asked", null));
            return null;
        };
        var outcome = await story.RunAsync("2025-04-10T12:00Z");
        Assert.DoesNotContain(outcome.Done, s => s is PlanStep.Expire { Relation.IsSource: true });
        Assert.Equal(Rows.Count, (await story.SourceAsync()).Count);
        await story.WithAsync(l => l.ReleaseAsync(story.Policy.Name, null));
        await story.RunWellAsync("2025-04-10T13:00Z");
        Assert.Equal(15, (await IdentsAsync()).Count);
    }

    [Fact]
    public async Task What_is_shown_to_people_is_made_anew_after_somebody_did_not_finish_showing_it()
    {
        var crate = await StillAsync();
        var story = await DaysAsync();
        await story.RunWellAsync("2025-03-29");
        Assert.Equal(0, await DirtyAsync());
        crate.Before = async (call, _) =>
        {
            if (!call.Says("UPDATE \"varve\".\"ledgers\"") || !call.Says("shown = "))
                return null;
            crate.Before = (_, _) => Task.FromResult<Reply?>(null);
            await crate.DoAsync(
                $"INSERT INTO varve.dirty (policy, relation, kind, from_us, to_us) VALUES ('{story.Policy.Name}', '1h', 'dirty', 0, 1)"
            );
            return Reply.Unavailable;
        };
        var unshown = await story.RunAsync("2025-03-30");
        Assert.NotEmpty(unshown.Errors);
        Assert.Equal(1, await DirtyAsync());
        await story.RunWellAsync("2025-03-31");
        Assert.Equal(0, await DirtyAsync());
        await story.RunWellAsync("2025-04-01");
        Assert.Equal(0, await DirtyAsync());
        await story.ExpectTiersAsync(Rows.Where(r => r.At < At("2025-04-01")));

        async Task<long> DirtyAsync() =>
            Convert.ToInt64((await Db.QueryAsync("SELECT count(*) FROM varve.dirty"))[0][0], CultureInfo.InvariantCulture);
    }
}
