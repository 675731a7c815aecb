using NodaTime;
using Varve.CrateDb.Http;
using Varve.CrateDb.Snapshots;
using Varve.CrateDb.Statements;
using Varve.Engines;
using Varve.Sql;

namespace Varve.CrateDb.Diagnosis;

/// <summary>Asks a cluster for its facts, each question on its own: a right that is missing hides one of them, and no other.</summary>
internal static class ClusterReader
{
    public static async Task<ClusterFacts> ReadAsync(SqlSession session, TimeProvider clock, CancellationToken cancellationToken)
    {
        var before = Instant.FromDateTimeOffset(clock.GetUtcNow());
        var identity = (await session.QueryAsync(DoctorShapes.Identity(), cancellationToken)).Rows[0];
        var after = Instant.FromDateTimeOffset(clock.GetUtcNow());
        var cluster = await SeenAsync(session, DoctorShapes.Cluster(), cancellationToken);
        var settings = cluster is [var one] ? one : null;
        var isSuperuser = await SeenAsync(session, DoctorShapes.Superuser(), cancellationToken) is [var user] ? user.Truth(0) : (bool?)null;
        return new()
        {
            Grants =
                isSuperuser == true
                    ? null
                    : (await SeenAsync(session, DoctorShapes.Grants(), cancellationToken))
                        ?.Select(r => new Grant(r.Text(0), r.TextOrNull(1), r.Text(2), r.TextOrNull(3) == "DENY"))
                        .ToList(),
            User = identity.Text(0),
            Schema = identity.Text(1),
            ClockOffset = (Instant)identity[2]! - (before + ((after - before) / 2)),
            IsSuperuser = isSuperuser,
            Name = settings?.TextOrNull(0),
            MostShards = settings?.LongOrNull(1),
            Watermarks = settings?[2] is IReadOnlyDictionary<string, object?> disk ? Marks(disk) : null,
            Nodes = await NodesAsync(session, cancellationToken),
            Unhealthy = [.. (await SeenAsync(session, DoctorShapes.Unhealthy(), cancellationToken) ?? []).Select(Table)],
            Repositories = (await SeenAsync(session, SnapshotShapes.Repositories(), cancellationToken))
                ?.Select(r => new Repository(r.Text(0), r.Text(1)) { IsReadOnly = RepositorySettings.IsReadOnly(r[2]) })
                .ToList(),
            FailedChecks = [.. (await SeenAsync(session, DoctorShapes.FailedChecks(), cancellationToken) ?? []).Select(r => r.Text(1))],
        };
    }

    /// <summary>The watermarks of the disks; null where they may not be seen.</summary>
    public static async Task<Watermarks?> WatermarksAsync(SqlSession session, CancellationToken cancellationToken) =>
        await SeenAsync(session, DoctorShapes.Cluster(), cancellationToken) is [var one]
        && one[2] is IReadOnlyDictionary<string, object?> disk
            ? Marks(disk)
            : null;

    private static async Task<IReadOnlyList<NodeFacts>?> NodesAsync(SqlSession session, CancellationToken cancellationToken)
    {
        if (await SeenAsync(session, DoctorShapes.Nodes(), cancellationToken) is not { Count: > 0 } nodes)
            return null;
        var shards = (await SeenAsync(session, DoctorShapes.ShardsOfNodes(), cancellationToken) ?? []).ToDictionary(
            r => r.Text(0),
            r => r.Long(1)
        );
        return
        [
            .. nodes.Select(n => new NodeFacts(
                n.TextOrNull(0) ?? "",
                n.TextOrNull(1) ?? "",
                n[2] is IReadOnlyDictionary<string, object?> attributes
                    ? attributes.ToDictionary(a => a.Key, a => a.Value as string ?? "")
                    : [],
                n.LongOrNull(3),
                n.LongOrNull(4),
                n.LongOrNull(5),
                shards.GetValueOrDefault(n.TextOrNull(0) ?? "")
            )),
        ];
    }

    /// <summary>The rows; null where the user has no right to them, which CrateDB says as if they were not there.</summary>
    private static async Task<IReadOnlyList<Row>?> SeenAsync(SqlSession session, SqlText query, CancellationToken cancellationToken)
    {
        try
        {
            return (await session.QueryAsync(query, cancellationToken)).Rows;
        }
        catch (EngineException hidden) when (hidden.Code is EngineCodes.Unknown or ServerCodes.NoRight)
        {
            return null;
        }
    }

    private static Watermarks? Marks(IReadOnlyDictionary<string, object?> disk) =>
        disk.GetValueOrDefault("watermark") is IReadOnlyDictionary<string, object?> marks
            ? new(Text(marks, "low"), Text(marks, "high"), Text(marks, "flood_stage"))
            : null;

    private static string Text(IReadOnlyDictionary<string, object?> values, string name) => values.GetValueOrDefault(name) as string ?? "";

    private static UnhealthyTable Table(Row row) => new(row.Text(0), row.Text(1), row.TextOrNull(2), row.Text(3), row.Long(4), row.Long(5));
}
