using DuckDB.NET.Data;
using Varve.Engines;

namespace Varve.DuckDb;

/// <summary>Opens DuckDB databases for Varve.</summary>
public static class DuckDbDatabase
{
    /// <summary>Opens a file, or <c>:memory:</c>, which lives as long as what is returned. Takes some tens of milliseconds.</summary>
    /// <exception cref="EngineException">The file is missing, is no database, or cannot be read or written.</exception>
    /// <exception cref="BusyException">Another process has it open.</exception>
    public static Database Open(string path, DuckDbOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return Wrap(DuckDbOpening.Open(path, options ?? new()));
    }

    /// <summary>Opens what a URL names, with the options <c>memory_limit</c> and <c>threads</c> of the URL.</summary>
    /// <exception cref="PolicyException">The URL is not DuckDB's, or has an option that it does not know.</exception>
    public static Database Open(DatabaseUrl url, DuckDbOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(url);
        return Open(url.Path, DuckDbUrl.Apply(url, options ?? new()));
    }

    /// <summary>As <see cref="Open(string, DuckDbOptions?)"/>, on a worker thread.</summary>
    public static Task<Database> OpenAsync(string path, DuckDbOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Open(path, options), cancellationToken);

    /// <summary>
    /// For a host application: Varve works on one connection of its own, which the factory makes and Varve opens where
    /// it is not open, and disposes. No global setting is changed; the time zone is set for that connection alone.
    /// </summary>
    public static Database Open(Func<DuckDBConnection> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return Wrap(DuckDbOpening.Open(factory, "the connection of the application", readOnly: false));
    }

    /// <summary>The version of DuckDB that is inside, as it says it.</summary>
    public static async Task<string> EngineVersionAsync(CancellationToken cancellationToken = default)
    {
        await using var memory = Open(":memory:");
        return (await memory.Engine.IdentifyAsync(cancellationToken)).Version;
    }

    private static Database Wrap(DuckDbEngine engine) => new(engine, engine.DisplayName);
}
