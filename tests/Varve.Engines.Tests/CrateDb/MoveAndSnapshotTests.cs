using Varve.CrateDb.Relocation;
using Varve.CrateDb.Snapshots;
using Varve.CrateDb.Statements;
using Varve.Engines;
using Varve.Policies;

namespace Varve.Engines.Tests.CrateDb;

public sealed class MoveAndSnapshotTests : CrateDbSuite
{
    private static readonly TableName s_table = new("varve_t", "m");
    private static readonly (string, object)[] s_copies =
    [
        ("id", 9),
        ("primary", 3),
        ("node", 4),
        ("relocating_node", 4),
        ("routing_state", 4),
        ("size", 10),
        ("percent", 7),
        ("attributes", 12),
    ];
    private static readonly (string, object)[] s_state =
    [
        ("state", 4),
        ("failures", new object[] { 100, 4 }),
        ("reason", 4),
        ("total_shards", 9),
        ("table_partitions", new object[] { 100, 12 }),
        ("tables", new object[] { 100, 4 }),
    ];

    [Fact]
    public async Task A_move_is_done_when_every_copy_is_there_and_moves_no_more()
    {
        var hot = new { storage = "hot" };
        var warm = new { storage = "warm" };
        IReadOnlyList<IReadOnlyList<object?>>[] polls =
        [
            [
                [0, true, "n2", "sdmIwk6sSLOS_JOJSwSARg", "RELOCATING", 45, 10.0, hot],
                [1, true, "n1", "sdmIwk6sSLOS_JOJSwSARg", "RELOCATING", 62, 0.0, hot],
            ],
            [
                [0, true, "n3", null, "STARTED", 45, 100.0, warm],
                [1, true, "n1", "sdmIwk6sSLOS_JOJSwSARg", "RELOCATING", 62, 50.0, hot],
            ],
            [
                [0, true, "n3", null, "STARTED", 45, 100.0, warm],
                [1, true, "n3", null, "STARTED", 62, 100.0, warm],
            ],
        ];
        var poll = 0;
        Cluster.Answers = _ => Reply.Rows(s_copies, polls[poll++]);
        var session = Session();
        List<(long, long, bool)> seen = [];
        foreach (var _ in polls)
        {
            var progress = await CopyReader.ProgressAsync(session, s_table, "04732dhp74sj4c1g60o30c1g", "storage", "warm", Token);
            seen.Add((progress.Done, progress.Of, progress.IsDone));
        }

        Assert.Equal([(0, 107, false), (45, 107, false), (107, 107, true)], seen);
    }

    [Fact]
    public async Task Shards_that_never_move_are_explained_by_the_server()
    {
        const string stays = "cannot move shard to another node, even though it is not allowed to remain on its current node";
        Cluster.Answers = call =>
            call.Says("sys.allocations")
                ? Reply.Rows(
                    [("shard_id", 9), ("node_id", 4), ("current_state", 4), ("explanation", 4)],
                    [0, "rBeg0I4DRKWz-9h8adviMA", "STARTED", stays],
                    [1, "x", "STARTED", stays],
                    [2, "y", "STARTED", null]
                )
            : call.Says("ALTER") ? Recorded.Of("relocation", "move to an attribute value that no node has").Reply
            : Reply.Rows(
                s_copies,
                [0, true, "n2", null, "STARTED", 45, 100.0, new { storage = "hot" }],
                [0, false, null, null, "UNASSIGNED", null, null, null]
            );
        var session = Session();
        Assert.Null((await session.ExecuteAsync(PlaceShapes.MoveNew(s_table, "storage", "cold"), Token)).RowCount);
        var progress = await CopyReader.ProgressAsync(session, s_table, "0", "storage", "cold", Token);
        Assert.Equal((0L, 45L, 2), (progress.Done, progress.Of, progress.Left.Count));
        Assert.Equal([stays], await CopyReader.ReasonsAsync(session, s_table, "0", Token));
        Assert.Contains(stays, Recorded.Of("relocation", "why").Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_partition_of_which_nothing_is_there_is_not_done_moving()
    {
        Cluster.Answers = _ => Reply.Rows(s_copies);
        Assert.Equal(
            EngineCodes.Unknown,
            (
                await Assert.ThrowsAsync<EngineException>(() => CopyReader.ProgressAsync(Session(), s_table, "0", "storage", "warm", Token))
            ).Code
        );
    }

    [Fact]
    public async Task A_snapshot_that_is_not_whole_is_objected_to_though_its_statement_answered_200()
    {
        object[] partitions =
        [
            new
            {
                table_schema = "varve_t",
                table_name = "m",
                values = new[] { "1700784000000" },
            },
        ];
        IReadOnlyList<IReadOnlyList<string?>> wanted =
        [
            ["1700784000000"],
        ];
        Assert.Null((await ReadAsync("SUCCESS", [], partitions))!.Objection(s_table, wanted));
        Assert.Contains(
            "still being taken",
            (await ReadAsync("IN_PROGRESS", [], partitions))!.Objection(s_table, wanted),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "PARTIAL, 2 shards failed",
            (await ReadAsync("PARTIAL", ["SnapshotShardFailure{a}", "SnapshotShardFailure{b}"], partitions))!.Objection(s_table, wanted),
            StringComparison.Ordinal
        );
        Assert.Contains("FAILED", (await ReadAsync("FAILED", [], partitions))!.Objection(s_table, wanted), StringComparison.Ordinal);
        Assert.Contains(
            "1 of its shards failed",
            (await ReadAsync("SUCCESS", ["x"], partitions))!.Objection(s_table, wanted),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "1 of 2 partitions are not in it",
            (await ReadAsync("SUCCESS", [], partitions))!.Objection(
                s_table,
                [
                    ["1700784000000"],
                    ["1700697600000"],
                ]
            ),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "1 of 1",
            (await ReadAsync("SUCCESS", [], partitions))!.Objection(new("varve_t", "n"), wanted),
            StringComparison.Ordinal
        );
        Assert.Null(await ReadAsync(null, [], []));
        Assert.Contains("\"PARTIAL\"", Recorded.Of("PARTIAL snapshot", "snapshot state").Body, StringComparison.Ordinal);
    }

    private Task<SnapshotState?> ReadAsync(string? state, string[] failures, object[] partitions)
    {
        Cluster.Answers = _ =>
            state is null ? Reply.Rows(s_state) : Reply.Rows(s_state, [state, failures, null, 6, partitions, new[] { "varve_t.m" }]);
        return SnapshotReader.ReadAsync(Session(), "varve_r", "varve-m-1", Token);
    }

    // The catalog reads what is being taken and what the repository has one after the other.
    [Fact]
    public async Task A_snapshot_that_ends_while_the_catalog_is_read_has_ended()
    {
        object?[] running = ["IN_PROGRESS", Array.Empty<string>(), null, 2, Array.Empty<object>(), new[] { "varve_t.m" }];
        object?[] ended =
        [
            "SUCCESS",
            Array.Empty<string>(),
            null,
            2,
            new[]
            {
                new
                {
                    table_schema = "varve_t",
                    table_name = "m",
                    values = new[] { "1" },
                },
            },
            new[] { "varve_t.m" },
        ];
        foreach (var rows in new IReadOnlyList<object?>[][] { [running, ended], [ended, running] })
        {
            Cluster.Answers = _ => Reply.Rows(s_state, rows);
            var state = (await SnapshotReader.ReadAsync(Session(), "r", "s", Token))!;
            Assert.Null(
                state.Objection(
                    s_table,
                    [
                        ["1"],
                    ]
                )
            );
        }
    }
}
