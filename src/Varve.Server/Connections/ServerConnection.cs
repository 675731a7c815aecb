using Varve.Archiving;
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

    /// <summary>Archive locations that are this database's own: where each is, by name.</summary>
    public IReadOnlyDictionary<string, string> Archives { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// The archive locations that policies of this database can name: its own, and for the tenant that everything is of which
    /// names none, those that the process has. Parts lie below the name of their policy, so whoever reads a location reads
    /// what everybody archived there.
    /// </summary>
    /// <param name="ofProcess">Those that the process has.</param>
    internal IReadOnlyDictionary<string, string> ArchivesWith(IReadOnlyDictionary<string, string> ofProcess)
    {
        if (Tenant != DefaultTenant)
            return Archives;
        var own = Archives.Keys.Select(LocationNames.Key).ToHashSet(StringComparer.Ordinal);
        return ofProcess
            .Where(p => !own.Contains(LocationNames.Key(p.Key)))
            .Concat(Archives)
            .ToDictionary(a => a.Key, a => a.Value, StringComparer.Ordinal);
    }

    /// <summary>True where nothing changed, a password among what is compared.</summary>
    internal bool IsSame(ConnectionSetting other) =>
        other.Name == Name
        && other.Url.IsSame(Url)
        && other.Tenant == Tenant
        && other.AtOnce == AtOnce
        && other.Source == Source
        && other.Queries == Queries
        && other.Archives.Count == Archives.Count
        && other.Archives.All(a => Archives.TryGetValue(a.Key, out var place) && place == a.Value);

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

    // What the longest requests of a page need is far below it; whoever waits longer has often gone already.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    internal const int MostWaiting = 1_000;

    private readonly Lanes _lanes = new(
        setting.Url,
        options with
        {
            Archives = setting.ArchivesWith(options.Archives),
            TelemetryTags = new Dictionary<string, string> { [ServerTelemetry.Connection] = setting.Name },
        }
    );

    private readonly SharedLooks _looks = new(TurnsOf(setting, options));

    /// <summary>Turns of requests that look.</summary>
    internal RequestTurns ShortTurns => _looks.Turns;

    /// <summary>Turns of requests that read or move whole tables.</summary>
    internal RequestTurns LongTurns { get; } = TurnsOf(setting, options);

    public ConnectionSetting Setting => setting;

    public string Name => setting.Name;

    /// <summary>Why its policies could not be read when they were looked at last; null where they could.</summary>
    public string? Trouble { get; set; }

    /// <summary>How many policies and patterns it had when they were looked at last.</summary>
    public int Policies { get; set; }

    /// <summary>How many requests of a kind have their turn at once.</summary>
    public int AtOnce => AtOnceOf(setting);

    /// <summary>How many requests wait for their turn.</summary>
    public long Waiting => ShortTurns.Waiting + LongTurns.Waiting;

    /// <summary>Does what a request asks for, once it is its turn.</summary>
    public Task<T> UseAsync<T>(string subject, Func<Lifecycle, Task<T>> work, CancellationToken cancellationToken) =>
        UseAsync(subject, (lifecycle, _) => work(lifecycle), cancellationToken);

    /// <summary>Does what a request asks for, once it is its turn.</summary>
    public Task<T> UseAsync<T>(string subject, Func<Lifecycle, Database, Task<T>> work, CancellationToken cancellationToken) =>
        ShortTurns.TakeAsync(() => _lanes.UseAsync(subject, Impatient, work, cancellationToken), cancellationToken);

    /// <summary>Tells what a request asks for, once it is its turn, together with those that ask for the same until then.</summary>
    /// <param name="subject">Who asks.</param>
    /// <param name="what">What for: the answer depends on nothing else.</param>
    /// <param name="look">Reads it, and changes nothing.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<T> LookAsync<T>(
        string subject,
        string what,
        Func<Lifecycle, CancellationToken, Task<T>> look,
        CancellationToken cancellationToken
    ) =>
        _looks.TakeAsync(
            what,
            token => _lanes.UseAsync(subject, Impatient, (lifecycle, _) => look(lifecycle, token), token),
            cancellationToken
        );

    /// <summary>
    /// Does what a request asks for and what may take minutes, because it reads or moves whole tables, once it is its turn
    /// among its kind: what only looks does not wait behind it.
    /// </summary>
    public Task<T> UseLongAsync<T>(string subject, Func<Lifecycle, Task<T>> work, CancellationToken cancellationToken) =>
        LongTurns.TakeAsync(
            () => _lanes.UseAsync(subject, Impatient, (lifecycle, _) => work(lifecycle), cancellationToken),
            cancellationToken
        );

    /// <summary>Does what the server itself has to do: runs, schedules, watching. It never waits behind requests.</summary>
    public Task<T> OwnAsync<T>(
        string subject,
        TimeSpan patience,
        Func<Lifecycle, Database, Task<T>> work,
        CancellationToken cancellationToken
    ) => _lanes.UseAsync(subject, patience, work, cancellationToken);

    /// <summary>The same, with the patience of a person.</summary>
    public Task<T> OwnAsync<T>(string subject, Func<Lifecycle, Task<T>> work, CancellationToken cancellationToken) =>
        OwnAsync(subject, Impatient, (lifecycle, _) => work(lifecycle), cancellationToken);

    /// <summary>
    /// Does what reads the file of an embedded database beside the engine, once it is its turn among what takes long: this
    /// server has the file not open meanwhile, and whoever asks for it is told that it is busy.
    /// </summary>
    /// <exception cref="BusyException">A run or a request has it.</exception>
    public Task<T> AloneAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken) =>
        LongTurns.TakeAsync(
            async () =>
            {
                await _lanes.CloseIdleAsync();
                return await OpenFiles.OfProcess.AloneAsync(setting.Url, Impatient, work, cancellationToken);
            },
            cancellationToken
        );

    public ValueTask DisposeAsync() => _lanes.DisposeAsync();

    private static RequestTurns TurnsOf(ConnectionSetting setting, LifecycleOptions options) =>
        new(AtOnceOf(setting), MostWaiting, s_patience, setting.Name, options.TimeProvider);

    // An embedded engine works on the processors of the server: more at once only get into each other's way. A server has
    // its own, and its connections are there for others too.
    private static int AtOnceOf(ConnectionSetting setting) => setting.Url.Scheme == "duckdb" ? Math.Max(2, Environment.ProcessorCount) : 8;
}
