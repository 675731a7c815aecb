using Varve.Archiving;

namespace Varve.Engines.Tests.Scratch;

/// <summary>
/// A place for archives at which the process dies when it is to remove one file too many, or has written one manifest too
/// many.
/// </summary>
public sealed class DyingPlace(IArchiveStore inner) : IArchiveStore
{
    /// <summary>How many files may still be removed.</summary>
    public int Deletes { get; set; }

    /// <summary>Behind which manifest it dies; 0 for none.</summary>
    public int Writes { get; set; }

    public string DisplayName => inner.DisplayName;

    public string Spool(string name) => inner.Spool(name);

    public Task PutAsync(string path, string name, ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken) =>
        inner.PutAsync(path, name, sha256, cancellationToken);

    public async Task WriteAsync(string name, string text, CancellationToken cancellationToken)
    {
        await inner.WriteAsync(name, text, cancellationToken);
        if (--Writes == 0)
            throw new Kills.DeathException();
    }

    public Task<string?> ReadAsync(string name, CancellationToken cancellationToken) => inner.ReadAsync(name, cancellationToken);

    public Task<StoredFile?> OpenAsync(string name, CancellationToken cancellationToken) => inner.OpenAsync(name, cancellationToken);

    public Task<IReadOnlyList<string>> ListAsync(string folder, CancellationToken cancellationToken) =>
        inner.ListAsync(folder, cancellationToken);

    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        if (Deletes-- == 0)
            throw new Kills.DeathException();
        await inner.DeleteAsync(name, cancellationToken);
    }
}
