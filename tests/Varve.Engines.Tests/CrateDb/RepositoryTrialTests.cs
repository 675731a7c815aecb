using Varve.CrateDb;
using Varve.CrateDb.Http;
using Varve.Diagnosis;
using Varve.Engines.Tests.CrateDb.Executing;
using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>Repositories are tried with a snapshot that is removed, and a snapshot that never ends is ended.</summary>
public sealed class RepositoryTrialTests : DaysSuite
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_repository_is_verified_by_a_snapshot_of_which_nothing_is_left()
    {
        await RepositoryAsync();
        await DaysAsync("archive: { to: cold }\n" + Days);
        var found = Assert.Single(await VerifyAsync());
        Assert.Equal(("archive.verified", Severity.Note), (found.Check, found.Severity));
        Assert.Contains("varve.meta was taken in `cold`, and removed", found.Found, StringComparison.Ordinal);
        Assert.Empty(await Db.QueryAsync("SELECT name FROM sys.snapshots WHERE repository = 'cold'"));
    }

    [Fact]
    public async Task One_that_keeps_only_a_part_or_fails_is_an_error_and_nothing_is_left_either()
    {
        await RepositoryAsync();
        await DaysAsync("archive: { to: cold }\n" + Days);
        var crate = await CrateAsync();
        crate.Snapshots.Ends = ("PARTIAL", ["shard 0 of a node that was lost"]);
        Assert.Contains("its state is PARTIAL, 1 shards failed", await ErrorAsync(), StringComparison.Ordinal);
        Assert.Empty(await Db.QueryAsync("SELECT name FROM sys.snapshots"));
        crate.Before = (call, _) =>
            Task.FromResult(
                call.Says("CREATE SNAPSHOT") ? Reply.Error(500, 5006, "RepositoryVerificationException[[cold] cannot be written to]") : null
            );
        Assert.Contains("cannot be written to", await ErrorAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_snapshot_that_the_catalog_lacks_for_a_moment_is_looked_for_again()
    {
        await RepositoryAsync();
        var story = await DaysAsync("archive: { to: cold }\n" + Days);
        var crate = await CrateAsync();
        var lacks = 0;
        crate.Before = (call, _) =>
            Task.FromResult(
                call.Says("FROM sys.snapshots") && ++lacks == 1
                    ? Reply.Rows([.. Enumerable.Range(0, 6).Select(i => ($"c{i}", (object)4))])
                    : null
            );
        await story.RunWellAsync("2025-04-10T12:00Z");
        Assert.True(lacks > 1);
        Assert.Equal(15, (await IdentsAsync()).Count);
        Assert.Single(await Db.QueryAsync("SELECT name FROM sys.snapshots"));

        // Nor is one left in the repository because it was not seen at once.
        lacks = 0;
        var part = (await story.WithAsync(l => l.ArchivesAsync([])))[0].File;
        await using var database = await Db.OpenAsync();
        await database.Engine.Capabilities.Snapshotting!.DropAsync("cold", part, Token);
        Assert.Empty(await Db.QueryAsync("SELECT name FROM sys.snapshots"));
    }

    [Fact]
    public async Task A_trial_that_cannot_be_looked_at_is_removed_as_well_or_its_snapshot_is_named()
    {
        await RepositoryAsync();
        await DaysAsync("archive: { to: cold }\n" + Days);
        var crate = await CrateAsync();
        var (looks, drops) = (1, false);
        crate.Before = (call, _) =>
            Task.FromResult(
                call.Says("FROM sys.snapshots") && looks-- > 0 || drops && call.Says("DROP SNAPSHOT")
                    ? Reply.Error(500, 5006, "RepositoryException[[cold] could not be read]")
                    : null
            );
        Assert.DoesNotContain("may be left", await ErrorAsync(), StringComparison.Ordinal);
        Assert.NotEqual(1, looks);
        Assert.Empty(await Db.QueryAsync("SELECT name FROM sys.snapshots"));

        (looks, drops) = (1, true);
        Assert.Matches("The snapshot varve-verify-[0-9a-f]+ may be left there", await ErrorAsync());
    }

    [Fact]
    public async Task One_that_is_missing_or_read_only_is_told_without_a_snapshot()
    {
        await DaysAsync("archive: { to: cold }\n" + Days);
        var crate = await CrateAsync();
        Assert.Contains("no repository `cold`", await ErrorAsync(), StringComparison.Ordinal);
        await Db.ExecuteAsync("CREATE REPOSITORY cold TYPE fs WITH (location = 'cold', readonly = true)");
        Assert.Contains("read only", await ErrorAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(crate.Http.Calls, c => c.Says("CREATE SNAPSHOT"));
    }

    [Fact]
    public async Task A_snapshot_that_does_not_end_is_ended_and_the_next_run_begins_another()
    {
        await RepositoryAsync();
        var story = await DaysAsync("archive: { to: cold }\n" + Days);
        var crate = await CrateAsync();
        var clock = new LaterTime();
        crate.Snapshots.Looks = int.MaxValue;
        crate.Before = (call, _) =>
        {
            clock.Later =
                call.Says("FROM sys.snapshots") ? TimeSpan.FromHours(13)
                : call.Says("DROP SNAPSHOT") ? TimeSpan.Zero
                : clock.Later;
            return Task.FromResult<Reply?>(null);
        };
        await using (
            var database = await CrateDbDatabase.OpenAsync(CrateDbUrl.Read(DatabaseUrl.Parse(crate.Url), null, clock), false, Token)
        )
        {
            var outcome = await RunOutcome.OfAsync(
                new Lifecycle(database, new() { TimeProvider = new SettableTime(At("2025-04-10T12:00Z")) }),
                new() { Yes = true, AsOf = At("2025-04-10T12:00Z") }
            );
            Assert.NotEmpty(outcome.Errors);
            Assert.All(outcome.Errors, e => Assert.Equal(EngineCodes.Waits, e.Code));
            Assert.All(outcome.Errors, e => Assert.Contains("had not ended after 12 hours", e.Message, StringComparison.Ordinal));

            // Another one begins with the next run, and not with the next try of the step.
            Assert.Equal(outcome.Errors.Count, crate.Http.Calls.Count(c => c.Says("CREATE SNAPSHOT")));
        }

        Assert.Empty(await Db.QueryAsync("SELECT name FROM sys.snapshots"));
        Assert.Equal(26, (await IdentsAsync()).Count);
        crate.Snapshots.Looks = 1;
        crate.Before = (_, _) => Task.FromResult<Reply?>(null);
        await story.RunWellAsync("2025-04-10T13:00Z");
        Assert.Equal(15, (await IdentsAsync()).Count);
    }

    private async Task<string> ErrorAsync()
    {
        var found = Assert.Single(await VerifyAsync());
        Assert.Equal(("archive.verified", Severity.Error), (found.Check, found.Severity));
        return found.Found;
    }

    private async Task<IReadOnlyList<Finding>> VerifyAsync()
    {
        await using var database = await Db.OpenAsync();
        var policies = await new Lifecycle(database, new()).PoliciesAsync(Policies.Selection.All);
        return await CrateDbHealth.VerifyRepositoriesAsync(database, policies, new("varve", "meta"), Token);
    }

    /// <summary>The system's clock, or some time later.</summary>
    private sealed class LaterTime : TimeProvider
    {
        internal TimeSpan Later { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Later.TotalSeconds * TimestampFrequency);
    }
}
