using Varve.Catalog;

namespace Varve.Archiving;

/// <summary>Parts that were found as they were written, as files of this machine, until they are disposed.</summary>
internal sealed class OpenParts : IAsyncDisposable
{
    private readonly IArchiveStore _store;
    private readonly IReadOnlyList<(string File, long Bytes, string Sha256)> _parts;
    private readonly StoredFile?[] _files;
    private readonly CancellationTokenSource _end;
    private Task? _check;

    private OpenParts(
        IArchiveStore store,
        IReadOnlyList<(string File, long Bytes, string Sha256)> parts,
        CancellationToken cancellationToken
    )
    {
        (_store, _parts, _files) = (store, parts, new StoredFile?[parts.Count]);
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>Where they are, in the order in which they were asked for.</summary>
    public IReadOnlyList<string> Paths => [.. _files.Select(f => f!.Path)];

    /// <summary>Opens parts, each with the bytes that the catalog knows.</summary>
    /// <exception cref="HaltException">One is missing, cut or altered.</exception>
    public static async Task<OpenParts> OpenAsync(IArchiveStore store, IEnumerable<ArchivedPart> parts, CancellationToken cancellationToken)
    {
        var open = await FindAsync(store, [.. parts.Select(p => (p.File, p.Bytes, p.Sha256))], cancellationToken);
        try
        {
            await open.CheckAsync();
            return open;
        }
        catch
        {
            await open.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens parts that can be read from now on; what comes of it counts once <see cref="CheckAsync"/> is over.</summary>
    /// <exception cref="HaltException">One is missing.</exception>
    public static async Task<OpenParts> FindAsync(
        IArchiveStore store,
        IReadOnlyList<(string File, long Bytes, string Sha256)> parts,
        CancellationToken cancellationToken
    )
    {
        var open = new OpenParts(store, parts, cancellationToken);
        try
        {
            await Parallel.ForAsync(
                0,
                parts.Count,
                open._end.Token,
                async (i, token) => open._files[i] = await FindAsync(store, parts[i].File, token)
            );
            return open;
        }
        catch
        {
            await open.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Begins, the first time, to compare each with the bytes that somebody wrote down, and is over when all are; as many at once
    /// as there are processors, because hashing takes one.
    /// </summary>
    /// <exception cref="HaltException">One was cut or altered.</exception>
    public Task CheckAsync() =>
        _check ??= Parallel.ForAsync(
            0,
            _parts.Count,
            _end.Token,
            async (i, token) => await HashAsync(_store, _files[i]!, _parts[i].File, _parts[i].Bytes, _parts[i].Sha256, token)
        );

    /// <summary>One part with the bytes that somebody wrote down.</summary>
    /// <exception cref="HaltException">It is missing, cut or altered.</exception>
    public static async Task<StoredFile> OpenAsync(
        IArchiveStore store,
        string name,
        long bytes,
        string sha256,
        CancellationToken cancellationToken
    )
    {
        var file = await FindAsync(store, name, cancellationToken);
        try
        {
            await HashAsync(store, file, name, bytes, sha256, cancellationToken);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Ends what is still being checked.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        if (_check is not null)
            await _check.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
        foreach (var file in _files)
            file?.Dispose();
    }

    private static async Task<StoredFile> FindAsync(IArchiveStore store, string name, CancellationToken cancellationToken) =>
        await store.OpenAsync(name, cancellationToken)
        ?? throw new HaltException(
            WorkCodes.PartMissing,
            $"The part {name} is missing from {store.DisplayName}. Put it back from a copy; archive verify shows all that is missing."
        );

    private static async Task HashAsync(
        IArchiveStore store,
        StoredFile file,
        string name,
        long bytes,
        string sha256,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var (length, hash) = await PartFile.HashAsync(file.Path, cancellationToken);
            if (length < bytes)
                throw Altered(FormattableString.Invariant($"was cut: it has {length:N0} bytes of {bytes:N0}"));
            if (Convert.ToHexStringLower(hash) != sha256)
                throw Altered("was altered: its SHA-256 is not what was written");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new EngineException(
                Engines.EngineCodes.ArchiveRefused,
                $"The part {name} of {store.DisplayName} cannot be read: {refused.Message} Nothing was removed. Look at its rights, then run again.",
                isTransient: false,
                refused
            );
        }

        HaltException Altered(string what) =>
            new(
                WorkCodes.PartAltered,
                $"The part {name} of {store.DisplayName} {what}. Put it back from a copy; archive verify shows all that is wrong."
            );
    }
}
