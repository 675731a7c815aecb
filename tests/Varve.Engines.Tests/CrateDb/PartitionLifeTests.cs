using NodaTime;
using Varve.Archiving;
using Varve.Catalog;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.CrateDb.Executing;
using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Time;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>
/// Days of a partitioned table on the stand-in: they go as a whole and as they were proven, are kept in snapshots, move, and
/// come to no harm where a node is lost, somebody writes, or an answer does not arrive.
/// </summary>
public sealed class PartitionLifeTests : DaysSuite
{
    [Fact]
    public async Task Days_go_as_a_whole_once_all_of_them_is_past_its_time()
    {
        var story = await DaysAsync();
        await story.RunAsShownAsync("2025-04-10T12:00Z");
        var left = await story.SourceAsync();
        Assert.Equal(At("2025-03-31"), left.Min(r => r.At!.Value));
        Assert.Equal(15, (await IdentsAsync()).Count);
        await story.ExpectTiersAsync(Rows);
        Assert.Equal(
            Rows.Count,
            Convert.ToInt64(
                (await Db.QueryAsync("SELECT sum(varve_rows) FROM m.cpu_all"))[0][0],
                System.Globalization.CultureInfo.InvariantCulture
            )
        );
        await story.RunAsShownAsync("2025-04-11T12:00Z");
        Assert.Equal(14, (await IdentsAsync()).Count);
        await story.ExpectTiersAsync(Rows);
    }

    [Fact]
    public async Task A_row_that_comes_between_proof_and_removal_stays_with_its_partition()
    {
        var story = await DaysAsync();
        var crate = await CrateAsync();
        var came = false;
        crate.Before = async (call, _) =>
        {
            if (came || !call.Statement.Contains("\"blocks.write\" = true", StringComparison.Ordinal))
                return null;
            came = true;
            await crate.DoAsync($"INSERT INTO m.cpu (ts, host, v) VALUES ({At("2025-03-25T05:00Z").ToUnixTimeMilliseconds()}, 'b', 7.5)");
            return null;
        };
        await story.RunAsync("2025-04-10T12:00Z");
        Assert.True(came);
        await story.RunAsync("2025-04-10T13:00Z");
        SourceRow late = Row("2025-03-25T05:00Z", 7.5, "b");
        await story.ExpectTiersAsync([.. Rows, late]);
        Assert.DoesNotContain(await story.SourceAsync(), r => r.At < At("2025-03-31"));
    }

    [Fact]
    public async Task A_late_row_makes_a_partition_that_is_not_taken_for_what_was_left()
    {
        var story = await DaysAsync();
        await story.RunWellAsync("2025-04-10T12:00Z");
        await story.InsertAsync(Row("2025-03-25T05:00Z", 7.5, "b"));
        await story.RunAsync("2025-04-12T12:00Z");
        Assert.Contains(await story.SourceAsync(), r => r.At == At("2025-03-25T05:00Z"));
        await story.ExpectTiersAsync(Rows);
    }

    [Fact]
    public async Task Nothing_is_computed_or_removed_while_a_shard_is_missing()
    {
        var story = await DaysAsync();
        await story.RunWellAsync("2025-03-29");
        var crate = await CrateAsync();
        var ident = (await IdentsAsync())[2];
        crate.Lose("m", "cpu", ident);
        var outcome = await story.RunAsync("2025-04-10T12:00Z");
        Assert.Contains(outcome.Errors, e => e.Message.Contains(ident, StringComparison.Ordinal));
        Assert.Empty(outcome.Done.OfType<PlanStep.Expire>());
        crate.Lose("m", "cpu", ident, isLost: false);
        await story.RunWellAsync("2025-04-10T12:00Z");
        await story.ExpectTiersAsync(Rows);
        Assert.Equal(15, (await IdentsAsync()).Count);
    }

    [Fact]
    public async Task A_table_that_cannot_be_seen_any_more_has_lost_no_partition()
    {
        var story = await DaysAsync();
        await story.RunWellAsync("2025-03-29");
        await story.RunWellAsync("2025-03-29T01:00Z");
        var crate = await CrateAsync();
        var isProven = false;
        crate.Before = (call, _) =>
        {
            isProven |= call.Says("varve_found");
            return Task.FromResult(
                isProven && call.Says("p.blocked, s.partition_uuid")
                    ? Reply.Rows([.. Enumerable.Range(0, 10).Select(i => ($"c{i}", (object)4))])
                : isProven && call.Says("SELECT partitioned_by") ? Reply.Rows([.. Enumerable.Range(0, 6).Select(i => ($"c{i}", (object)4))])
                : null
            );
        };
        var outcome = await story.RunAsync("2025-04-10T12:00Z");
        Assert.True(isProven);
        Assert.Contains(outcome.Errors, e => e.Message.Contains("m.cpu cannot be seen any more", StringComparison.Ordinal));
        Assert.DoesNotContain(outcome.Done, s => s is PlanStep.Expire { Relation.IsSource: true });
        crate.Before = (_, _) => Task.FromResult<Reply?>(null);
        Assert.Equal(Rows.Count, (await story.SourceAsync()).Count);
        await story.RunWellAsync("2025-04-10T12:00Z");
        await story.ExpectTiersAsync(Rows);
        Assert.Equal(15, (await IdentsAsync()).Count);
    }

    [Fact]
    public async Task A_shard_that_is_lost_after_the_proof_keeps_every_partition()
    {
        var isProven = false;
        await KeepsAllAsync(
            await CrateAsync(),
            call =>
            {
                isProven |= call.Says("varve_found");
                return isProven && call.Says("p.blocked, s.partition_uuid");
            }
        );
    }

    [Theory]
    [InlineData("DELETE FROM \"m\".\"cpu\" ", 1)]
    [InlineData("\"blocks.write\" = true", 3)]
    [InlineData("INSERT INTO \"m\".\"cpu_1h_states\"", 1)]
    [InlineData("UPDATE \"varve\".\"ledgers\"", 4)]
    [InlineData("INSERT INTO \"varve\".\"audit\"", 2)]
    public async Task An_answer_that_is_lost_costs_a_run_and_no_row(string statement, int after)
    {
        var story = await DaysAsync();
        var crate = await CrateAsync();
        var (seen, lost) = (0, false);
        crate.Http.Fails = call =>
        {
            if (lost || !call.Statement.Contains(statement, StringComparison.Ordinal) || ++seen < after)
                return Fault.None;
            lost = true;
            return Fault.LostAfter;
        };
        await story.RunAsync("2025-04-10T12:00Z");
        Assert.True(lost);
        await story.RunWellAsync("2025-04-10T13:00Z");
        await story.ExpectTiersAsync(Rows);
        Assert.Equal(15, (await IdentsAsync()).Count);
        Assert.Equal(At("2025-03-31"), (await story.SourceAsync()).Min(r => r.At!.Value));
        Assert.DoesNotContain(await IdentsAsync("settings['blocks']['write'] = 'true'"), _ => true);
    }

    [Fact]
    public async Task What_goes_is_kept_in_a_snapshot_that_was_tried_and_comes_back()
    {
        await RepositoryAsync();
        var story = await DaysAsync("archive: { to: cold, drill: true }\n" + Days);
        await story.RunAsShownAsync("2025-04-10T12:00Z");
        Assert.Equal(15, (await IdentsAsync()).Count);
        var parts = await story.WithAsync(l => l.ArchivesAsync([]));
        Assert.Equal(11, parts.Count);
        Assert.All((await story.WithAsync(l => l.VerifyArchivesAsync([]))).Parts, p => Assert.Null(p.Problem));
        var restored = await story.WithAsync(l =>
            l.RestoreAsync(new RestoreRequest { Policy = story.Policy.Name, Range = new(At("2025-03-22"), At("2025-03-24")) })
        );
        Assert.Equal((2, 24L), (restored.Parts, restored.Rows));
        Assert.Equal(
            24L,
            Convert.ToInt64(
                (await Db.QueryAsync("SELECT count(*) FROM m.cpu_restored"))[0][0],
                System.Globalization.CultureInfo.InvariantCulture
            )
        );
        Assert.DoesNotContain(await Db.ShapesAsync("m"), s => s.Name.Contains("drill", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_drill_that_was_killed_leaves_no_table_behind()
    {
        await RepositoryAsync();
        var story = await DaysAsync("archive: { to: cold, drill: true }\n" + Days);
        var crate = await CrateAsync();
        var clock = new SettableTime(At("2026-01-01"));
        crate.Clock = clock;
        var dead = new TaskCompletionSource();
        string? who = null;
        crate.Http.Fails = call =>
        {
            var holder = call.Statement.Split(' ')[2];
            if (who == holder)
                dead.TrySetResult();
            if (who == holder)
                return Fault.Silent;
            if (who is not null || !call.Says("RESTORE SNAPSHOT"))
                return Fault.None;
            who = holder;
            return Fault.LostAfter;
        };
        await Task.WhenAny(story.RunAsync("2025-04-10T12:00Z"), dead.Task);
        Assert.Contains(await Db.ShapesAsync("m"), s => s.Name.Contains("drill", StringComparison.Ordinal));
        clock.Now += Duration.FromSeconds(61);
        await story.RunWellAsync("2025-04-10T13:00Z");
        Assert.DoesNotContain(await Db.ShapesAsync("m"), s => s.Name.Contains("drill", StringComparison.Ordinal));
        Assert.Equal(15, (await IdentsAsync()).Count);
        await story.ExpectTiersAsync(Rows);
    }

    [Fact]
    public async Task What_nobody_wrote_to_since_an_earlier_run_goes_without_being_closed_and_is_not_compared_again()
    {
        var story = await DaysAsync();
        await story.RunWellAsync("2025-03-29");
        await story.RunWellAsync("2025-03-29T01:00Z");
        var crate = await CrateAsync();
        var from = crate.Http.Calls.Count;
        await story.InsertAsync(Row("2025-03-21T05:00Z", 7.5, "b"));
        await story.RunWellAsync("2025-04-10T12:00Z");
        var closed = crate.Http.Calls.Skip(from).Where(c => c.Says("SET (\"blocks.write\" = true)")).ToList();
        Assert.Contains(
            At("2025-03-21").ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture),
            Assert.Single(closed).Statement,
            StringComparison.Ordinal
        );
        await story.ExpectTiersAsync([.. Rows, Row("2025-03-21T05:00Z", 7.5, "b")]);
        Assert.Equal(15, (await IdentsAsync()).Count);
    }

    [Fact]
    public async Task A_day_that_changed_is_compared_again_and_one_that_did_not_is_not()
    {
        var story = await DaysAsync();
        await story.RunWellAsync("2025-04-10T12:00Z");
        await story.RunWellAsync("2025-04-10T13:00Z");
        var crate = await CrateAsync();
        Assert.DoesNotContain(await ComparedAsync(crate, story), IsComparison);
        await story.InsertAsync(Row("2025-04-10T05:00Z", 7.5, "b"));
        Assert.Contains(await ComparedAsync(crate, story), IsComparison);
        await story.RunWellAsync("2025-04-10T14:00Z");
        await story.ExpectTiersAsync([.. Rows, Row("2025-04-10T05:00Z", 7.5, "b")]);
    }

    [Fact]
    public async Task A_snapshot_of_which_a_shard_failed_lets_nothing_go()
    {
        await RepositoryAsync();
        var story = await DaysAsync("archive: { to: cold }\n" + Days);
        var crate = await CrateAsync();
        crate.Snapshots.Ends = ("PARTIAL", ["shard 0 of a node that was lost"]);
        await story.RunAsync("2025-04-10T12:00Z");
        await story.RunWellAsync("2025-04-10T13:00Z");
        Assert.Equal(15, (await IdentsAsync()).Count);
        Assert.All((await story.WithAsync(l => l.VerifyArchivesAsync([]))).Parts, p => Assert.Null(p.Problem));
        await story.ExpectTiersAsync(Rows);
    }

    [Fact]
    public async Task Without_its_repository_nothing_goes_and_the_message_names_those_that_there_are()
    {
        var story = await DaysAsync("archive: { to: cold }\n" + Days);
        var outcome = await story.RunAsync("2025-04-10T12:00Z");
        Assert.Contains(outcome.Errors, e => e.Message.Contains("no repository `cold`", StringComparison.Ordinal));

        // It is told of the step that it is about, and of no other.
        var steps = await story.WithAsync(l => l.StepsAsync(outcome.Summary.RunId));
        Assert.Contains(steps, s => s.Kind == "rollup");
        Assert.All(steps, s => Assert.Equal(s.Kind == "archive" ? StepStatus.Failed : StepStatus.Done, s.Status));
        Assert.Equal(26, (await IdentsAsync()).Count);
    }

    [Fact]
    public async Task A_repository_that_takes_nothing_is_told_before_anything_of_its_step_was_done()
    {
        await Db.ExecuteAsync("CREATE REPOSITORY cold TYPE fs WITH (location = 'cold', readonly = true)");
        var story = await DaysAsync("archive: { to: cold }\n" + Days);
        var crate = await CrateAsync();
        var from = crate.Http.Calls.Count;
        var outcome = await story.RunAsync("2025-04-10T12:00Z");
        Assert.Contains(outcome.Errors, e => e.Message.Contains("`cold` was made to be read only", StringComparison.Ordinal));
        var calls = crate.Http.Calls.Skip(from).ToList();
        Assert.DoesNotContain(
            calls,
            c => c.Says("CREATE SNAPSHOT") || c.Says("blocks.write\" = true") || c.Says("DELETE FROM \"m\".\"cpu\" ")
        );
        Assert.Equal(26, (await IdentsAsync()).Count);
        await story.ExpectTiersAsync(Rows);
    }

    [Fact]
    public async Task Late_rows_are_not_discarded_where_only_partitions_go()
    {
        var refused = await Assert.ThrowsAsync<PolicyException>(() => DaysAsync("late_after_expiry: discard\n" + Days));
        Assert.Contains("VRV146", refused.Problems.Select(p => p.Code).Append(refused.Code));
        Assert.Contains("source: { expire: rows }", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_runs_do_not_meet()
    {
        var story = await DaysAsync();
        await using var database = await Db.OpenAsync();
        await using (await database.Engine.LeaseAsync(story.Policy.Name, CancellationToken.None))
            Assert.Contains((await story.RunAsync("2025-04-10")).Errors, e => e is BusyException);
        await story.RunWellAsync("2025-04-10T12:00Z");
    }

    private static bool IsComparison(string statement) =>
        statement.Contains("\"m\".\"cpu\"", StringComparison.Ordinal)
        && statement.Contains("\"m\".\"cpu_1h_states\"", StringComparison.Ordinal)
        && statement.Contains("varve_rows", StringComparison.Ordinal);

    private static async Task<IReadOnlyList<string>> ComparedAsync(ExecutingCrate crate, Story story)
    {
        var from = crate.Http.Calls.Count;
        await story.PlanAsync("2025-04-10T13:00Z");
        return [.. crate.Http.Calls.Skip(from).Select(c => c.Statement)];
    }
}
