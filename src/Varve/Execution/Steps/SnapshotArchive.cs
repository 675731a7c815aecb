using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Sql;
using Varve.Time;

namespace Varve.Execution;

/// <summary>
/// Archives that the engine itself keeps: whole parts of the source, each known by its mark. A part that is as it was when it
/// was kept needs no comparison; one that was written to is kept again before it goes.
/// </summary>
internal sealed class SnapshotArchive(StepContext context, Snapshotting snapshots, Partitioning partitioning, string location)
{
    /// <summary>What made the hashes of such parts: marks of what they held.</summary>
    public const string HashedBy = "snapshot";

    /// <summary>Keeps what of a range is not kept as it is now.</summary>
    /// <exception cref="EngineException">It cannot be kept there, or was written to meanwhile.</exception>
    public async Task<ActOutcome> TakeAsync(TimeRange range, CancellationToken cancellationToken)
    {
        if (await snapshots.RefusesAsync(location, cancellationToken) is { } refused)
            throw new EngineException(EngineCodes.NoArchive, refused);
        var held = await HeldAsync(range, cancellationToken);
        var known = await KnownAsync(cancellationToken);
        List<TablePart> open = [.. held.Where(p => !known.Any(k => Is(k, p)))];
        if (open.Count == 0)
            return ActOutcome.Nothing;
        var (name, rows) = (NameOf(range), new long[open.Count]);
        for (var i = 0; i < open.Count; i++)
            rows[i] = await context.NumberAsync(RowsSql.Within(open[i].Table, open[i].Within), cancellationToken);
        foreach (var statement in snapshots.Taking(location, name, open))
            context.Log.Add(statement);
        var files = await snapshots.TakeAsync(location, name, open, cancellationToken);
        if (context.Rehearsed is null)
            await RequireSameAsync(open, range, files[0], cancellationToken);
        if (context.Blueprint.Policy.Archive!.Drill)
            await DrillAsync(open, files, cancellationToken);
        if (context.Rehearsed is not null)
            return ActOutcome.Nothing;
        for (var i = 0; i < open.Count; i++)
            await AddAsync(open[i], files[i], rows[i], cancellationToken);
        return new(
            rows.Sum(),
            rows.Sum(),
            0,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{PlanText.Count(rows.Sum(), "row")} in {open.Count} partitions of the snapshot {name}"
            )
        );
    }

    /// <summary>
    /// What of some ranges is kept as it is now, or has no part; what is not is kept next, and what is broken waits for a person.
    /// </summary>
    public async Task<RangeSet> ProveAsync(RangeSet ranges, List<string> notes, CancellationToken cancellationToken)
    {
        if (context.Rehearsed is not null)
            return ranges;
        var known = await KnownAsync(cancellationToken);
        var sets = context.Draft.Of(RelationId.Source);
        var proven = 0L;
        foreach (var part in context.Parts.Where(p => ranges.Overlaps(p.Range)))
        {
            if (known.FirstOrDefault(k => Is(k, part)) is not { } kept)
            {
                sets.Unarchived = sets.Unarchived.Add(part.Range);
                notes.Add($"put off: what {part.Range} has now is in no snapshot, and is kept first");
            }
            else if (await snapshots.ObjectionAsync(location, part.Table, kept.File, cancellationToken) is { } broken)
            {
                var why =
                    $"{part.Range} is archived in {location}, but {broken}; look at it (varve archive verify), or archive it again (varve archive again {context.Blueprint.Policy.Name})";
                context.Halts.Add(new(RelationId.Source, part.Range, why, NeedsPerson: true));
                notes.Add(why);
            }
            else
            {
                await context.Archives.Book.ProveAsync(context.Statements, kept, context.Archives.Now, cancellationToken);
                proven++;
                continue;
            }

            ranges = ranges.Remove(part.Range);
        }

        context.Facts["archive"] = location;
        context.Facts["parts"] = proven;
        return ranges;
    }

    private Task<IReadOnlyList<TablePart>> HeldAsync(TimeRange range, CancellationToken cancellationToken) =>
        partitioning.HoldAsync(context.Statements, context.Blueprint.Source, context.Blueprint.Time, RangeSet.Of(range), cancellationToken);

    private async Task<IReadOnlyList<ArchivedPart>> KnownAsync(CancellationToken cancellationToken) =>
        [
            .. (await context.Archives.Book.ListAsync(context.Statements, context.Blueprint.Policy.Name, cancellationToken)).Where(p =>
                p.Location == location && p.HashedBy == HashedBy
            ),
        ];

    private static bool Is(ArchivedPart kept, TablePart part) =>
        part.Mark is { } mark && kept.Sha256 == mark.Part && kept.RowHash == mark.State;

    // A row that came between the mark and the snapshot is in it or not; nobody could tell.
    private async Task RequireSameAsync(IReadOnlyList<TablePart> parts, TimeRange range, string file, CancellationToken cancellationToken)
    {
        var now = await HeldAsync(range, cancellationToken);
        if (parts.All(p => now.Any(n => n.Mark == p.Mark)))
            return;
        await snapshots.DropAsync(location, file, cancellationToken);
        throw new EngineException(
            EngineCodes.Conflict,
            $"Somebody wrote to {context.Blueprint.Source.Text} of {range} while its snapshot was taken. It is taken again.",
            isTransient: true
        );
    }

    /// <summary>Brings the parts back under another name, compares what they say of every column, and removes that table.</summary>
    private async Task DrillAsync(IReadOnlyList<TablePart> parts, IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        var source = context.Blueprint.Source;
        var beside = source.WithName($"{source.Name}_drill_{Short(context.Archives.Run)}");
        if (await context.Statements.DescribeAsync(beside, cancellationToken) is not null)
        {
            await snapshots.DropAsync(location, files[0], cancellationToken);
            throw new EngineException(
                EngineCodes.NameTaken,
                $"{beside.Text} is there already, where the snapshot was to be tried. Drop it if a drill left it, then run again."
            );
        }

        await context.Ledger.ClaimAsync(context.Ledger.Stored with { Drill = beside }, cancellationToken);
        try
        {
            foreach (var statement in snapshots.Restoring(location, source, files, beside.Name))
                context.Log.Add(statement);
            await snapshots.RestoreAsync(location, source, files, beside.Name, cancellationToken);
            foreach (var part in parts)
            {
                var (is_, was) = (
                    await SummaryAsync(part, cancellationToken),
                    await SummaryAsync(part with { Table = beside }, cancellationToken)
                );
                if (!is_.SequenceEqual(was))
                    throw new EngineException(
                        EngineCodes.ArchiveRefused,
                        $"The snapshot of {part.Range} in {location} gives other rows back than the table has. Nothing goes; look at the repository."
                    );
            }
        }
        catch (EngineException)
        {
            await snapshots.DropAsync(location, files[0], cancellationToken);
            throw;
        }
        finally
        {
            // It was not there before, and its name is this run's.
            await context.Statements.ExecuteAsync(StepSql.Drop(beside, isView: false), cancellationToken);
            await context.Ledger.ClaimAsync(context.Ledger.Stored with { Drill = null }, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<object?>> SummaryAsync(TablePart part, CancellationToken cancellationToken)
    {
        if (
            await context.Statements.QueryAsync(
                RowsSql.Summary(context.Dialect, part.Table, part.Within, context.Blueprint.Columns),
                cancellationToken
            )
            is not [var row]
        )
            return [];
        return [.. Enumerable.Range(0, row.Count).Select(i => row[i])];
    }

    private async Task AddAsync(TablePart part, string file, long rows, CancellationToken cancellationToken)
    {
        var (book, policy) = (context.Archives.Book, context.Blueprint.Policy.Name);
        var number = await book.NextAsync(context.Statements, policy, location, part.Range, cancellationToken);
        await book.AddAsync(
            context.Statements,
            new(policy, location, part.Range, number, file)
            {
                Rows = rows,
                Bytes = 0,
                RowHash = part.Mark!.State,
                HashedBy = HashedBy,
                Sha256 = part.Mark.Part,
                Run = context.Archives.Run,
                WrittenAt = context.Archives.Now,
            },
            cancellationToken
        );
    }

    // Lower case is all that some places take.
    private string NameOf(TimeRange range) =>
        $"varve-{Short($"{context.Blueprint.Policy.Name} {range} {context.Archives.Run} {context.Archives.Now}")}";

    private static string Short(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}
