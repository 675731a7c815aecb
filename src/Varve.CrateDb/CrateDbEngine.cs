using System.Collections.Concurrent;
using Varve.CrateDb.Http;
using Varve.CrateDb.Logs;
using Varve.Engines;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.CrateDb;

/// <summary>
/// A CrateDB cluster. It has no transactions: each statement is done by itself, is seen by others after a refresh, and may
/// have been done although its answer was lost. The order of work of a step is what keeps it right.
/// </summary>
internal sealed class CrateDbEngine : IEngine
{
    private const string DefaultCatalog = "varve";

    // Who and what answers does not change meanwhile, and its clock goes on as this one does.
    private static readonly TimeSpan s_known = TimeSpan.FromSeconds(30);

    private readonly SqlClient _client;
    private readonly ConcurrentBag<SqlSession> _idle = [];
    private readonly TimeProvider _clock;
    private Tuple<EngineIdentity, long>? _identity;

    public CrateDbEngine(SqlClient client, string? schema, bool isReadOnly, TimeProvider clock)
    {
        (_client, IsReadOnly, _clock) = (client, isReadOnly, clock);
        DefaultSchema = schema ?? "doc";
        Freshness = new(clock);
        Partitions = new(this);
    }

    /// <summary>Who this is among those that hold leases, and how its statements are found among others.</summary>
    public string Holder { get; } = Guid.CreateVersion7().ToString("N");

    /// <summary>What it is called in messages.</summary>
    public string DisplayName => _client.Name;

    /// <summary>The schema of tables that are named without one.</summary>
    public string DefaultSchema { get; }

    /// <summary>True where nothing is written.</summary>
    public bool IsReadOnly { get; }

    /// <summary>What is known to be seen by a query.</summary>
    public Freshness Freshness { get; }

    /// <summary>The partitions of tables.</summary>
    public CrateDbPartitions Partitions { get; }

    /// <inheritdoc/>
    public Dialect Dialect { get; } = new CrateDbDialect();

    /// <inheritdoc/>
    public Capabilities Capabilities =>
        field ??= new()
        {
            Transactions = false,
            Partitions = true,
            Partitioning = Partitions,
            Relocation = new CrateDbRelocation(this),
            Snapshotting = new CrateDbSnapshots(this, _clock),
            MaxNameBytes = 255,
            BadColumnName = CrateDbDialect.BadColumnName,
            MaxColumns = 1000,
            ReturnsSpace = true,
            AsksAhead = true,
            Logs = schema => new CrateDbLog(this, schema, _clock),
            IgnoresCase = false,
        };

    /// <summary>True where a secret crosses a network in the clear.</summary>
    public bool IsClear => _client.IsClear;

    /// <summary>A table with its schema.</summary>
    public TableName Whole(TableName table) => table with { Schema = table.Schema ?? DefaultSchema };

    /// <summary>True for Varve's own books, which nobody else writes and whose rows are looked up by their keys.</summary>
    public static bool IsCatalog(TableName table) => table.Schema == DefaultCatalog;

    /// <inheritdoc/>
    public async Task<EngineIdentity> IdentifyAsync(CancellationToken cancellationToken)
    {
        // One reference, so that it is never seen half written.
        if (_identity is var (known, at) && _clock.GetElapsedTime(at) is var since && since < s_known)
            return known with { Now = known.Now + NodaTime.Duration.FromTimeSpan(since) };
        var identity = await AskAsync(cancellationToken);
        _identity = new(identity, _clock.GetTimestamp());
        return identity;
    }

    private async Task<EngineIdentity> AskAsync(CancellationToken cancellationToken)
    {
        await using var borrowed = Borrow();
        var row = (
            await borrowed.Session.QueryAsync(
                $"SELECT current_user, now()::BIGINT, (SELECT min(version['number']) FROM sys.nodes), (SELECT name FROM sys.cluster)",
                cancellationToken
            )
        ).Rows[0];
        return new(
            "cratedb",
            row.TextOrNull(2) ?? "",
            row.TextOrNull(3) ?? DisplayName,
            row.Text(0),
            Micros.ToInstant(row.Long(1) * 1_000)
        );
    }

    /// <inheritdoc/>
    public async Task<T> TransactAsync<T>(
        Func<IStatements, CancellationToken, Task<T>> work,
        Scope scope,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentNullException.ThrowIfNull(scope);
        if (scope.Lease is CrateDbLease lease)
            await lease.RequireAsync(cancellationToken);
        await using var borrowed = Borrow();
        var statements = new CrateDbStatements(this, borrowed.Session) { ReadsAny = scope.ReadsAny };
        try
        {
            var result = await work(statements, cancellationToken);
            await statements.RequireWholeAsync(cancellationToken);
            return result;
        }
        finally
        {
            statements.IsOpen = false;
        }
    }

    /// <summary>Nothing: what was removed is merged away by the nodes, and partitions give their room back at once.</summary>
    public Task SettleAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<ILease> LeaseAsync(string policy, CancellationToken cancellationToken)
    {
        if (IsReadOnly)
            throw ReadOnly();
        return await CrateDbLease.TakeAsync(this, policy, _clock, cancellationToken);
    }

    /// <summary>A connection for a while.</summary>
    public BorrowedSession Borrow() => new(_idle.TryTake(out var session) ? session : _client.Session(new() { Tag = Holder }), _idle);

    /// <summary>What is said to whoever writes where nothing may be written.</summary>
    public EngineException ReadOnly() => new(EngineCodes.ReadOnly, $"{DisplayName} was opened to be read only.");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_idle.TryTake(out var session))
            await session.DisposeAsync();
    }
}
