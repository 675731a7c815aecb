using System.Globalization;
using NodaTime;
using Varve.Catalog;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Importing;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>
/// cratedb-toolkit's own scenarios, lived through with the policies that its rows become: each with the toolkit's result, and
/// with Varve's where that is another one.
/// </summary>
public sealed class ToolkitLifeTests() : ConformanceSuite(CrateDbScratch.New)
{
    private const string Raw =
        """{ "strategy": "delete", "table_schema": "m", "table_name": "raw_metrics", "partition_column": "ts_day", "retention_period": 1, "tags": null }""";
    private const string Sensors =
        """{ "strategy": "delete", "table_schema": "m", "table_name": "sensor_readings", "partition_column": "time_month", "retention_period": 1, "tags": { "foo": "true", "bar": "true" } }""";
    private const string Moved =
        """{ "strategy": "reallocate", "table_schema": "m", "table_name": "raw_metrics", "partition_column": "ts_day", "retention_period": 1, "reallocation_attribute_name": "storage", "reallocation_attribute_value": "warm" }""";
    private const string Kept =
        """{ "strategy": "snapshot", "table_schema": "m", "table_name": "sensor_readings", "partition_column": "time_month", "retention_period": 365, "target_repository_name": "cold" }""";

    [Theory]
    [InlineData("2024-12-31", 0)]
    [InlineData("2023-06-18", 2)]
    public async Task Days_that_are_old_enough_are_removed_as_by_the_toolkit(string cutoff, int left)
    {
        await MakeAsync();
        await ApplyAsync(Raw);
        await RunAsync(cutoff);
        Assert.Equal(left, await CountAsync("raw_metrics"));
    }

    [Fact]
    public async Task A_dry_run_removes_nothing_and_says_what_would_go()
    {
        await MakeAsync();
        await ApplyAsync(Raw);
        var plan = Assert.Single(await WithAsync("2024-12-31", l => l.PlanAsync(Selection.All, At("2024-12-31"))));
        Assert.Equal(6, plan.Steps.OfType<PlanStep.Expire>().Sum(s => s.Rows));
        Assert.Equal(6, await CountAsync("raw_metrics"));
    }

    [Fact]
    public async Task Tags_choose_policies_that_have_all_of_them()
    {
        await MakeAsync();
        await ApplyAsync(Raw, Sensors);
        var unknown = await Assert.ThrowsAsync<PolicyException>(() => RunAsync("2024-12-31", new([], ["foo", "unknown"])));
        Assert.Contains("No policy has the tag unknown", unknown.Message, StringComparison.Ordinal);
        Assert.Equal(9, await CountAsync("sensor_readings"));
        await RunAsync("2024-12-31", new([], ["foo", "bar"]));
        Assert.Equal((6L, 0L), (await CountAsync("raw_metrics"), await CountAsync("sensor_readings")));
    }

    [Fact]
    public async Task The_same_rows_twice_change_nothing()
    {
        await MakeAsync();
        await ApplyAsync(Raw);
        Assert.All(await ApplyAsync(Raw), r => Assert.Equal(ApplyOutcome.Unchanged, r.Outcome));
    }

    [Fact]
    public async Task Days_are_moved_and_none_is_removed()
    {
        await MakeAsync();
        await ApplyAsync(Moved);
        await RunAsync("2024-12-31");
        Assert.Equal(6, await CountAsync("raw_metrics"));
        var places = await Db.QueryAsync(
            """
            SELECT n.attributes['storage'] FROM sys.shards s LEFT JOIN sys.nodes n ON n.id = s.node['id'] WHERE s.schema_name = 'm' AND s.table_name = 'raw_metrics' AND s.primary
            """
        );
        Assert.Equal(["warm"], places.Select(p => p[0]).Distinct());
    }

    /// <summary>
    /// The toolkit removes the whole of May, with rows that are 352 days old, and leaves four rows; Varve removes none of it.
    /// </summary>
    [Theory]
    [InlineData(ToolkitCompare.Start, 4)]
    [InlineData(ToolkitCompare.End, 9)]
    public async Task A_month_goes_into_a_snapshot_by_its_end_and_by_its_start_only_where_one_says_so(ToolkitCompare compare, int left)
    {
        await MakeAsync();
        await RepositoryAsync();
        await ApplyAsync(compare, Kept);
        await RunAsync("2024-05-15");
        Assert.Equal(left, await CountAsync("sensor_readings"));
        var parts = (await WithAsync("2024-05-15", l => l.VerifyArchivesAsync([]))).Parts;
        Assert.Equal(left == 9 ? 0 : 1, parts.Count);
        Assert.All(parts, p => Assert.Null(p.Problem));
    }

    [Fact]
    public async Task Of_fifteen_days_seven_go_and_eight_are_left()
    {
        await MakeAsync();
        foreach (var day in Enumerable.Range(0, 6))
            await Db.ExecuteAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"DELETE FROM m.raw_metrics WHERE ts_day = {(At("2023-06-01") + Duration.FromDays(day * 5)).ToUnixTimeMilliseconds()}"
                )
            );
        await FillAsync("raw_metrics", "2023-06-01", 2, 15);
        await ApplyAsync(Raw);
        await RunAsync("2023-06-15");
        Assert.Equal(8, await CountAsync("raw_metrics"));
    }

    private async Task MakeAsync()
    {
        await Db.ExecuteAsync(
            """
            CREATE TABLE m.raw_metrics (variable TEXT, "timestamp" TIMESTAMP WITH TIME ZONE, value DOUBLE PRECISION,
              ts_day TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc('day', "timestamp")) CLUSTERED INTO 1 SHARDS PARTITIONED BY (ts_day) WITH (number_of_replicas = 0)
            """
        );
        await Db.ExecuteAsync(
            """
            CREATE TABLE m.sensor_readings ("timestamp" TIMESTAMP WITH TIME ZONE, variable TEXT, value DOUBLE PRECISION,
              time_month TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc('month', "timestamp")) CLUSTERED INTO 1 SHARDS PARTITIONED BY (time_month) WITH (number_of_replicas = 0)
            """
        );
        await FillAsync("raw_metrics", "2023-06-01", 5, 6);
        await FillAsync("sensor_readings", "2023-05-01", 7, 9);
    }

    private async Task FillAsync(string table, string from, int step, int rows)
    {
        var values = Enumerable
            .Range(0, rows)
            .Select(i =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"({(At(from) + Duration.FromDays(i * step)).ToUnixTimeMilliseconds()}, 'first', {i})"
                )
            );
        await Db.ExecuteAsync($"INSERT INTO m.{table} (\"timestamp\", variable, value) VALUES {string.Join(", ", values)}");
    }

    private async Task RepositoryAsync()
    {
        var folder = Environment.GetEnvironmentVariable("VARVE_TEST_CRATEDB_REPOSITORY");
        Assert.SkipWhen(RealCrate.Named is not null && folder is null, "VARVE_TEST_CRATEDB_REPOSITORY names no folder below path.repo.");
        if (RealCrate.Named is not null && (await Db.QueryAsync("SELECT name FROM sys.repositories WHERE name = 'cold'")).Count > 0)
            await Db.ExecuteAsync("DROP REPOSITORY cold");
        await Db.ExecuteAsync($"CREATE REPOSITORY cold TYPE fs WITH (location = '{folder ?? "/backup/cold"}')");
    }

    private Task<IReadOnlyList<ApplyResult>> ApplyAsync(params string[] rows) => ApplyAsync(ToolkitCompare.End, rows);

    private Task<IReadOnlyList<ApplyResult>> ApplyAsync(ToolkitCompare compare, params string[] rows)
    {
        var result = ToolkitImport.Convert(ToolkitPolicy.Read($"[{string.Join(", ", rows)}]", "rows"), _ => "timestamp", compare);
        Assert.Empty(result.Left);
        return WithAsync("2023-01-01", l => l.ApplyAsync([.. result.Policies.SelectMany(p => PolicyYaml.Parse(p.Yaml, p.Name))]));
    }

    private async Task RunAsync(string cutoff, Selection? selection = null)
    {
        var outcome = await WithAsync(
            cutoff,
            l => RunOutcome.OfAsync(l, new RunOptions { Yes = true, AsOf = At(cutoff) }, selection ?? Selection.All)
        );
        Assert.Empty(outcome.Errors);
    }

    private async Task<T> WithAsync<T>(string now, Func<Lifecycle, Task<T>> work)
    {
        await using var database = await Db.OpenAsync();
        return await work(new Lifecycle(database, new LifecycleOptions { TimeProvider = new SettableTime(At(now)) }));
    }

    private async Task<long> CountAsync(string table) => Number(await Db.QueryAsync($"SELECT count(*) FROM m.{table}"), 0);
}
