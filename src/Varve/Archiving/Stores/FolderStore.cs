using System.Security.Cryptography;
using System.Text;
using Varve.Engines;
using Varve.Planning;

namespace Varve.Archiving;

/// <summary>
/// Archives in a folder of this machine, or of one that is mounted. The folder itself is never made: where a mount is
/// missing, rows must not end up on the disk below it. Links inside of it are refused.
/// </summary>
internal sealed class FolderStore(string root) : IArchiveStore
{
    private const string Unfinished = ".part";

    /// <inheritdoc/>
    public string DisplayName => root;

    /// <inheritdoc/>
    public string Spool(string name) =>
        Io(() =>
        {
            var path = Resolve(name);
            var folder = Path.GetDirectoryName(path)!;
            if (!Directory.Exists(folder))
            {
                Directory.CreateDirectory(folder);
                DurableFiles.Folder(root);
            }

            // What an ended run left; deleting it also keeps a link from leading elsewhere.
            File.Delete(path + Unfinished);
            return path + Unfinished;
        });

    /// <inheritdoc/>
    public async Task PutAsync(string path, string name, ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken)
    {
        var target = Resolve(name);
        cancellationToken.ThrowIfCancellationRequested();
        await IoAsync(() => Task.Run(() => Move(path, target), CancellationToken.None));
    }

    /// <inheritdoc/>
    public async Task WriteAsync(string name, string text, CancellationToken cancellationToken)
    {
        var spool = Spool(name);
        await IoAsync(() => File.WriteAllTextAsync(spool, text, cancellationToken));
        await PutAsync(spool, name, SHA256.HashData(Encoding.UTF8.GetBytes(text)), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<string?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        using var file = await OpenAsync(name, cancellationToken);
        return file is null ? null : await IoAsync(() => File.ReadAllTextAsync(file.Path, cancellationToken));
    }

    /// <inheritdoc/>
    public Task<StoredFile?> OpenAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = Resolve(name);
        return Task.FromResult(Io(() => File.Exists(path) ? new StoredFile(path, isCopy: false) : null));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = Path.GetDirectoryName(Resolve($"{folder}/any"))!;
        return Task.FromResult(
            Io<IReadOnlyList<string>>(() =>
                !Directory.Exists(path)
                    ? []
                    :
                    [
                        .. Directory
                            .EnumerateFileSystemEntries(path)
                            .Select(f => $"{folder}/{Path.GetFileName(f)}")
                            .Order(StringComparer.Ordinal),
                    ]
            )
        );
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = Resolve(name);
        Io(() =>
        {
            if (Path.GetDirectoryName(path) is not { } folder || !Directory.Exists(folder))
                return 0;
            File.Delete(path);
            DurableFiles.Folder(folder);
            return 0;
        });
        return Task.CompletedTask;
    }

    private static void Move(string path, string target)
    {
        DurableFiles.File(path);
        File.Move(path, target, overwrite: true);
        DurableFiles.Folder(Path.GetDirectoryName(target)!);
    }

    /// <summary>A name as a path inside of the folder, without links on the way.</summary>
    private string Resolve(string name)
    {
        if (!PartNames.IsFile(name))
            throw new HaltException(
                WorkCodes.OutOfPlace,
                $"`{name}` is no name of a file in an archive: it could lead out of {root}. Look at who wrote it; nothing was read or written there."
            );
        if (!Directory.Exists(root))
            throw new EngineException(
                EngineCodes.NoArchive,
                $"There is no folder {root} to archive in. Make it, or mount what belongs there, and run again."
            );
        var path = root;
        foreach (var part in name.Split('/'))
        {
            path = Path.Combine(path, part);
            if (new FileInfo(path).LinkTarget is { } target)
                throw new HaltException(
                    WorkCodes.OutOfPlace,
                    $"{path} is a link to {target}: an archive holds no links, and nothing is read or written through one. Put the file itself there."
                );
        }

        return path;
    }

    private T Io<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw Refused(refused);
        }
    }

    private async Task<T> IoAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw Refused(refused);
        }
    }

    private Task IoAsync(Func<Task> work) =>
        IoAsync(async () =>
        {
            await work();
            return 0;
        });

    private EngineException Refused(Exception error) =>
        new(
            EngineCodes.ArchiveRefused,
            $"The archive at {root} cannot be used: {error.Message} Nothing was removed. Look at the rights, the room and the mount of that folder, then run again.",
            isTransient: false,
            error
        );
}
