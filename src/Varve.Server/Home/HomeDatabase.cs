using NodaTime;
using Varve.Databases;
using Varve.Engines;
using Varve.Server.Home.Mirrored;
using Varve.Sql;

namespace Varve.Server.Home;

/// <summary>
/// The database in which a server keeps what is its own: tokens, schedules, runs, connections and its audit log. What it
/// knows of tables is in their own databases. On a server several servers of Varve may have one home.
/// </summary>
internal sealed class HomeDatabase : IAsyncDisposable
{
    private static readonly DatabaseUrl s_memory = DatabaseUrl.Parse("duckdb::memory:?memory_limit=512MB");

    private readonly Database _database;
    private readonly SqlText? _alone;

    private HomeDatabase(Database database, TimeProvider clock) =>
        (_database, Clock, _alone) = (database, clock, database.Engine.Dialect.Alone(HomeTables.Meta));

    /// <summary>What keeps it in memory and in a log; null where its tables are in the database itself.</summary>
    internal MirroredEngine? Mirrored => _database.Engine as MirroredEngine;

    /// <summary>The clock of everything that is written down.</summary>
    public TimeProvider Clock { get; }

    /// <summary>What it is called in messages.</summary>
    public string Name => _database.Name;

    /// <summary>True where several servers can have it at once.</summary>
    public bool IsShared => _alone is not null || Mirrored is not null;

    /// <summary>True where every word costs a row in a log.</summary>
    public bool IsLogged => Mirrored is not null;

    /// <summary>
    /// The lead that this server has; null where it has none. Nobody asks for it where no other server can have the home.
    /// </summary>
    public Fence? Fence { get; set; }

    /// <summary>Opens it, makes it where there is none, and brings an older one up to date.</summary>
    /// <exception cref="BusyException">Another server has it.</exception>
    /// <exception cref="EngineException">It is newer than this Varve, or cannot be opened.</exception>
    public static async Task<HomeDatabase> OpenAsync(DatabaseUrl url, TimeProvider clock, CancellationToken cancellationToken)
    {
        // Opening a server waits for its answer on the thread that asks.
        var home = new HomeDatabase(await Task.Run(() => OpenAsync(url, cancellationToken), cancellationToken), clock);
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

    private static async Task<Database> OpenAsync(DatabaseUrl url, CancellationToken cancellationToken)
    {
        var database = DatabaseOpening.Open(url, readOnly: false, create: true, memory: "128MB", cancellation: cancellationToken);
        if (database.Engine.Capabilities.Logs is not { } logs)
            return database;
        try
        {
            var log = logs(url.Database ?? HomeTables.Schema);
            await log.EnsureAsync(cancellationToken);
            return new(new MirroredEngine(database, DatabaseOpening.Open(s_memory, readOnly: false, create: true), log), database.Name);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    public Instant Now() => Instant.FromDateTimeOffset(Clock.GetUtcNow());

    /// <summary>Reads, as of one moment.</summary>
    /// <exception cref="EngineException">It does not answer (VRV506), or refuses.</exception>
    public Task<IReadOnlyList<Row>> QueryAsync(SqlText query, CancellationToken cancellationToken) =>
        SaidAsync(() => _database.Engine.TransactAsync((s, token) => s.QueryAsync(query, token), Scope.Reading, cancellationToken));

    /// <summary>Runs one statement that no other server needs to hear of; how many rows it changed.</summary>
    public Task<long> ExecuteAsync(SqlText statement, CancellationToken cancellationToken) =>
        AloneAsync((s, token) => s.ExecuteAsync(statement, token), cancellationToken);

    /// <summary>Does all of it or nothing; one such work at a time, of all servers.</summary>
    public Task<T> WriteAsync<T>(Func<IStatements, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        AloneAsync(
            async (statements, token) =>
            {
                var result = await work(statements, token);
                if (IsShared)
                    await CountAsync(statements, HomeSchema.ChangesName, token);
                return result;
            },
            cancellationToken
        );

    /// <summary>The same, where this server leads: who lost the lead, and may not know it yet, writes nothing.</summary>
    /// <exception cref="EngineException">Another server leads (VRV507).</exception>
    public Task<T> LeadAsync<T>(Func<IStatements, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        WriteAsync(
            async (statements, token) =>
            {
                if (IsShared)
                    await RequireLeadAsync(statements, token);
                return await work(statements, token);
            },
            cancellationToken
        );

    /// <summary>Does all of it or nothing, without a word to other servers.</summary>
    public Task<T> AloneAsync<T>(Func<IStatements, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        SaidAsync(() =>
            _database.Engine.TransactAsync(
                async (statements, token) =>
                {
                    if (_alone is not null)
                        await statements.ExecuteAsync(_alone, token);
                    return await work(statements, token);
                },
                Scope.Writing,
                cancellationToken
            )
        );

    /// <summary>Counts on, so that other servers look.</summary>
    internal static Task<long> CountAsync(IStatements statements, string name, CancellationToken cancellationToken) =>
        statements.ExecuteAsync(
            $"UPDATE {HomeTables.Meta} SET value = CAST(CAST(value AS BIGINT) + 1 AS VARCHAR) WHERE name = {name}",
            cancellationToken
        );

    /// <summary>Where it is kept in a log that has become long: puts a base in its place.</summary>
    public Task ShortenAsync(CancellationToken cancellationToken) =>
        Mirrored is { IsLong: true } mirrored
            ? SaidAsync(async () =>
            {
                await mirrored.RebaseAsync(cancellationToken);
                return 0;
            })
            : Task.CompletedTask;

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task RequireLeadAsync(IStatements statements, CancellationToken cancellationToken)
    {
        if (
            Fence is { } fence
            && (
                await statements.QueryAsync(
                    $"SELECT count(*) FROM {HomeTables.Lead} WHERE server = {fence.Server} AND fence = {fence.Number}",
                    cancellationToken
                )
            )[0]
                .Long(0) > 0
        )
            return;
        throw new EngineException(
            ServerCodes.NotLeading,
            "Another server leads this home now. Nothing was written here; it goes on there.",
            isTransient: true
        );
    }

    /// <summary>A home that does not answer is another thing than a database that a policy keeps, and is said so.</summary>
    private async Task<T> SaidAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (EngineException away) when (IsAway(away))
        {
            throw new EngineException(ServerCodes.HomeAway, $"The server's home does not answer: {away.Message}", isTransient: true, away);
        }
    }

    private bool IsAway(EngineException error) =>
        error.Code switch
        {
            EngineCodes.Lost or Engines.ServerCodes.Unreachable => true,
            Engines.ServerCodes.NotReady => IsShared,
            Engines.ServerCodes.AnswerLost or Engines.ServerCodes.Overloaded => IsLogged,
            _ => false,
        };
}

/// <summary>The right to decide for a home.</summary>
/// <param name="Server">Which server has it.</param>
/// <param name="Number">Greater than that of every lead before it.</param>
internal sealed record Fence(string Server, long Number);
