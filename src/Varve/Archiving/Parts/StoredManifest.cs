using Varve.Catalog;
using Varve.Planning;
using Varve.Time;

namespace Varve.Archiving;

/// <summary>Manifests as they stand in a store.</summary>
internal static class StoredManifest
{
    /// <summary>The manifest of a part that the catalog knows.</summary>
    /// <exception cref="HaltException">It is missing, was edited, or is of another part.</exception>
    public static async Task<ArchiveManifest> OfAsync(IArchiveStore store, ArchivedPart part, CancellationToken cancellationToken)
    {
        var file = part.File[..^PartNames.Rows.Length] + PartNames.Manifest;
        var manifest =
            await ReadAsync(store, file, cancellationToken)
            ?? throw new HaltException(
                WorkCodes.PartMissing,
                $"The manifest {file} is missing from {store.DisplayName}. Put it back from a copy; archive verify shows all that is missing."
            );
        return manifest.Sha256 == part.Sha256 && manifest.Rows == part.Rows
            ? manifest
            : throw new HaltException(
                WorkCodes.BadManifest,
                $"The manifest {file} is not of the part that the catalog knows. Put it back from a copy; archive verify shows all that is wrong."
            );
    }

    /// <summary>The manifests of a policy whose names say that they overlap a range; what has no such name is none.</summary>
    public static async Task<IReadOnlyList<(string File, TimeRange Range)>> ListAsync(
        IArchiveStore store,
        string policy,
        TimeRange range,
        CancellationToken cancellationToken
    )
    {
        List<(string, TimeRange)> manifests = [];
        foreach (var file in await store.ListAsync(PartNames.Folder(policy), cancellationToken))
            if (PartNames.TryRange(policy, file, out var own) && own.Overlaps(range))
                manifests.Add((file, own));
        return manifests;
    }

    /// <summary>A manifest that is listed.</summary>
    /// <exception cref="HaltException">It is no file, was edited, or stands under a name of another part.</exception>
    public static async Task<ArchiveManifest> ListedAsync(IArchiveStore store, string file, CancellationToken cancellationToken) =>
        await ReadAsync(store, file, cancellationToken)
        ?? throw new HaltException(
            WorkCodes.BadManifest,
            $"{file} at {store.DisplayName} has the name of a manifest and cannot be read as a file. Put the manifest back from a copy, or move away what has its name."
        );

    /// <summary>A manifest that is what it says, under the name that it must have; null where there is none.</summary>
    /// <exception cref="HaltException">It was edited, or stands under a name of another part.</exception>
    public static async Task<ArchiveManifest?> ReadAsync(IArchiveStore store, string file, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(file, cancellationToken) is not { } text)
            return null;
        try
        {
            var manifest = ArchiveManifest.Read(text);
            var name = PartNames.Of(manifest.Policy, manifest.Range, manifest.Part) + PartNames.Manifest;
            if (name == file)
                return manifest;
            throw new HaltException(
                WorkCodes.BadManifest,
                $"{file} at {store.DisplayName} is the manifest of another part, {name}. Put it back under its name."
            );
        }
        catch (FormatException wrong)
        {
            throw new HaltException(
                WorkCodes.BadManifest,
                $"The manifest {file} at {store.DisplayName} {wrong.Message}. Put it back from a copy; archive verify shows all that is wrong."
            );
        }
    }
}
