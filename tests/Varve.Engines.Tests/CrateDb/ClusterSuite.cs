using NodaTime;
using Varve.CrateDb.Diagnosis;
using Varve.CrateDb.Http;
using Varve.CrateDb.Partitions;
using Varve.CrateDb.Statements;
using Varve.Engines;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>The client, the partitions and the statements on a cluster that executes them.</summary>
public abstract class ClusterSuite : IAsyncDisposable
{
    private static readonly string s_schema = $"varve_test_{Guid.CreateVersion7():N}";
    private static readonly TableName s_table = new(s_schema, "m");

    private SqlSession? _session;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_session is null)
            return;
        foreach (var table in new[] { "m", "leases", "m_1m" })
            await _session.ExecuteAsync($"DROP TABLE IF EXISTS {new TableName(s_schema, table)}", Token);
        await _session.DisposeAsync();
    }

    /// <summary>The cluster as Varve is told of it; a test is skipped where there is none.</summary>
    protected abstract Task<string> UrlAsync();

    [Fact]
    public async Task Values_come_back_as_they_went()
    {
        var session = await SessionAsync();
        var row = (
            await session.QueryAsync(
                $"SELECT 9223372036854775807 AS a, {double.NaN} AS b, {double.NegativeInfinity} AS c, {1.50m} AS d, {"ä'\n"} AS e, "
                    + $"{Instant.FromUnixTimeMilliseconds(-1)} AS f, [1, NULL] AS g, TRUE AS h, -1.5e-300 AS i",
                Token
            )
        ).Rows[0];
        Assert.Equal((long.MaxValue, double.NaN, double.NegativeInfinity), (row.Long(0), row[1], row[2]));
        Assert.Equal((1.50m, "ä'\n", Instant.FromUnixTimeMilliseconds(-1)), (row[3], row.Text(4), row[5]));
        Assert.Equal([1L, null], (object?[])row[6]!);
        Assert.True(row.Truth(7));
        Assert.Equal(-1.5e-300, row[8]);
    }

    [Fact]
    public async Task Settings_are_on_the_connection_and_errors_have_their_codes()
    {
        var session = await SessionAsync();
        Assert.Equal("true", (await session.QueryAsync($"SHOW insert_select_fail_fast", Token)).Rows[0].Text(0));
        Assert.Equal(
            EngineCodes.Unknown,
            (await Assert.ThrowsAsync<EngineException>(() => session.QueryAsync($"SELECT * FROM {s_table}", Token))).Code
        );
        Assert.Equal(EngineCodes.Statement, (await Assert.ThrowsAsync<EngineException>(() => session.QueryAsync($"SELEC 1", Token))).Code);
        Assert.Equal(1, session.Connections);
    }

    [Fact]
    public async Task A_million_rows_stream_through()
    {
        var (count, sum) = (0L, 0L);
        await foreach (
            var row in (await SessionAsync()).StreamAsync($"SELECT x, 'machine' AS name FROM generate_series(1, 1000000) AS t(x)", Token)
        )
            (count, sum) = (count + 1, sum + row.Long(0));
        Assert.Equal((1_000_000L, 500_000_500_000L), (count, sum));
    }

    [Fact]
    public async Task Partitions_have_their_ranges_and_go_by_name()
    {
        var session = await SessionAsync();
        await TableAsync(session);
        var table = (await PieceReader.ReadAsync(session, s_table, "ts", null, Token))!;
        Assert.Equal(["day", "region"], table.Columns.Select(c => c.Name));
        Assert.Equal(4, table.Pieces.Count);
        Assert.Equal(new(Instant.FromUnixTimeSeconds(0), Instant.FromUnixTimeSeconds(86_400)), table.Pieces[0].Range);
        Assert.Contains("NULL", table.Pieces[^1].Reason, StringComparison.Ordinal);
        Assert.All(table.Pieces, p => Assert.True(p.IsWhole));
        await ShardGuard.RequireAsync(session, s_table, null, Token);

        await session.ExecuteAsync($"INSERT INTO {s_table} (ts, region, v) VALUES (1, 'eu', 9.0)", Token);
        var after = (await PieceReader.ReadAsync(session, s_table, "ts", null, Token))!;
        Assert.Single(table.Pieces.Zip(after.Pieces), pair => !pair.First.Marks.SequenceEqual(pair.Second.Marks));

        Assert.Null(
            (await session.ExecuteAsync(PartitionShapes.Drop(s_table, [table.Pieces[0].Values, table.Pieces[^1].Values]), Token)).RowCount
        );
        Assert.Equal(2, (await PieceReader.ReadAsync(session, s_table, "ts", null, Token))!.Pieces.Count);
    }

    [Fact]
    public async Task Of_two_changes_of_one_version_one_wins()
    {
        var session = await SessionAsync();
        TableName leases = new(s_schema, "leases");
        await session.ExecuteAsync(
            $"CREATE TABLE {leases} (policy TEXT PRIMARY KEY, holder TEXT, expires TIMESTAMP WITH TIME ZONE) " + $"CLUSTERED INTO 1 SHARDS",
            Token
        );
        var first = (
            await session.ExecuteAsync(
                RowShapes.Insert(leases, [("policy", $"{"cpu"}"), ("holder", $"{"a"}"), ("expires", RowShapes.Later(60_000))]),
                Token
            )
        ).Rows[0];
        RowVersion seen = new(first.Long(0), first.Long(1));
        Assert.Equal(
            1,
            (await session.ExecuteAsync(RowShapes.Change(leases, [("policy", $"{"cpu"}")], seen, [("holder", $"{"b"}")]), Token)).RowCount
        );
        Assert.Equal(
            0,
            (await session.ExecuteAsync(RowShapes.Change(leases, [("policy", $"{"cpu"}")], seen, [("holder", $"{"c"}")]), Token)).RowCount
        );
        Assert.Equal("b", (await session.QueryAsync(RowShapes.Read(leases, ["holder"], [("policy", $"{"cpu"}")]), Token)).Rows[0].Text(0));
    }

    [Fact]
    public async Task The_cluster_says_what_it_is()
    {
        var facts = await ClusterReader.ReadAsync(await SessionAsync(), TimeProvider.System, Token);
        Assert.NotEmpty(facts.User);
        Assert.NotEmpty(facts.Nodes!);
        Assert.NotNull(facts.Watermarks);
    }

    private static async Task TableAsync(SqlSession session)
    {
        await session.ExecuteAsync(
            $"""
            CREATE TABLE {s_table} (ts TIMESTAMP WITH TIME ZONE, region TEXT, v DOUBLE PRECISION,
              day TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc('day', ts))
            CLUSTERED INTO 1 SHARDS PARTITIONED BY (day, region)
            """,
            Token
        );
        await session.ExecuteAsync(
            $"INSERT INTO {s_table} (ts, region, v) VALUES (0, 'eu', 1.0), (1, 'us', 2.0), (90000000, 'eu', 3.0), " + $"(NULL, 'eu', 4.0)",
            Token
        );
        await session.ExecuteAsync(CatalogShapes.Refresh(s_table), Token);
    }

    private async Task<SqlSession> SessionAsync() =>
        _session = SqlClient.Of(DatabaseUrl.Parse(await UrlAsync()), TextReader.Null).Session(new() { Tag = "tests" });
}
