using NodaTime;
using Varve.Catalog;
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
);

internal sealed record AgainShape(string Policy, string What, long Count, IReadOnlyList<PartShape> Broken);

internal sealed record UnknownShape(string Location, string File);

internal sealed record PruningShape(
    bool Pruned,
    IReadOnlyList<PartShape> Parts,
    IReadOnlyList<PartShape> Held,
    IReadOnlyList<PartShape> Begun
);

internal sealed record RestoredShape(string Policy, string Table, int Parts, long Rows, IReadOnlyList<TimeRange> Ranges, int Unknown);
