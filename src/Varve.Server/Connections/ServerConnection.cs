using Varve.Engines;

namespace Varve.Server.Connections;

/// <summary>How a database is kept: as it is declared, or as it was saved.</summary>
/// <param name="Name">Its name here.</param>
/// <param name="Url">Where it is; the password is never written out.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="AtOnce">How many runs it may have at once.</param>
/// <param name="Source">Where it is declared: file, environment or home.</param>
internal sealed record ConnectionSetting(string Name, DatabaseUrl Url, string Tenant, int AtOnce, string Source)
{
    /// <summary>True where the declaration allows recurrent queries: a person's own statements.</summary>
    public bool Queries { get; init; }

    /// <summary>True where nothing changed, a password among what is compared.</summary>
    internal bool IsSame(ConnectionSetting other) =>
        other.Name == Name
        && other.Url.IsSame(Url)
        && other.Tenant == Tenant
        && other.AtOnce == AtOnce
        && other.Source == Source
        && other.Queries == Queries;

    internal const string File = "file";

    internal const string Environment = "environment";

    internal const string Home = "home";

    internal const string CommandLine = "command line";

    internal const string DefaultTenant = "default";
}

/// <summary>A database that a server keeps tables in.</summary>
internal sealed class ServerConnection(ConnectionSetting setting, LifecycleOptions options) : IAsyncDisposable
{
    /// <summary>How long a person waits for a database that another process has.</summary>
    internal static readonly TimeSpan Impatient = TimeSpan.FromSeconds(3);

    private readonly Lanes _lanes = new(setting.Url, options);

    public ConnectionSetting Setting => setting;

    public string Name => setting.Name;

    /// <summary>Why its policies could not be read when they were looked at last; null where they could.</summary>
    public string? Trouble { get; set; }

    /// <summary>How many policies and patterns it had when they were looked at last.</summary>
    public int Policies { get; set; }

    public Task<T> UseAsync<T>(string subject, Func<Lifecycle, Task<T>> work, CancellationToken cancellationToken) =>
        _lanes.UseAsync(subject, Impatient, (lifecycle, _) => work(lifecycle), cancellationToken);

    public Task<T> UseAsync<T>(
        string subject,
        TimeSpan patience,
        Func<Lifecycle, Database, Task<T>> work,
        CancellationToken cancellationToken
    ) => _lanes.UseAsync(subject, patience, work, cancellationToken);

    public ValueTask DisposeAsync() => _lanes.DisposeAsync();
}
