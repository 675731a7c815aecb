using Varve.Catalog;
using Varve.CrateDb;
using Varve.Engines.Tests.CrateDb.Executing;
using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>What is known of a row or of a partition without asking again is forgotten where it may have changed since.</summary>
public sealed class KnownStateTests : DaysSuite
{
    [Fact]
    public async Task A_ledger_whose_answer_was_lost_is_read_again_under_its_lease()
    {
        var crate = await CrateAsync();
        await using var database = await Db.OpenAsync();
        CatalogTables tables = new("varve");
        await new CatalogSchema(tables, database.Engine).EnsureAsync(CancellationToken.None);
        var dialect = database.Engine.Dialect;
        LedgerTable ledgers = new(tables, dialect, new(tables, dialect), new(tables), new(tables));
        var first = await WriteAsync(s => ledgers.SaveAsync(s, "p", Ledger.Empty(""), default));
        RelationLedger next = new() { Covered = RangeSet.Of(new TimeRange(At("2025-01-01"), At("2025-01-02"))) };
        crate.Http.Fails = call => call.Says("UPDATE \"varve\".\"ledgers\"") ? Fault.LostAfter : Fault.None;
        await Assert.ThrowsAsync<EngineException>(() =>
            WriteAsync(s => ledgers.SaveAsync(s, "p", first.With(RelationId.Source, next), default))
        );
        crate.Http.Fails = _ => Fault.None;

        // It was written, and whoever goes on goes on from there.
        var stored = await WriteAsync(s => ledgers.LoadAsync(s, "p", default, isHeld: true));
        Assert.Equal((first.Version + 1, next.Covered), (stored.Version, stored.Of(RelationId.Source).Covered));
        await WriteAsync(s => ledgers.SaveAsync(s, "p", stored, default));

        Task<T> WriteAsync<T>(Func<IStatements, Task<T>> work) =>
            database.Engine.TransactAsync((s, _) => work(s), Scope.Writing, CancellationToken.None);
    }

    [Theory]
    [InlineData("asked")]
    [InlineData("done")]
    [InlineData("held")]
    public async Task How_partitions_stood_is_looked_at_again_where_something_came_between(string what)
    {
        await DaysAsync();
        await using var database = await Db.OpenAsync();
        var partitioning = database.Engine.Capabilities.Partitioning!;
        TableName table = new("m", "cpu");
        TimeColumn time = new("ts", new ColumnType.TimestampTz(), TimeUnit.Milliseconds);
        var ranges = RangeSet.Of(new TimeRange(At("2025-03-20"), At("2025-03-21")));
        var before = (await IdentsAsync()).Count;
        var error = await Assert.ThrowsAsync<EngineException>(() =>
            database.Engine.TransactAsync<long>(
                async (s, token) =>
                {
                    // As a run does: how they stand is looked at then, and not which there are.
                    await s.DescribeAsync(table, token);

                    // Nobody wrote to it since an earlier run, so that it is not closed before it goes.
                    List<TablePart> parts =
                    [
                        .. (await partitioning.HoldAsync(s, table, time, ranges, token)).Select(p => p with { IsQuiet = true }),
                    ];
                    Assert.Single(parts);
                    await s.QueryAsync($"SELECT count(*) FROM {table}", token);
                    await s.BarrierAsync(Engines.Before.Remove, token);
                    await WriteAsync();
                    if (what == "asked")
                        await s.QueryAsync($"SELECT policy FROM {new TableName("varve", "ledgers")}", token);
                    else if (what == "done")
                        await s.ExecuteAsync($"DELETE FROM {new TableName("varve", "holds")} WHERE policy = {"none"}", token);
                    else
                        await partitioning.HoldAsync(s, table, time, ranges, token);
                    return await partitioning.DropAsync(s, parts, token);
                },
                Scope.Writing,
                CancellationToken.None
            )
        );
        Assert.Equal(EngineCodes.Conflict, error.Code);
        Assert.Equal(before, (await IdentsAsync()).Count);

        async Task WriteAsync() =>
            await (await CrateAsync()).DoAsync(
                $"INSERT INTO m.cpu (ts, host, v) VALUES ({At("2025-03-20T05:00Z").ToUnixTimeMilliseconds()}, 'b', 7.5)"
            );
    }
}
