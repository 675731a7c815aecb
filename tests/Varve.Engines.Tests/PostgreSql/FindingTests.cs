using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;
using Varve.PostgreSql;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>What a server has that a table's rows depend on: who sees them, who owns them, and where those that went still are.</summary>
public sealed class FindingTests() : ConformanceSuite(PostgreSqlScratch.New)
{
    private const string Tiers = "keep: 3d\ntiers: [{ every: 1h }]";

    private readonly string _role = FormattableString.Invariant($"varve_finding_{Environment.ProcessId}");

    [Fact]
    public async Task A_table_whose_rows_are_not_all_seen_is_refused_and_found()
    {
        var story = await BeginAsync(Policy(Tiers), Every("2025-01-01", "2025-01-08", "1h"));
        await Db.ExecuteAsync("ALTER TABLE m.cpu ENABLE ROW LEVEL SECURITY; CREATE POLICY few ON m.cpu USING (ts < '2025-01-02')");
        var (outcome, findings) = await AsOtherAsync("2025-01-08");
        Assert.Contains(
            outcome.Errors,
            e => e.Code == ServerCodes.NoRight && e.Message.Contains("row-level security hides rows of", StringComparison.Ordinal)
        );
        Assert.Empty(outcome.Done);
        Assert.Contains("BYPASSRLS", Assert.Single(findings, f => f.Check == "rights.rows").WayOut, StringComparison.Ordinal);
        Assert.Equal(7 * 24, (await story.SourceAsync()).Count);
        await DropRoleAsync();
    }

    [Fact]
    public async Task Who_does_not_own_a_table_deletes_its_rows_and_is_told_how_partitions_would_go()
    {
        await Db.ExecuteAsync(
            """
            CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION) PARTITION BY RANGE (ts);
            CREATE TABLE m.cpu_1 PARTITION OF m.cpu FOR VALUES FROM ('2025-01-01') TO ('2025-01-03'); CREATE TABLE m.cpu_rest PARTITION OF m.cpu DEFAULT
            """
        );
        var story = new Story(Db, Cpu());
        await story.InsertAsync(Every("2025-01-01", "2025-01-08", "1h"));
        await story.ApplyAsync(Policy(Tiers));
        var (outcome, findings) = await AsOtherAsync("2025-01-08");
        Assert.Empty(outcome.Errors);
        Assert.Equal(3 * 24, (await story.SourceAsync()).Count);
        Assert.Equal(["partition.default", "rights.partitions"], findings.Select(f => f.Check).Order(StringComparer.Ordinal));
        Assert.NotEmpty(await Db.QueryAsync("SELECT 1 FROM pg_class WHERE relname = 'cpu_1' AND relispartition"));
        await DropRoleAsync();
    }

    [Fact]
    public async Task Dead_rows_are_found_where_they_have_become_many()
    {
        var story = await BeginAsync(Policy(Tiers));
        await Db.ExecuteAsync(
            """
            ALTER TABLE m.cpu SET (autovacuum_enabled = false);
            INSERT INTO m.cpu SELECT TIMESTAMP '2025-01-01' + n * INTERVAL '1 second', 'a', n FROM generate_series(1, 30000) n;
            DELETE FROM m.cpu WHERE v <= 20000
            """
        );

        // The server's statistics come a while after what they count.
        var begun = TimeProvider.System.GetTimestamp();
        IReadOnlyList<Diagnosis.Finding> found = [];
        while (found.Count == 0 && TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromMinutes(1))
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            found = await story.WithAsync(async l =>
            {
                await using var database = await Db.OpenAsync();
                return (await PostgreSqlHealth.DiagnoseAsync(database, await l.PoliciesAsync(Selection.All)))
                    .Where(f => f.Check == "rows.dead")
                    .ToList();
            });
        }

        Assert.StartsWith("m.cpu has about 20,000 dead rows beside", Assert.Single(found).Found, StringComparison.Ordinal);
        Assert.StartsWith(
            "m.cpu has about 20,000 dead rows beside 10,000 live ones: vacuum makes",
            Assert.Single((await story.StatusAsync("2025-01-08")).Notes, IsOfDeadRows).Message,
            StringComparison.Ordinal
        );
        await Db.ExecuteAsync("VACUUM m.cpu");
        var notes = (await story.StatusAsync("2025-01-08")).Notes;
        Assert.DoesNotContain(notes, IsOfDeadRows);
        Assert.Contains(
            "are deleted one by one",
            Assert.Single(notes, n => n.Code == WorkCodes.DeadRows).Message,
            StringComparison.Ordinal
        );

        static bool IsOfDeadRows(Problem note) =>
            note.Code == WorkCodes.DeadRows && note.Message.Contains("dead rows", StringComparison.Ordinal);
    }

    /// <summary>A run and a diagnosis by a user who may read and delete, and owns nothing.</summary>
    private async Task<(RunOutcome Outcome, IReadOnlyList<Diagnosis.Finding> Findings)> AsOtherAsync(string asOf)
    {
        await Db.ExecuteAsync(
            $"DROP ROLE IF EXISTS {_role}; CREATE ROLE {_role} LOGIN; GRANT USAGE ON SCHEMA m, varve TO {_role}; GRANT CREATE ON SCHEMA m TO {_role}; GRANT ALL ON ALL TABLES IN SCHEMA varve TO {_role}; GRANT SELECT, DELETE ON m.cpu TO {_role}"
        );
        var server = ((PostgreSqlScratch)Db).Url;
        var url = DatabaseUrl.Parse(server.Replace($"{DatabaseUrl.Parse(server).User}@", $"{_role}@", StringComparison.Ordinal));
        await using var database = await PostgreSqlDatabase.OpenAsync(url);
        var lifecycle = new Lifecycle(database);
        var outcome = await RunOutcome.OfAsync(lifecycle, new() { Yes = true, AsOf = At(asOf) });
        return (outcome, await PostgreSqlHealth.DiagnoseAsync(database, await lifecycle.PoliciesAsync(Selection.All)));
    }

    private Task DropRoleAsync() => Db.ExecuteAsync($"DROP OWNED BY {_role} CASCADE; DROP ROLE {_role}");
}
