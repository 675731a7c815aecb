using NodaTime;
using Varve.Catalog;
using Varve.Planning;
using Varve.Sql;
using Varve.Time;

namespace Varve.Archiving;

/// <summary>
/// Parts of a policy that stand at the location and not in the catalog: left by a run that was ended, or by a database that
/// is older now. Where the source still has every row that they hold, the catalog takes them up as they are: nothing is
/// removed that another catalog may know. Any other may be the only copy of its rows.
/// </summary>
/// <param name="scope">What they are read with.</param>
/// <param name="known">The parts of the policy that the catalog knows.</param>
/// <param name="begun">Those that are being pruned.</param>
internal sealed class UncataloguedParts(ArchiveScope scope, IReadOnlyList<ArchivedPart> known, IReadOnlyList<ArchivedPart> begun)
{
    /// <summary>Takes up those that overlap a range; false where there is none.</summary>
    /// <exception cref="HaltException">One that overlaps the range holds rows that the source has not, or cannot be compared.</exception>
    public async Task<bool> TakeUpAsync(TimeRange range, CancellationToken cancellationToken)
    {
        var strange = await FindAsync(range, cancellationToken);
        if (strange.Count == 0)
            return false;
        foreach (var part in strange)
            if (Other(part.Manifest) is { } other)
                throw Strange(part, other);
        var (files, open) = (new List<StoredFile>(), new List<string>());
        try
        {
            foreach (var part in strange)
                files.Add(await OpenAsync(part, cancellationToken));
            open.AddRange(files.Select(f => f.Path));
            if (await SurplusAsync(open, RangeSet.Of(strange.Select(p => p.Manifest.Range)), cancellationToken) is > 0 and var rows)
                throw Strange(
                    strange[0],
                    FormattableString.Invariant(
                        $"the source has not, or not as often, {rows:N0} of the rows of {(strange.Count == 1 ? "it" : $"it and {strange.Count - 1} more that overlap it")}"
                    )
                );
        }
        finally
        {
            foreach (var file in files)
                file.Dispose();
        }

        foreach (var part in strange)
            await scope.Book.AddAsync(scope.Statements, Known(part), cancellationToken);
        return true;
    }

    private ArchivedPart Known(FoundPart part) =>
        new(scope.Policy, scope.Location, part.Manifest.Range, part.Manifest.Part, part.Rows)
        {
            Rows = part.Manifest.Rows,
            Bytes = part.Manifest.Bytes,
            RowHash = part.Manifest.RowHash,
            HashedBy = part.Manifest.HashedBy,
            Sha256 = part.Manifest.Sha256,
            Run = scope.Run,
            WrittenAt = scope.Now,
        };

    /// <summary>
    /// Those that overlap the range, and those that overlap these: one row may be in several, and must be in the source as often.
    /// </summary>
    private async Task<List<FoundPart>> FindAsync(TimeRange range, CancellationToken cancellationToken)
    {
        var names = known
            .Concat(begun)
            .Where(p => p.Location == scope.Location && p.Policy == scope.Policy)
            .Select(PartChecker.ManifestOf)
            .ToHashSet(StringComparer.Ordinal);
        List<(string File, TimeRange Range)> left =
        [
            .. (await StoredManifest.ListAsync(scope.Store, scope.Policy, TimeRange.All, cancellationToken)).Where(m =>
                !names.Contains(m.File)
            ),
        ];
        List<FoundPart> found = [];
        for (var reach = range; left.FindIndex(m => m.Range.Overlaps(reach)) is >= 0 and var at; left.RemoveAt(at))
        {
            var (file, own) = left[at];
            found.Add(new(await StoredManifest.ListedAsync(scope.Store, file, cancellationToken), file));
            reach = new(Instant.Min(reach.From, own.From), Instant.Max(reach.To, own.To));
        }

        return found;
    }

    /// <summary>Why a part is not one that a run of this policy left; null where it may be.</summary>
    private string? Other(ArchiveManifest manifest)
    {
        var blueprint = scope.Blueprint;
        if (manifest.Table != blueprint.Source.Text)
            return $"it is of the table {manifest.Table}, and this policy's is {blueprint.Source.Text}";
        if (manifest.Time != blueprint.Time.Name)
            return $"its time is {manifest.Time}, and the table's is {blueprint.Time.Name}";
        if (SchemaDrift.Why(manifest, blueprint.Columns) is { } why)
            return why;
        return known.Concat(begun).FirstOrDefault(p => p.Sha256 == manifest.Sha256 && p.Location != scope.Location) is { } elsewhere
            ? $"the catalog knows it at `{elsewhere.Location}`, which may be the same place"
            : null;
    }

    private async Task<StoredFile> OpenAsync(FoundPart part, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenParts.OpenAsync(scope.Store, part.Rows, part.Manifest.Bytes, part.Manifest.Sha256, cancellationToken);
        }
        catch (HaltException broken)
        {
            throw Strange(part, broken.Message.TrimEnd('.'));
        }
    }

    /// <summary>How many rows of the parts are not among those that the source has and no known part holds.</summary>
    private async Task<long> SurplusAsync(IReadOnlyList<string> paths, RangeSet ranges, CancellationToken cancellationToken)
    {
        List<ArchivedPart> counted = [.. known.Where(p => ranges.Any(r => scope.Counts(p, r)))];
        await scope.ManifestsAsync(counted, cancellationToken);
        await using var held = await OpenParts.OpenAsync(scope.Store, counted, cancellationToken);
        var source = await scope.RowsAsync(ranges, cancellationToken);
        if (held.Paths.Count > 0)
            source = ArchiveSql.Surplus(source, scope.Sql.Rows(held.Paths, ranges));
        return await scope.NumberAsync(ArchiveSql.Count(ArchiveSql.Surplus(scope.Sql.Rows(paths, null), source)), cancellationToken);
    }

    private HaltException Strange(FoundPart part, string why) =>
        new(
            WorkCodes.UncataloguedPart,
            FormattableString.Invariant(
                $"{scope.Store.DisplayName} holds {part.File} with {part.Manifest.Rows:N0} rows of {part.Manifest.Range}, which this catalog does not know, and {why}. It may be of another database, or of a lost one, and the only copy of its rows. Declare another place for `{scope.Location}`, or move that part and its rows away; it is not written over."
            )
        );
}
