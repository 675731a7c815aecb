using System.Diagnostics.CodeAnalysis;

namespace Varve.Archiving;

/// <summary>
/// Where archives are kept. Names are <c>folder/file</c> as <see cref="Planning.PartNames"/> makes them; a store refuses
/// every other name, and whatever leads out of it. What is put is there whole or not at all.
/// Every method throws <see cref="EngineException"/> for what the place refuses.
/// </summary>
[Experimental("VARVE001")]
public interface IArchiveStore
{
    /// <summary>What it is called in messages; never holds a secret.</summary>
    string DisplayName { get; }

    /// <summary>
    /// Where on this machine a file is to be written before <see cref="PutAsync"/> takes it. Nothing is there, or what an earlier
    /// call left.
    /// </summary>
    string Spool(string name);

    /// <summary>Takes a file of this machine in, replacing what has the name; on return it would survive a power cut.</summary>
    /// <param name="path">The file; gone afterwards.</param>
    /// <param name="name">Its name in the store.</param>
    /// <param name="sha256">Its SHA-256: what arrives must have it.</param>
    /// <param name="cancellationToken">Ends it; nothing is put then.</param>
    Task PutAsync(string path, string name, ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken);

    /// <summary>Writes a small text, as <see cref="PutAsync"/> does.</summary>
    Task WriteAsync(string name, string text, CancellationToken cancellationToken);

    /// <summary>Reads a small text; null where there is none.</summary>
    Task<string?> ReadAsync(string name, CancellationToken cancellationToken);

    /// <summary>A file of the store as one of this machine, to be read until it is disposed; null where there is none.</summary>
    Task<StoredFile?> OpenAsync(string name, CancellationToken cancellationToken);

    /// <summary>The files of a folder by name, in order; none where there is no such folder.</summary>
    Task<IReadOnlyList<string>> ListAsync(string folder, CancellationToken cancellationToken);

    /// <summary>Removes a file; nothing where there is none.</summary>
    Task DeleteAsync(string name, CancellationToken cancellationToken);
}

/// <summary>A file that can be read on this machine.</summary>
/// <param name="path">Where.</param>
/// <param name="isCopy">True: it is removed when this is disposed.</param>
[Experimental("VARVE001")]
public sealed class StoredFile(string path, bool isCopy) : IDisposable
{
    /// <summary>Where it is.</summary>
    public string Path { get; } = path;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isCopy)
            File.Delete(Path);
    }
}
