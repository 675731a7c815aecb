using Varve.Engines;

namespace Varve.Server.Connections;

/// <summary>
/// Which files of an embedded engine this process has open, through whichever connection. One of them can be had alone: what
/// reads it beside the engine must find it closed, because the lock that an operating system keeps is one for the whole
/// process, and goes when any part of it closes the file.
/// </summary>
internal sealed class OpenFiles
{
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);
    private readonly HashSet<string> _alone = new(StringComparer.Ordinal);

    /// <summary>Those of this process, whichever server in it opened them.</summary>
    public static OpenFiles OfProcess { get; } = new();

    /// <summary>Opens a database, unless somebody has its file alone.</summary>
    /// <exception cref="BusyException">Somebody has.</exception>
    public T Open<T>(DatabaseUrl url, Func<T> open)
    {
        if (FileOf(url) is not { } file)
            return open();
        lock (_gate)
        {
            Require(file);
            _open[file] = _open.GetValueOrDefault(file) + 1;
        }

        try
        {
            return open();
        }
        catch
        {
            Closed(url);
            throw;
        }
    }

    /// <summary>Says that a database that was opened is closed.</summary>
    public void Closed(DatabaseUrl url)
    {
        if (FileOf(url) is not { } file)
            return;
        lock (_gate)
        {
            if (--_open[file] == 0)
                _open.Remove(file);
        }
    }

    /// <summary>Refuses where somebody has the file alone.</summary>
    /// <exception cref="BusyException">Somebody has.</exception>
    public void Require(DatabaseUrl url)
    {
        if (FileOf(url) is not { } file)
            return;
        lock (_gate)
            Require(file);
    }

    /// <summary>Does something while nothing else in this process has the file open, or opens it.</summary>
    /// <param name="url">The file.</param>
    /// <param name="patience">How long to wait for what has it open.</param>
    /// <param name="work">What is done.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="BusyException">Something still has it open, or somebody has it alone already.</exception>
    public async Task<T> AloneAsync<T>(DatabaseUrl url, TimeSpan patience, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        var file = FileOf(url) ?? throw new ArgumentException($"{url} is no file.", nameof(url));
        lock (_gate)
        {
            Require(file);
            _alone.Add(file);
        }

        try
        {
            var begun = TimeProvider.System.GetTimestamp();
            while (IsOpen(file))
            {
                if (TimeProvider.System.GetElapsedTime(begun) >= patience)
                    throw new BusyException(
                        $"{file} is in use by this server: a run or a request works on it. Ask again when it has ended."
                    );
                await Task.Delay(s_again, cancellationToken);
            }

            return await work();
        }
        finally
        {
            lock (_gate)
                _alone.Remove(file);
        }
    }

    /// <summary>The file that a URL names, whatever links lead to it; null where it names none.</summary>
    internal static string? FileOf(DatabaseUrl url)
    {
        if (url is not { Scheme: "duckdb", Path: not ":memory:" })
            return null;
        var path = Path.GetFullPath(url.Path);
        return File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
    }

    private bool IsOpen(string file)
    {
        lock (_gate)
            return _open.ContainsKey(file);
    }

    private void Require(string file)
    {
        if (_alone.Contains(file))
            throw new BusyException($"{file} is being copied at this moment, and nobody else has it open meanwhile. Ask again.");
    }
}
