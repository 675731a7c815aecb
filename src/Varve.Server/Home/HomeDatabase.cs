using NodaTime;
using Varve.Databases;
using Varve.Engines;
using Varve.Sql;

namespace Varve.Server.Home;

/// <summary>
/// The database in which a server keeps what is its own: tokens, schedules, runs, connections and its audit log. What it
/// knows of tables is in their own databases.
/// </summary>
internal sealed class HomeDatabase : IAsyncDisposable
{
    private readonly Database _database;

    private HomeDatabase(Database database, TimeProvider clock) => (_database, Clock) = (database, clock);

    /// <summary>The clock of everything that is written down.</summary>
    public TimeProvider Clock { get; }

    /// <summary>What it is called in messages.</summary>
    public string Name => _database.Name;

    /// <summary>Opens it, makes it where there is none, and brings an older one up to date.</summary>
    /// <exception cref="BusyException">Another server has it.</exception>
    /// <exception cref="EngineException">It is newer than this Varve, or cannot be opened.</exception>
    public static async Task<HomeDatabase> OpenAsync(DatabaseUrl url, TimeProvider clock, CancellationToken cancellationToken)
    {
        var home = new HomeDatabase(DatabaseOpening.Open(url, readOnly: false, create: true, memory: "128MB"), clock);
        try
        {
            await new HomeSchema(home._database.Engine).EnsureAsync(cancellationToken);
            return home;
        }
        catch
        {
            await home.DisposeAsync();
            throw;
        }
    }

    public Instant Now() => Instant.FromDateTimeOffset(Clock.GetUtcNow());

    /// <summary>Reads, as of one moment.</summary>
    public Task<IReadOnlyList<Row>> QueryAsync(SqlText query, CancellationToken cancellationToken) =>
        _database.Engine.TransactAsync((s, token) => s.QueryAsync(query, token), Scope.Reading, cancellationToken);

    /// <summary>Runs one statement; how many rows it changed.</summary>
    public Task<long> ExecuteAsync(SqlText statement, CancellationToken cancellationToken) =>
        _database.Engine.TransactAsync((s, token) => s.ExecuteAsync(statement, token), Scope.Writing, cancellationToken);

    /// <summary>Does all of it or nothing; one such work at a time.</summary>
    public Task<T> WriteAsync<T>(Func<IStatements, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        _database.Engine.TransactAsync(work, Scope.Writing, cancellationToken);

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
