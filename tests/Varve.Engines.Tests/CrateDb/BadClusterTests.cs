using Varve.Catalog;
using Varve.CrateDb;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.CrateDb.Executing;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>
/// What a cluster refuses in the middle of a run: each has its own message, the catalog says exactly what was done, no row that
/// is not proven goes, and the next run does the rest.
/// </summary>
public sealed class BadClusterTests() : ConformanceSuite(CrateDbScratch.New)
{
    private const string Insert = "INSERT INTO \"m\".\"cpu_1h_states\"";
    private const string Make = "CREATE TABLE IF NOT EXISTS \"m\".\"cpu_1h_states\"";
    private const string Drop = "DELETE FROM \"m\".\"cpu\"";
    private const string Guard = "coalesce(s.n, 0) < p.shards";
    private const string Kept = "source: { expire: partitions }\nkeep: 10d\ntiers: [{ every: 1h }]";

    private readonly IReadOnlyList<SourceRow> _rows = Every("2025-03-20", "2025-04-05", "6h");

    [Theory]
    [InlineData(Insert, 403, 4037, "ClusterBlockException[x]", "flood stage")]
    [InlineData(Insert, 403, 4033, "ClusterBlockException[x]", "blocks.read_only")]
    [InlineData(Insert, 400, 4032, "OperationOnInaccessibleRelationException[x]", "is closed")]
    [InlineData(Insert, 403, 4035, "ClusterBlockException[x]", "blocks.write")]
    [InlineData(Insert, 401, 4011, "MissingPrivilegeException[Missing 'DML' privilege for user 'ann']", "Grant it")]
    [InlineData(Insert, 429, 4290, "EsRejectedExecutionException[x]", "too many requests")]
    [InlineData(Insert, 503, 5031, "MasterNotDiscoveredException[null]", "has no master")]
    [InlineData(
        Make,
        500,
        5000,
        "IllegalArgumentException[Validation Failed: 1: this action would add [8] total shards, but this cluster currently has [999]/[1000] maximum shards open;]",
        "maximum shards"
    )]
    [InlineData(Drop, 400, 40012, "SnapshotInProgressException[x]", "in a snapshot that is being taken")]
    [InlineData(Drop, 401, 4011, "MissingPrivilegeException[Missing 'DML' privilege for user 'ann']", "Grant it")]
    [InlineData(Guard, 404, 4045, "SchemaUnknownException[Schema 'sys' unknown]", "no right to")]
    public async Task What_is_refused_is_said_and_written_down_and_done_later(
        string statement,
        int status,
        int code,
        string said,
        string words
    )
    {
        var (story, crate) = await BeginAsync();
        crate.Before = (call, _) =>
            Task.FromResult(
                call.Says(statement) && (statement != Guard || call.Says("p.closed") && !call.Says("\"varve\""))
                    ? Reply.Error(status, code, said)
                    : null
            );
        var outcome = await story.RunAsync("2025-04-05T12:00Z");
        crate.Before = (_, _) => Task.FromResult<Reply?>(null);
        Assert.Contains(outcome.Errors, e => e.Message.Contains(words, StringComparison.Ordinal));
        Assert.DoesNotContain(outcome.Errors, e => e is DefectException);
        Assert.Equal(_rows.Count, (await story.SourceAsync()).Count);
        await WrittenDownAsync(story, outcome);

        await story.RunWellAsync("2025-04-05T13:00Z");
        Assert.Equal(At("2025-03-26"), (await story.SourceAsync()).Min(r => r.At!.Value));
        await story.ExpectTiersAsync(_rows);
    }

    [Theory]
    [InlineData("ALTER TABLE m.cpu DROP COLUMN v", "VRV131")]
    [InlineData("ALTER TABLE m.cpu RENAME TO other", "VRV130")]
    public async Task A_table_that_somebody_changes_between_plan_and_run_keeps_every_row(string change, string code)
    {
        var (story, _) = await BeginAsync();
        await story.RunWellAsync("2025-03-29T12:00Z");
        var plan = await story.PlanAsync("2025-04-05T12:00Z");
        await Db.ExecuteAsync(change);
        var outcome = await story.RunAsync("2025-04-05T12:00Z", new() { Yes = true, Plans = [plan] });
        var refused = Assert.IsType<PolicyException>(Assert.Single(outcome.Errors));
        Assert.Contains(code, refused.Problems.Select(p => p.Code));
        Assert.Empty(outcome.Done);
        var table = change.EndsWith("other", StringComparison.Ordinal) ? "m.other" : "m.cpu";
        Assert.Equal(_rows.Count, Number(await Db.QueryAsync($"SELECT count(*) FROM {table}"), 0));
    }

    [Theory]
    [InlineData("6.3.3", true)]
    [InlineData("5.10.16", true)]
    [InlineData("6.3.4", false)]
    [InlineData("6.4.3-SNAPSHOT", false)]
    public async Task A_cluster_that_is_too_old_is_told_which_version_it_needs(string version, bool isTooOld)
    {
        var crate = await ((CrateDbScratch)Db).CrateAsync();
        crate.Before = (call, _) =>
            Task.FromResult(
                call.Says("version['number']")
                    ? Reply.Rows([("u", 4), ("n", 10), ("v", 4), ("c", 4)], ["crate", 1_700_000_000_000, version, "c"])
                    : null
            );
        Task<Database> OpenAsync() => CrateDbDatabase.OpenAsync(DatabaseUrl.Parse(crate.Url));
        if (!isTooOld)
        {
            await (await OpenAsync()).DisposeAsync();
            return;
        }

        var refused = await Assert.ThrowsAsync<EngineException>(OpenAsync);
        Assert.Equal(Varve.Engines.EngineCodes.OtherVersion, refused.Code);
        Assert.Contains($"is CrateDB {version}, and Varve needs 6.3.4 or later", refused.Message, StringComparison.Ordinal);
    }

    // What failed has its code and its words, what was done has its rows, and nothing is left open.
    private static async Task WrittenDownAsync(Story story, RunOutcome outcome)
    {
        var runs = await story.WithAsync(l => l.HistoryAsync(Selection.All, 5));
        if (runs.Count == 0)
            return;
        var run = runs[0];
        Assert.Equal((RunStatus.Failed, outcome.Done.Count), (run.Status, run.StepsDone));
        Assert.NotNull(run.ErrorCode);
        var steps = await story.WithAsync(l => l.StepsAsync(run.Id));
        Assert.Equal(outcome.Done.Count, steps.Count(s => s.Status == StepStatus.Done));
        Assert.Contains(steps, s => s.Status == StepStatus.Failed && s.Note!.StartsWith(run.ErrorCode, StringComparison.Ordinal));
        Assert.DoesNotContain(steps, s => s.Status is StepStatus.Running or StepStatus.Planned);
    }

    private async Task<(Story Story, ExecutingCrate Crate)> BeginAsync()
    {
        var crate = await ((CrateDbScratch)Db).CrateAsync();
        await Db.ExecuteAsync(
            """
            CREATE TABLE m.cpu (ts TIMESTAMP WITH TIME ZONE, host TEXT, v DOUBLE PRECISION,
              day TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc('day', ts)) CLUSTERED INTO 1 SHARDS PARTITIONED BY (day) WITH (number_of_replicas = 0)
            """
        );
        var story = new Story(Db, Cpu(TimeKind.TimestampTz));
        await story.InsertAsync(_rows);
        await story.ApplyAsync(Policy(Kept));
        return (story, crate);
    }
}
