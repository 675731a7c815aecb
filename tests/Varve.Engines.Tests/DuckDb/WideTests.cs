using System.Globalization;
using DuckDB.NET.Data;
using NodaTime;
using Varve.DuckDb;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Engines.Tests.DuckDb;

/// <summary>
/// Of each column that it writes DuckDB holds half a megabyte for each thread, and as much again when it commits to a table
/// that has rows: many measures fit with one thread, more than fit are refused, and where nobody said how much memory there is
/// it gets what they take.
/// </summary>
public sealed class WideTests : Files
{
    private const string Memory = "200MB";

    private static readonly Instant s_asOf = Instant.FromUtc(2025, 1, 6, 0, 0);

    [Fact]
    public async Task Many_measures_are_rolled_up_proven_and_removed_in_memory_that_two_threads_would_not_fit_into()
    {
        await using var database = Open(24, threads: 2, rows: 4 * 7200);
        var lifecycle = new Lifecycle(database);
        await lifecycle.ApplyAsync(Policy(24));
        await foreach (var happened in lifecycle.RunAsync(Selection.All, new RunOptions { AsOf = s_asOf, Yes = true }))
        {
            Assert.Null((happened as RunEvent.StepFailed)?.Error);
            Assert.Null((happened as RunEvent.Failed)?.Error);
        }

        Assert.Equal(4 * 7_200L, await One(database, $"SELECT count(*) FROM cpu_1m_states"));
        Assert.Equal(0L, await One(database, $"SELECT count(*) FROM cpu"));
        Assert.Equal(2L, await One(database, $"SELECT current_setting('threads')"));
        Assert.All(await lifecycle.VerifyAsync(Selection.All), report => Assert.Empty(report.Mismatches));
    }

    [Fact]
    public async Task More_columns_than_the_memory_holds_are_refused_before_anything_is_made()
    {
        await using var database = Open(60, threads: 2);
        var refused = await Assert.ThrowsAsync<PolicyException>(() => new Lifecycle(database).ApplyAsync(Policy(60)));
        Assert.Equal("VRV137", refused.Code);
        Assert.Contains("would have 424 columns, and the engine takes 177", refused.Message, StringComparison.Ordinal);
        Assert.Contains("memory_limit", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await One(database, $"SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 'cpu_%'"));
    }

    [Fact]
    public async Task More_measures_than_fit_are_rolled_up_day_by_day_and_read_again_where_nobody_said_how_much_memory_there_is()
    {
        await using (var database = Open(120, threads: 2, memory: DuckDbOptions.DefaultMemoryLimit, rows: 2 * 24, every: 3600))
        {
            var lifecycle = new Lifecycle(database);
            await lifecycle.ApplyAsync(Policy(120, keep: "9d", finest: "1h"));
            for (var day = 2; day <= 3; day++)
            {
                await foreach (
                    var happened in lifecycle.RunAsync(
                        Selection.All,
                        new RunOptions { AsOf = Instant.FromUtc(2025, 1, day, 1, 0), Yes = true }
                    )
                )
                {
                    Assert.Null((happened as RunEvent.StepFailed)?.Error);
                    Assert.Null((happened as RunEvent.Failed)?.Error);
                }
            }

            Assert.Equal(48L, await One(database, $"SELECT count(*) FROM cpu_1h_states"));
            Assert.Equal(2L, await One(database, $"SELECT count(*) FROM cpu_1d_states"));
            Assert.All(await lifecycle.VerifyAsync(Selection.All), report => Assert.Empty(report.Mismatches));
        }

        // What is late is built again by a process that makes no tier.
        await using var again = DuckDbDatabase.Open(Named("wide.duckdb"), new() { Threads = 2 });
        await Do(again, $"INSERT INTO cpu SELECT * FROM cpu WHERE ts = TIMESTAMP '2025-01-02 23:00'");
        await foreach (
            var happened in new Lifecycle(again).RunAsync(
                Selection.All,
                new RunOptions { AsOf = Instant.FromUtc(2025, 1, 3, 2, 0), Yes = true }
            )
        )
            Assert.Null((happened as RunEvent.StepFailed)?.Error);
        Assert.Equal(49L, await One(again, $"SELECT CAST(sum(varve_rows) AS BIGINT) FROM cpu_1d_states"));
    }

    [Theory]
    [InlineData(60, 60, "avg, min, max")]
    [InlineData(90, 90, "avg")]
    [InlineData(300, 101, "avg")]
    public async Task A_proposal_for_many_columns_has_what_there_is_room_for(int columns, int measured, string functions)
    {
        await using var database = Open(columns, threads: 2, memory: DuckDbOptions.DefaultMemoryLimit, rows: 100);
        await using var limited = DuckDbDatabase.Open(Named("wide.duckdb"), new() { MemoryLimit = "577MB", Threads = 2 });
        var draft = await new Lifecycle(limited).ProposeAsync(new TableName(null, "cpu"), new());
        var policy = PolicyYaml.Parse(draft.Yaml, "cpu.yaml")[0].Policy!;
        Assert.Equal(measured, policy.Measures!.Count);
        Assert.All(policy.Measures, m => Assert.Equal(functions, string.Join(", ", m.Functions).ToLowerInvariant()));
        Assert.Equal(measured < columns, draft.Yaml.Contains("There was no room for these", StringComparison.Ordinal));
    }

    /// <summary>Hundreds of states are compared some at a time: what differs in several of the groups is counted once.</summary>
    [Fact]
    public async Task What_differs_in_several_measures_of_many_is_one_series()
    {
        await using var database = Open(130, threads: 2, type: "INTEGER", memory: DuckDbOptions.DefaultMemoryLimit, rows: 100);
        var lifecycle = new Lifecycle(database);
        await lifecycle.ApplyAsync(Policy(130, keep: "9d"));
        await foreach (var happened in lifecycle.RunAsync(Selection.All, new RunOptions { AsOf = s_asOf, Yes = true }))
            Assert.Null((happened as RunEvent.StepFailed)?.Error);
        Assert.All(await lifecycle.VerifyAsync(Selection.All), report => Assert.Empty(report.Mismatches));

        // Of the 20 minutes: three measures of two series in the third, the last measure of one series in the fifth, a row less in the
        // seventh.
        await Do(
            database,
            $"UPDATE cpu SET m0 = m0 + 5000, m60 = m60 + 5000, m129 = m129 + 5000 WHERE ts = TIMESTAMP '2025-01-01 00:02' AND host IN (1, 2)"
        );
        await Do(database, $"UPDATE cpu SET m129 = m129 + 5000 WHERE ts = TIMESTAMP '2025-01-01 00:04' AND host = 3");
        await Do(database, $"DELETE FROM cpu WHERE ts = TIMESTAMP '2025-01-01 00:06' AND host = 4");
        var found = (await lifecycle.VerifyAsync(Selection.All)).Single(r => r.Tier?.Text == "1m").Mismatches;
        Assert.Equal(
            [(2, 2, 2, 2, false), (4, 1, 1, 1, false), (6, 1, 0, 1, true)],
            found.Select(m =>
                ((int)(m.Bucket.From - Instant.FromUtc(2025, 1, 1, 0, 0)).TotalMinutes, (int)m.Series, (int)m.Found, (int)m.Stored, m.Fewer)
            )
        );
        Assert.Equal(
            ["m0_sum", "m129_sum", "m60_sum"],
            found[0]
                .Differences.Where(d => d.Series["host"] == "1" && d.State.EndsWith("_sum", StringComparison.Ordinal))
                .Select(d => d.State)
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(1, found[2].Differences.Count(d => d.State == "varve_rows"));
    }

    /// <summary>A row for each of five series and every minute of a day at most.</summary>
    private Database Open(int measures, int threads, string type = "DOUBLE", string memory = Memory, int rows = 7200, int every = 60)
    {
        var columns = string.Join(
            ", ",
            Enumerable
                .Range(0, measures)
                .Select(i => string.Create(CultureInfo.InvariantCulture, $"CAST(hash(i + {i}) % 1009 AS {type}) AS m{i}"))
        );
        using (var connection = new DuckDBConnection($"Data Source={Named("wide.duckdb")}"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText =
                $"CREATE TABLE cpu AS SELECT TIMESTAMP '2025-01-01' + to_seconds((i // {(every == 60 ? 5 : 1)}) * {every}) AS ts, {(every == 60 ? "i % 5" : "1")} AS host, {columns} FROM range({rows}) r(i)";
            command.ExecuteNonQuery();
        }

        return DuckDbDatabase.Open(Named("wide.duckdb"), new() { MemoryLimit = memory, Threads = threads });
    }

    private static IReadOnlyList<PolicyDocument> Policy(int measures, string keep = "1d", string finest = "1m") =>
        PolicyYaml.Parse(
            $"table: cpu\ntime: ts\nseries: [host]\nmeasures:\n{string.Concat(Enumerable.Range(0, measures).Select(i => string.Create(CultureInfo.InvariantCulture, $"  m{i}: [avg, min, max]\n")))}keep: {keep}\ntiers: [{{ every: {finest} }}, {{ every: 1d }}]\n",
            "cpu.yaml"
        );
}
