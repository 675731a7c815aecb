using Npgsql;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>Who writes to a partition while it is proven has the table that it is to leave: one of the two has to give way.</summary>
public sealed class GivingWayTests() : ConformanceSuite(PostgreSqlScratch.New)
{
    private readonly TableName _table = new("m", "cpu");

    [Fact]
    public async Task A_writer_that_came_while_a_partition_was_proven_is_let_through_and_the_step_begins_again()
    {
        await Db.ExecuteAsync(
            """
            CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION) PARTITION BY RANGE (ts);
            CREATE TABLE m.cpu_1 PARTITION OF m.cpu FOR VALUES FROM ('2025-01-01') TO ('2025-02-01')
            """
        );
        await using var database = await Db.OpenAsync();
        var partitions = database.Engine.Capabilities.Partitioning!;
        await using var other = await ((PostgreSqlScratch)Db).ConnectAsync();
        await using var insert = new NpgsqlCommand("INSERT INTO m.cpu VALUES ('2025-01-05', 'late', 1)", other);
        Task<int>? writing = null;

        var error = await Assert.ThrowsAsync<EngineException>(() =>
            DropAsync(async () =>
            {
                writing = insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
                while (
                    !(bool)
                        (await Db.QueryAsync($"SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND pid = {other.ProcessID})"))[0][
                            0
                        ]!
                )
                    await Task.Delay(5, TestContext.Current.CancellationToken);
            })
        );

        Assert.Equal((EngineCodes.Locked, true), (error.Code, error.IsTransient));
        Assert.Contains($"session {other.ProcessID} came to write to m.cpu_1", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, await writing!);
        Assert.Equal(1, await DropAsync(() => Task.CompletedTask));
        Assert.Equal(0L, (await Db.QueryAsync("SELECT count(*) FROM m.cpu"))[0][0]);

        Task<long> DropAsync(Func<Task> meanwhile) =>
            database.Engine.TransactAsync(
                async (s, token) =>
                {
                    var time = new TimeColumn("ts", new ColumnType.Timestamp(TimeUnit.Microseconds), TimeUnit.Microseconds);
                    var month = RangeSet.Of(new TimeRange(At("2025-01-01"), At("2025-02-01")));
                    var parts = await partitions.HoldAsync(s, _table, time, month, token);
                    await meanwhile();
                    return await partitions.DropAsync(s, parts, token);
                },
                Scope.Writing,
                TestContext.Current.CancellationToken
            );
    }
}
