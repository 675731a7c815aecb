using Varve.Archiving;

namespace Varve.Engines.Tests.Scratch;

/// <summary>A place to archive in that takes no byte: every file leads to the device that is always full.</summary>
public sealed class FullPlace(string folder) : IArchiveStore
{
    public string DisplayName => "a full place";

    public string Spool(string name)
    {
        var path = Path.Combine(folder, "spool");
        File.CreateSymbolicLink(path, "/dev/full");
        return path;
    }

    public Task PutAsync(string path, string name, ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Nothing could be written.");

    public Task WriteAsync(string name, string text, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Nothing could be written.");

    public Task<string?> ReadAsync(string name, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    public Task<StoredFile?> OpenAsync(string name, CancellationToken cancellationToken) => Task.FromResult<StoredFile?>(null);

    public Task<IReadOnlyList<string>> ListAsync(string folder, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([]);

    public Task DeleteAsync(string name, CancellationToken cancellationToken) => Task.CompletedTask;
}
