using Varve.Catalog;

namespace Varve.Archiving;

/// <summary>Parts that were found as they were written, as files of this machine, until they are disposed.</summary>
internal sealed class OpenParts : IDisposable
{
    private readonly StoredFile?[] _files;

    private OpenParts(int count) => _files = new StoredFile?[count];

    /// <summary>Where they are, in the order in which they were asked for.</summary>
    public IReadOnlyList<string> Paths => [.. _files.Select(f => f!.Path)];

    /// <summary>Opens parts, each with the bytes that the catalog knows.</summary>
    /// <exception cref="HaltException">One is missing, cut or altered.</exception>
    public static Task<OpenParts> OpenAsync(IArchiveStore store, IEnumerable<ArchivedPart> parts, CancellationToken cancellationToken) =>
        OpenAsync(store, [.. parts.Select(p => (p.File, p.Bytes, p.Sha256))], cancellationToken);

    /// <summary>Opens parts, each with the bytes that somebody wrote down; as many at once as there are processors, because hashing takes one.</summary>
    /// <exception cref="HaltException">One is missing, cut or altered.</exception>
    public static async Task<OpenParts> OpenAsync(IArchiveStore store, IReadOnlyList<(string File, long Bytes, string Sha256)> parts, CancellationToken cancellationToken)
    {
        var open = new OpenParts(parts.Count);
        try
        {
            await Parallel.ForAsync(0, parts.Count, cancellationToken, async (i, token) => open._files[i] = await OpenAsync(store, parts[i].File, parts[i].Bytes, parts[i].Sha256, token));
            return open;
        }
        catch
        {
            open.Dispose();
            throw;
        }
    }

    /// <summary>One part with the bytes that somebody wrote down.</summary>
    /// <exception cref="HaltException">It is missing, cut or altered.</exception>
    public static async Task<StoredFile> OpenAsync(IArchiveStore store, string name, long bytes, string sha256, CancellationToken cancellationToken)
    {
        var file = await store.OpenAsync(name, cancellationToken)
            ?? throw new HaltException("VRV342", $"The part {name} is missing from {store.DisplayName}. Put it back from a copy; archive verify shows all that is missing.");
        try
        {
            var (length, hash) = await PartFile.HashAsync(file.Path, cancellationToken);
            if (length < bytes) throw Altered(FormattableString.Invariant($"was cut: it has {length:N0} bytes of {bytes:N0}"));
            if (Convert.ToHexStringLower(hash) != sha256) throw Altered("was altered: its SHA-256 is not what was written");
            return file;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            file.Dispose();
            throw new EngineException(Engines.EngineCodes.ArchiveRefused, $"The part {name} of {store.DisplayName} cannot be read: {refused.Message} Nothing was removed. Look at its rights, then run again.", isTransient: false, refused);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        HaltException Altered(string what) => new("VRV343", $"The part {name} of {store.DisplayName} {what}. Put it back from a copy; archive verify shows all that is wrong.");
    }

    public void Dispose()
    {
        foreach (var file in _files) file?.Dispose();
    }
}
