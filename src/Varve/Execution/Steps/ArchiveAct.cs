using Varve.Archiving;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Execution;

/// <summary>What archive steps and the proof of archives need beside a step's own context.</summary>
/// <param name="Locations">The declared locations.</param>
/// <param name="Book">The parts that the catalog knows.</param>
/// <param name="HashedBy">What makes the hashes of rows.</param>
/// <param name="Run">The run.</param>
/// <param name="Now">The clock.</param>
internal sealed record ArchiveContext(ArchiveLocations Locations, ArchiveTable Book, string HashedBy, string Run, NodaTime.Instant Now)
{
    /// <summary>Where parts are written and read for an engine that does not do that itself; null for none.</summary>
    public PartBenches? Benches { get; init; }
}

/// <summary>Archiving rows, and the proof that an archive holds them.</summary>
internal static class ArchiveAct
{
    public static async Task<ActOutcome> ArchiveAsync(StepContext context, PlanStep.Archive step, CancellationToken cancellationToken)
    {
        if (Snapshots(context, step.Location) is { } snapshots)
        {
            var taken = await snapshots.TakeAsync(step.Range, cancellationToken);
            context.Draft.Archives.Add(step.Relation, step.Range);
            return taken;
        }

        context.Draft.Archives.Add(step.Relation, step.Range);
        if (context.Rehearsed is { } written)
        {
            await new RehearsedArchive(context, step.Location, written).WriteAsync(step.Range, cancellationToken);
            return ActOutcome.Nothing;
        }

        await using var place = await PlaceAsync(context, cancellationToken);
        var part = await new PartWriter(Scope(context, step.Location, place)).WriteAsync(step.Range, cancellationToken);
        return part is null
            ? ActOutcome.Nothing
            : new(
                part.Rows,
                part.Rows,
                0,
                FormattableString.Invariant($"{PlanText.Count(part.Rows, "row")} in {part.File}, {part.Bytes:N0} bytes")
            );
    }

    /// <summary>
    /// What of some ranges the archive holds; rows that it lacks are archived next, and what is broken waits for a person.
    /// </summary>
    /// <exception cref="StepSkippedException">Rows of the range were never archived.</exception>
    public static async Task<RangeSet> ProveAsync(
        StepContext context,
        RelationId relation,
        RangeSet ranges,
        List<string> notes,
        CancellationToken cancellationToken
    )
    {
        if (context.Draft.Archives.Of(relation) is not { } location)
            return ranges;
        if (Snapshots(context, location) is { } snapshots)
            return await snapshots.ProveAsync(ranges, notes, cancellationToken);
        var sets = context.Draft.Of(relation);
        await NeverArchivedAsync(context, location, ranges.Except(sets.Archived), cancellationToken);
        if (context.Rehearsed is { } written)
        {
            foreach (var range in ranges.Intersect(sets.Archived))
                await new RehearsedArchive(context, location, written).ProveAsync(range, cancellationToken);
            return ranges;
        }

        List<ArchiveVerdict> verdicts = [];
        await using var place = await PlaceAsync(context, cancellationToken);
        foreach (var range in ranges.Intersect(sets.Archived))
            verdicts.AddRange(await new ArchiveProof(Scope(context, location, place)).ProveAsync(range, cancellationToken));
        foreach (var verdict in verdicts.Where(v => !v.Holds))
        {
            ranges = ranges.Remove(verdict.Range);
            if (verdict.Broken is { } broken)
            {
                context.Halts.Add(new(relation, verdict.Range, broken, NeedsPerson: true));
                notes.Add(broken);
            }
            else
            {
                sets.Unarchived = sets.Unarchived.Add(verdict.Range);
                notes.Add(
                    FormattableString.Invariant(
                        $"put off: {PlanText.Count(verdict.Missing, "row")} came after the archive was written, and {(verdict.Missing == 1 ? "is" : "are")} archived first"
                    )
                );
            }
        }

        context.Facts["archive"] = location;
        context.Facts["parts"] = verdicts.Sum(v => (long)v.Parts);
        return ranges;
    }

    /// <summary>Where a step that should have archived rows failed, what went wrong was said there.</summary>
    private static async Task NeverArchivedAsync(StepContext context, string location, RangeSet ranges, CancellationToken cancellationToken)
    {
        if (ranges.IsEmpty)
            return;
        var rows = await context.NumberAsync(
            RowsSql.Count(context.Dialect, context.Blueprint.Time, context.Blueprint.Source, ranges),
            cancellationToken
        );
        if (rows > 0)
            throw new StepSkippedException(
                FormattableString.Invariant($"{PlanText.Count(rows, "row")} {(rows == 1 ? "is" : "are")} not archived in {location} yet")
            );
    }

    private static SnapshotArchive? Snapshots(StepContext context, string location) =>
        context is { Snapshotting: { } snapshots, Partitioning: { } partitioning } ? new(context, snapshots, partitioning, location) : null;

    private static Task<PartPlace> PlaceAsync(StepContext context, CancellationToken cancellationToken) =>
        PartPlace.OpenAsync(context.Dialect, context.Archives.Benches, context.Statements, context.Archives.HashedBy, cancellationToken);

    private static ArchiveScope Scope(StepContext context, string location, PartPlace place)
    {
        var (desk, blueprint) = (context.Archives, context.Blueprint);
        return new(
            blueprint with
            {
                Columns = PartPlace.Held(desk.Benches, blueprint.Columns),
            },
            location,
            desk.Locations.Open(location),
            desk.Book,
            context.Statements
        )
        {
            Place = place,
            Gone = context.Draft.Of(RelationId.Source).Frozen,
            Run = desk.Run,
            Now = desk.Now,
        };
    }
}
