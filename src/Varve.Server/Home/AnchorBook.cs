using System.Globalization;
using System.Text;
using NodaTime.Text;
using Varve.Archiving;

namespace Varve.Server.Home;

/// <summary>Where heads of audit logs are written: only ever added to.</summary>
internal interface IAnchorBook
{
    /// <summary>What it is called in messages.</summary>
    string Name { get; }

    /// <summary>What was written, oldest first.</summary>
    Task<IReadOnlyList<Anchor>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Adds lines; on return they would survive a power cut.</summary>
    Task AppendAsync(IReadOnlyList<Anchor> heads, CancellationToken cancellationToken);
}

/// <summary>A file, to whose end lines are written.</summary>
internal sealed class AnchorFile(string path) : IAnchorBook
{
    public string Name => path;

    public async Task<IReadOnlyList<Anchor>> ReadAsync(CancellationToken cancellationToken) =>
        File.Exists(path) ? [.. (await File.ReadAllLinesAsync(path, cancellationToken)).Select(Anchor.Parse).OfType<Anchor>()] : [];

    public async Task AppendAsync(IReadOnlyList<Anchor> heads, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        await file.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(heads.Select(h => $"{h}\n"))), cancellationToken);
        file.Flush(flushToDisk: true);
    }
}

/// <summary>
/// An archive location: a file of its own for each writing, none of which is ever replaced, so that it may be a bucket whose
/// objects cannot be changed for as long as they are retained.
/// </summary>
internal sealed class AnchorArchive(string location, IArchiveStore store) : IAnchorBook
{
    internal const string Folder = "audit-heads";

    private static readonly InstantPattern s_name = InstantPattern.CreateWithInvariantCulture("uuuuMMdd'T'HHmmss'.'ffffff'Z'");

    private readonly SemaphoreSlim _turn = new(1, 1);

    // What was read once is not read again: nothing that stands there changes.
    private readonly Dictionary<string, IReadOnlyList<Anchor>> _read = new(StringComparer.Ordinal);

    public string Name => $"{location} ({store.DisplayName})";

    public async Task<IReadOnlyList<Anchor>> ReadAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            List<Anchor> all = [];
            foreach (
                var name in (await store.ListAsync(Folder, cancellationToken)).Where(n => n.EndsWith(".txt", StringComparison.Ordinal))
            )
            {
                if (!_read.TryGetValue(name, out var anchors))
                    _read[name] = anchors = [
                        .. (await store.ReadAsync(name, cancellationToken) ?? "").Split('\n').Select(Anchor.Parse).OfType<Anchor>(),
                    ];
                all.AddRange(anchors);
            }

            return all;
        }
        finally
        {
            _turn.Release();
        }
    }

    public Task AppendAsync(IReadOnlyList<Anchor> heads, CancellationToken cancellationToken) =>
        store.WriteAsync(
            string.Create(CultureInfo.InvariantCulture, $"{Folder}/{s_name.Format(heads[0].At)}.txt"),
            string.Concat(heads.Select(h => $"{h}\n")),
            cancellationToken
        );
}
