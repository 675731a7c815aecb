using NodaTime;
using Varve.Catalog;
using Varve.DuckDb;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Engines.Tests.Catalog;

/// <summary>A catalog in memory, and everything that writes to it.</summary>
internal sealed class CatalogFile : IAsyncDisposable
{
    private CatalogFile(Database database, string schema, string? auditKey)
    {
        Database = database;
        Tables = new(schema);
        Schema = new(Tables, database.Engine);
        Shelf = new(Tables, database.Engine.Dialect);
        Holds = new(Tables);
        Ledgers = new(Tables, database.Engine.Dialect, Shelf, new(Tables), Holds);
        Runs = new(Tables, Duration.FromDays(400));
        Audit = new(Tables, auditKey);
    }

    public Database Database { get; }

    public CatalogTables Tables { get; }

    public CatalogSchema Schema { get; }

    public PolicyTable Shelf { get; }

    public LedgerTable Ledgers { get; }

    public HoldTable Holds { get; }

    public RunJournal Runs { get; }

    public AuditLog Audit { get; }

    public static CatalogFile Empty(string schema = "varve", string? auditKey = null) =>
        new(DuckDbDatabase.Open(":memory:"), schema, auditKey);

    public static async Task<CatalogFile> NewAsync(string schema = "varve", string? auditKey = null)
    {
        var catalog = Empty(schema, auditKey);
        await catalog.Schema.EnsureAsync(default);
        return catalog;
    }

    public static PolicyDocument Document(string name, string keep = "7d") =>
        new(
            new Policy
            {
                Name = name,
                Table = new("main", "t"),
                Time = "ts",
                Keep = Keep.Parse(keep),
                Tags = ["a", "b"],
            },
            $"policy: {name}\n",
            new Dictionary<string, SourcePosition>()
        );

    public Task<T> WriteAsync<T>(Func<IStatements, Task<T>> work) =>
        Database.Engine.TransactAsync((s, _) => work(s), Scope.Writing, default);

    public Task WriteAsync(Func<IStatements, Task> work) =>
        WriteAsync(async s =>
        {
            await work(s);
            return 0;
        });

    public Task<T> ReadAsync<T>(Func<IStatements, Task<T>> work) =>
        Database.Engine.TransactAsync((s, _) => work(s), Scope.Reading, default);

    public Task<IReadOnlyList<Row>> AskAsync(SqlText query) => ReadAsync(s => s.QueryAsync(query, default));

    public Task<long> SayAsync(SqlText statement) => WriteAsync(s => s.ExecuteAsync(statement, default));

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
