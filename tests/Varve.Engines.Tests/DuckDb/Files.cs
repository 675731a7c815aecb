using Varve.DuckDb;
using Varve.Sql;

namespace Varve.Engines.Tests.DuckDb;

/// <summary>A folder of one test, removed with it.</summary>
public abstract class Files : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("varve-").FullName;

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected string Named(string name) => Path.Combine(_folder, name);

    protected Database New(string name = "x.duckdb") => DuckDbDatabase.Open(Named(name), new() { Create = true });

    protected static Task<long> Do(Database database, SqlText statement, CancellationToken cancellationToken = default) =>
        database.Engine.TransactAsync((s, token) => s.ExecuteAsync(statement, token), Scope.Writing, cancellationToken);

    protected static Task<IReadOnlyList<Row>> Ask(Database database, SqlText query, CancellationToken cancellationToken = default) =>
        database.Engine.TransactAsync((s, token) => s.QueryAsync(query, token), Scope.Reading, cancellationToken);

    protected static async Task<object?> One(Database database, SqlText query) => (await Ask(database, query))[0][0];
}
