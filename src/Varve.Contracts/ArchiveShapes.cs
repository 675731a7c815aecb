using NodaTime;
using Varve.Archiving;
using Varve.Catalog;
using Varve.Maintenance;
using Varve.Time;

namespace Varve.Contracts;

internal sealed record ArchiveListShape(IReadOnlyList<PartShape> Parts);

internal sealed record PartShape(
    string Policy,
    string Location,
    TimeRange Range,
    int Part,
    string File,
    long Rows,
    long Bytes,
    string Sha256,
    Instant WrittenAt,
    Instant? ProvenAt,
    string? Problem
)
{
    internal static PartShape Of(ArchivedPart p, string? problem = null) =>
        new(p.Policy, p.Location, p.Range, p.Part, p.File, p.Rows, p.Bytes, p.Sha256, p.WrittenAt, p.ProvenAt, problem);
}

internal sealed record ArchiveReportShape(
    bool Agrees,
    IReadOnlyList<PartShape> Parts,
    IReadOnlyList<UnknownShape> Unknown,
    IReadOnlyList<PartShape> BeingPruned
)
{
    internal static ArchiveReportShape Of(ArchiveReport report) =>
        new(
            report.Agrees,
            [.. report.Parts.Select(p => PartShape.Of(p.Part, p.Problem))],
            [.. report.Unknown.Select(u => new UnknownShape(u.Location, u.File))],
            [.. report.BeingPruned.Select(p => PartShape.Of(p))]
        );
}

internal sealed record AgainShape(string Policy, string What, long Count, IReadOnlyList<PartShape> Broken)
{
    internal static AgainShape Of(string policy, ArchiveAgain again) =>
        new(policy, "archived again", again.Parts.Count, [.. again.Left.Select(c => PartShape.Of(c.Part, c.Problem))]);
}

internal sealed record UnknownShape(string Location, string File);

internal sealed record PruningShape(
    bool Pruned,
    IReadOnlyList<PartShape> Parts,
    IReadOnlyList<PartShape> Held,
    IReadOnlyList<PartShape> Begun
)
{
    internal static PruningShape Of(ArchivePruning pruning, bool pruned) =>
        new(
            pruned,
            [.. pruning.Parts.Select(p => PartShape.Of(p))],
            [.. pruning.Held.Select(p => PartShape.Of(p))],
            [.. pruning.Begun.Select(p => PartShape.Of(p))]
        );
}

internal sealed record RestoredShape(string Policy, string Table, int Parts, long Rows, IReadOnlyList<TimeRange> Ranges, int Unknown)
{
    internal static RestoredShape Of(string policy, RestoreResult result) =>
        new(policy, result.Table.Text, result.Parts, result.Rows, [.. result.Ranges], result.Unknown);
}
