using Varve.Catalog;
using Varve.Planning;
using Varve.Sql;
using Varve.Time;

namespace Varve.Archiving;

/// <summary>
/// Parts of a policy that stand at the location and not in the catalog. One of the same name whose rows are all about to be
/// written again was left by a run that was ended: it gives way. Any other may be the only copy of its rows.
/// </summary>
internal sealed class StrangeParts(ArchiveScope scope)
{
    /// <summary>Clears the way for a part.</summary>
    /// <param name="name">Its name without ending.</param>
    /// <param name="range">Its range.</param>
    /// <param name="known">The parts that the catalog knows, those that are being pruned included.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="HaltException">Another one holds rows of the range.</exception>
    public async Task ReplaceAsync(string name, TimeRange range, IReadOnlyList<ArchivedPart> known, SqlText rows, CancellationToken cancellationToken)
    {
        var names = known.Where(p => p.Location == scope.Location && p.Policy == scope.Policy).Select(p => p.File[..^PartNames.Rows.Length] + PartNames.Manifest).ToHashSet(StringComparer.Ordinal);
        var files = await scope.Store.ListAsync(PartNames.Folder(scope.Policy), cancellationToken);
        foreach (var file in files.Where(f => f.EndsWith(PartNames.Manifest, StringComparison.Ordinal) && !names.Contains(f)))
        {
            if (await StoredManifest.ReadAsync(scope.Store, file, cancellationToken) is not { } manifest || !manifest.Range.Overlaps(range)) continue;
            if (file != name + PartNames.Manifest || !await HoldsNothingElseAsync(name, manifest, rows, cancellationToken)) throw Strange(file, manifest);
            await scope.Store.DeleteAsync(file, cancellationToken);
        }
    }

    private async Task<bool> HoldsNothingElseAsync(string name, ArchiveManifest manifest, SqlText rows, CancellationToken cancellationToken)
    {
        using var file = await scope.Store.OpenAsync(name + PartNames.Rows, cancellationToken);
        if (file is null) return true;
        if (!manifest.Columns.Select(c => (c.Name, c.Type)).SequenceEqual(scope.Blueprint.Columns.Select(c => (c.Name, c.TypeName)))) return false;
        return await scope.NumberAsync(ArchiveSql.Count(ArchiveSql.Surplus(scope.Sql.Rows([file.Path], null), rows)), cancellationToken) == 0;
    }

    private HaltException Strange(string file, ArchiveManifest manifest) => new("VRV347", FormattableString.Invariant(
        $"{scope.Store.DisplayName} holds {file} with {manifest.Rows:N0} rows of {manifest.Range}, which this catalog does not know: of another database, or of a lost one. Declare another place for `{scope.Location}`, or move that part and its rows away; it is not written over."));
}
