using System.Text.Json;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>An answer of the stand-in.</summary>
/// <param name="Http">The status.</param>
/// <param name="Body">The body.</param>
internal sealed record Reply(int Http, string Body)
{
    /// <summary>DDL, or a statement that wrote as many rows.</summary>
    internal static Reply Done(long rows = 1) =>
        new(200, FormattableString.Invariant($$"""{"cols":[],"col_types":[],"rows":[[]],"rowcount":{{rows}},"duration":0.5}"""));

    /// <summary>Rows, each column with its type's number.</summary>
    internal static Reply Rows(IReadOnlyList<(string Name, object Type)> columns, params IReadOnlyList<IReadOnlyList<object?>> rows) =>
        new(
            200,
            JsonSerializer.Serialize(
                new
                {
                    cols = columns.Select(c => c.Name),
                    col_types = columns.Select(c => c.Type),
                    rows,
                    rowcount = rows.Count,
                    duration = 0.5,
                }
            )
        );

    /// <summary>An error of CrateDB.</summary>
    internal static Reply Error(int http, int code, string message) =>
        new(http, JsonSerializer.Serialize(new { error = new { message, code } }));

    /// <summary>5002: a shard that has no live copy.</summary>
    internal static Reply Unavailable { get; } = Error(500, 5002, "UnavailableShardsException[[varve_t.dst] shard 2 is not available]");

    /// <summary>4035: a sealed partition.</summary>
    internal static Reply Sealed { get; } =
        Error(403, 4035, "ClusterBlockException[blocked by: [RELATION_READ_AND_DDL_ONLY/8/index write (api)];]");

    /// <summary>40012: a snapshot is being taken of what should go.</summary>
    internal static Reply InSnapshot { get; } =
        Error(
            400,
            40012,
            "SnapshotInProgressException[Cannot delete indices that are being snapshotted: "
                + "[[varve_t..partitioned.m.04732dhp74sj4c1g60o30c1g/oVSw1__fTPWKWKk6rFfThg]]. Try again after snapshot finishes or cancel the "
                + "currently running snapshot.]"
        );

    /// <summary>4290.</summary>
    internal static Reply TooMany { get; } = Error(429, 4290, "EsRejectedExecutionException[rejected execution of task]");

    /// <summary>5031: the cluster has no master.</summary>
    internal static Reply NoMaster { get; } = Error(503, 5031, "MasterNotDiscoveredException[null]");
}
