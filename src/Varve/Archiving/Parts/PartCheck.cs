using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Sql;

namespace Varve.Archiving;

/// <summary>What a check of one part found.</summary>
/// <param name="Part">The part.</param>
/// <param name="Problem">What is wrong with it, and what to do; null where it is as it was written.</param>
public sealed record PartCheck(ArchivedPart Part, string? Problem);

/// <summary>What a check of archives found.</summary>
/// <param name="Parts">Every part that the catalog knows.</param>
/// <param name="Unknown">Files beside them that the catalog does not know, with their locations.</param>
public sealed record ArchiveReport(IReadOnlyList<PartCheck> Parts, IReadOnlyList<(string Location, string File)> Unknown)
{
    /// <summary>
    /// Parts that a pruning has begun to remove: what is there of them is no archive any more. The next pruning or run finishes.
    /// </summary>
    public IReadOnlyList<ArchivedPart> BeingPruned { get; init; } = [];

    /// <summary>True where every part is as it was written.</summary>
    public bool Agrees => Parts.All(p => p.Problem is null);
}

/// <summary>What was done about parts that are broken, or that were written before the table changed.</summary>
/// <param name="Parts">Parts that were taken out of the catalog: the next run archives their rows again.</param>
/// <param name="Left">Parts that stay, because the source has not all of their rows any more.</param>
public sealed record ArchiveAgain(IReadOnlyList<ArchivedPart> Parts, IReadOnlyList<PartCheck> Left);

/// <summary>Reads parts back and compares them with their manifests and with the catalog. Changes nothing.</summary>
internal sealed class PartChecker(ArchiveLocations locations, PartPlace place)
{
    public async Task<ArchiveReport> CheckAsync(
        IReadOnlyList<ArchivedPart> parts,
        IReadOnlyList<ArchivedPart> begun,
        CancellationToken cancellationToken
    )
    {
        List<PartCheck> checks = [];
        foreach (var part in parts)
            checks.Add(new(part, await ProblemAsync(part, cancellationToken)));
        List<(string, string)> unknown = [];
        foreach (var place in parts.GroupBy(p => (p.Location, p.Policy)))
        {
            var known = place.Concat(begun).SelectMany(p => new[] { p.File, ManifestOf(p) }).ToHashSet(StringComparer.Ordinal);
            var files = await locations.Open(place.Key.Location).ListAsync(PartNames.Folder(place.Key.Policy), cancellationToken);
            unknown.AddRange(files.Where(f => !known.Contains(f)).Select(f => (place.Key.Location, f)));
        }

        return new(checks, unknown) { BeingPruned = begun };
    }

    /// <summary>What one part holds, compared with a manifest.</summary>
    /// <exception cref="HaltException">It holds something else.</exception>
    public async Task CompareAsync(ArchiveManifest manifest, PartTable table, string path, string file, CancellationToken cancellationToken)
    {
        var sql = new ArchiveSql(place.Dialect, place.Parquet, table.Columns, table.Time);
        var row = (await place.Statements.QueryAsync(sql.Summary(sql.Rows([path], null)), cancellationToken))[0];
        if (manifest.Content.DifferenceTo(PartContent.Read(row, table.Columns, place.HashedBy)) is { } difference)
            throw new HaltException(
                WorkCodes.PartAltered,
                $"{file} does not hold what its manifest says: {difference}. Put both back from a copy."
            );
    }

    /// <summary>The name of the manifest of a part.</summary>
    public static string ManifestOf(ArchivedPart part) => part.File[..^PartNames.Rows.Length] + PartNames.Manifest;

    private async Task<string?> ProblemAsync(ArchivedPart part, CancellationToken cancellationToken)
    {
        try
        {
            var store = locations.Open(part.Location);
            using var file = await OpenParts.OpenAsync(store, part.File, part.Bytes, part.Sha256, cancellationToken);
            var manifest = await StoredManifest.OfAsync(store, part, cancellationToken);
            await CompareAsync(manifest, PartTable.Of(manifest, place.Parquet, ManifestOf(part)), file.Path, part.File, cancellationToken);
            return null;
        }
        catch (HaltException broken)
        {
            return $"{broken.Code}: {broken.Message}";
        }
        catch (EngineException other) when (other.Code is EngineCodes.Unknown or EngineCodes.Conversion)
        {
            return $"VRV343: {part.File} has not the columns that its manifest says. Put both back from a copy.";
        }
        catch (EngineException unreadable)
            when (unreadable.Code is EngineCodes.Refused or EngineCodes.Statement or EngineCodes.NotADatabase or EngineCodes.Missing)
        {
            return $"VRV343: {part.File} is no file of rows that this engine reads. Put it back from a copy.";
        }
    }
}
