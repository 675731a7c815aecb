using NodaTime;
using Varve.CrateDb.Partitions;
using Varve.Engines;
using Varve.Policies;

namespace Varve.Engines.Tests.CrateDb;

public sealed class PieceReaderTests : CrateDbSuite
{
    private static readonly TableName s_table = new("varve_t", "m");

    [Fact]
    public async Task A_table_is_read_with_few_requests_however_many_partitions_it_has()
    {
        var catalog = new StandInTable("varve_t", "m");
        for (var day = 0; day < 1_000; day++)
            catalog.Add(day);
        Cluster.Answers = catalog.Answer;
        var session = Session();
        var table = (await PieceReader.ReadAsync(session, s_table, "ts", null, Token))!;
        Assert.Equal(1_000, table.Pieces.Count);
        Assert.Equal(table.Pieces.OrderBy(p => p.Range!.From), table.Pieces);
        Assert.All(table.Pieces, p => Assert.True(p.IsWhole && p.Rows == 10 && p.Bytes == 1_000 && p.Marks.Count == 2));
        Assert.True(Cluster.Requests <= 5, $"{Cluster.Requests} requests");
    }

    [Fact]
    public async Task The_recorded_catalogs_are_read()
    {
        Cluster.Answers = call =>
            call.Says("information_schema.columns") ? Columns("columns")
            : call.Says("information_schema.tables")
                ? Reply.Rows(
                    [("partitioned_by", new object[] { 100, 4 }), ("n", 9), ("closed", 3), ("r", 12), ("w", 3)],
                    [new[] { "day" }, 1, false, new { }, null]
                )
            : call.Says("table_partitions")
                ? Reply.Rows(
                    [("i", 4), ("v", 12), ("n", 9), ("c", 3), ("r", 12), ("w", 3), ("k", 4)],
                    ["0400", new { day = (long?)null }, 1, false, new { }, null, "0-1"],
                    ["04130", new { day = 0L }, 1, false, new { storage = "warm" }, true, "0-1"]
                )
            : call.Says("sys.shards")
                ? Reply.Rows(
                    [("i", 4), ("u", 4), ("id", 9), ("s", 10), ("n", 10), ("b", 10)],
                    ["04130", "yQOKhYlfR1y3U3uL1WHm5w", 0, 3348, 2, 7218]
                )
            : null;
        var table = (await PieceReader.ReadAsync(Session(), s_table, "ts", null, Token))!;
        Assert.Equal([new("day", "timestamp with time zone", "date_trunc('day', ts)")], table.Columns);
        var (epoch, none) = (table.Pieces[0], table.Pieces[1]);
        Assert.Equal(new(Instant.FromUnixTimeSeconds(0), Instant.FromUnixTimeSeconds(86_400)), epoch.Range);
        Assert.Equal([new("yQOKhYlfR1y3U3uL1WHm5w", 0, 3348)], epoch.Marks);
        Assert.Equal((2L, 7218L, "warm", true, true), (epoch.Rows, epoch.Bytes, epoch.Place["storage"], epoch.IsSealed, epoch.IsWhole));
        Assert.Equal(("0400", null, false), (none.Ident, none.Range, none.IsWhole));
        Assert.Contains("NULL", none.Reason, StringComparison.Ordinal);

        Reply Columns(string label)
        {
            var rows = Recorded.Of("partitions", label);
            using var json = System.Text.Json.JsonDocument.Parse(rows.Body);
            return Reply.Rows(
                [("n", 4), ("t", 4), ("e", 4)],
                [
                    .. json
                        .RootElement.GetProperty("rows")
                        .EnumerateArray()
                        .Select(r => (IReadOnlyList<object?>)[r[0].GetString(), r[1].GetString(), r[3].GetString()]),
                ]
            );
        }
    }

    [Fact]
    public async Task A_table_without_partitions_is_one_piece_without_a_range()
    {
        Cluster.Answers = call =>
            call.Says("information_schema.tables")
                ? Reply.Rows(
                    [("partitioned_by", new object[] { 100, 4 }), ("n", 9), ("closed", 3), ("r", 12), ("w", 3)],
                    [null, 4, false, null, null]
                )
            : call.Says("sys.shards")
                ? Reply.Rows(
                    [("i", 4), ("u", 4), ("id", 9), ("s", 10), ("n", 10), ("b", 10)],
                    [null, null, 0, 5, 2, 100],
                    ["", null, 1, -1, 0, 50]
                )
            : null;
        var table = (await PieceReader.ReadAsync(Session(), s_table, "ts", null, Token))!;
        var piece = Assert.Single(table.Pieces);
        Assert.Empty(table.Columns);
        Assert.Equal(("", 4L, 2L, false, 150L), (piece.Ident, piece.Shards, piece.Started, piece.IsWhole, piece.Bytes));
    }

    [Fact]
    public async Task What_is_not_there_or_hidden_is_no_table()
    {
        Cluster.Answers = _ => Reply.Rows([("partitioned_by", new object[] { 100, 4 }), ("n", 9), ("closed", 3), ("r", 12), ("w", 3)]);
        Assert.Null(await PieceReader.ReadAsync(Session(), s_table, "ts", null, Token));
    }

    [Fact]
    public async Task A_lost_primary_is_seen_though_every_answer_is_200()
    {
        var catalog = new StandInTable("varve_t", "m");
        catalog.Add(0);
        catalog.Add(1);
        Cluster.Answers = catalog.Answer;
        var session = Session();
        await ShardGuard.RequireAsync(session, s_table, null, Token);
        catalog.Lose(1);
        var table = (await PieceReader.ReadAsync(session, s_table, "ts", null, Token))!;
        Assert.Equal([true, false], table.Pieces.Select(p => p.IsWhole));
        var error = await Assert.ThrowsAsync<EngineException>(() => ShardGuard.RequireAsync(session, s_table, null, Token));
        Assert.Equal((ServerCodes.NotReady, true), (error.Code, error.IsTransient));
        Assert.Contains("has 1 of 2 primary shards", error.Message, StringComparison.Ordinal);
        await ShardGuard.RequireAsync(session, s_table, new HashSet<string> { "0" }, Token);
        catalog.Close(0);
        var closed = await Assert.ThrowsAsync<EngineException>(() =>
            ShardGuard.RequireAsync(session, s_table, new HashSet<string> { "0" }, Token)
        );
        Assert.Equal((ServerCodes.Blocked, false), (closed.Code, closed.IsTransient));
    }

    [Fact]
    public async Task A_shard_that_does_not_tell_its_changes_is_none_that_can_be_read()
    {
        var catalog = new StandInTable("varve_t", "m");
        catalog.Add(0);
        catalog.Add(1);
        catalog.Silence(1);
        Cluster.Answers = catalog.Answer;
        var table = (await PieceReader.ReadAsync(Session(), s_table, "ts", null, Token))!;
        Assert.Equal([(true, 2), (false, 0)], table.Pieces.Select(p => (p.IsWhole, p.Marks.Count)));

        // Two looks at it would be the same, whatever was written in between.
        Cluster.Answers = _ =>
            Reply.Rows(
                [("s", 4), ("t", 4), ("i", 4), ("n", 9), ("c", 3), ("b", 3), ("u", 4), ("id", 9), ("q", 10), ("d", 10)],
                ["varve_t", "m", "0", 1, false, false, "uuid", 0, null, 5L]
            );
        var error = await Assert.ThrowsAsync<EngineException>(() => StateLook.ReadWholeAsync(Session(), [s_table], Token));
        Assert.Equal((ServerCodes.NotReady, true), (error.Code, error.IsTransient));
        Assert.Contains("has 0 of 1 primary shards", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_without_partitions_is_guarded_as_a_whole()
    {
        Cluster.Answers = _ => Reply.Rows([("i", 4), ("n", 9), ("s", 10), ("c", 3)], ["", 4, 3, false]);
        var error = await Assert.ThrowsAsync<EngineException>(() => ShardGuard.RequireAsync(Session(), s_table, null, Token));
        Assert.Contains("the table has 3 of 4 primary shards", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_partition_that_was_written_to_has_another_mark_and_so_has_one_that_was_made_again()
    {
        var catalog = new StandInTable("varve_t", "m");
        for (var day = 0; day < 3; day++)
            catalog.Add(day);
        Cluster.Answers = catalog.Answer;
        var session = Session();
        var before = (await PieceReader.ReadAsync(session, s_table, "ts", null, Token))!.Pieces;
        catalog.Write(1);
        catalog.Remove(2);
        catalog.Add(2);
        var after = (await PieceReader.ReadAsync(session, s_table, "ts", null, Token))!.Pieces;
        Assert.Equal([true, false, false], before.Zip(after, (b, a) => b.Marks.SequenceEqual(a.Marks)));
    }

    [Fact]
    public async Task Two_hundred_partitions_go_with_one_statement_and_the_catalog_is_asked_whether_they_did()
    {
        var catalog = new StandInTable("varve_t", "m");
        for (var day = 0; day < 250; day++)
            catalog.Add(day);
        Cluster.Answers = catalog.Answer;
        Cluster.Fails = call => call.Says("DELETE") ? Fault.LostAfter : Fault.None;
        var session = Session();
        var pieces = (await PieceReader.ReadAsync(session, s_table, "ts", null, Token))!.Pieces;
        var drop = Varve.CrateDb.Statements.PartitionShapes.Drop(s_table, [.. pieces.Take(200).Select(p => p.Values)]);
        Assert.Equal(ServerCodes.AnswerLost, (await Assert.ThrowsAsync<EngineException>(() => session.ExecuteAsync(drop, Token))).Code);
        Assert.Equal(50, (await PieceReader.ReadAsync(session, s_table, "ts", null, Token))!.Pieces.Count);
        Cluster.Fails = call => call.Says("DELETE") ? Fault.LostBefore : Fault.None;
        var rest = Varve.CrateDb.Statements.PartitionShapes.Drop(s_table, [.. pieces.Skip(200).Select(p => p.Values)]);
        await Assert.ThrowsAsync<EngineException>(() => session.ExecuteAsync(rest, Token));
        Assert.Equal(50, (await PieceReader.ReadAsync(session, s_table, "ts", null, Token))!.Pieces.Count);
        Cluster.Fails = _ => Fault.None;
        Cluster.Answers = call => call.Says("DELETE") ? Reply.InSnapshot : catalog.Answer(call);
        Assert.Equal(ServerCodes.InSnapshot, (await Assert.ThrowsAsync<EngineException>(() => session.ExecuteAsync(rest, Token))).Code);
        Cluster.Answers = catalog.Answer;
        Assert.Null((await session.ExecuteAsync(rest, Token)).RowCount);
        Assert.Empty((await PieceReader.ReadAsync(session, s_table, "ts", null, Token))!.Pieces);
    }
}
