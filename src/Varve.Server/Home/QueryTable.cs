using Varve.Engines;
using Varve.Queries;
using Varve.Sql;

namespace Varve.Server.Home;

/// <summary>The queries of a home, with their revisions.</summary>
internal sealed class QueryTable(HomeDatabase home)
{
    /// <summary>Those in force, by connection and name.</summary>
    public async Task<IReadOnlyList<StoredQuery>> ListAsync(CancellationToken cancellationToken) =>
        Read(await home.QueryAsync($"{Columns} WHERE is_current ORDER BY connection, name", cancellationToken));

    /// <summary>The revision in force; null for none.</summary>
    public async Task<StoredQuery?> FindAsync(
        IStatements statements,
        string connection,
        string name,
        CancellationToken cancellationToken
    ) =>
        Read(await statements.QueryAsync($"{Columns} WHERE connection = {connection} AND name = {name} AND is_current", cancellationToken))
            .SingleOrDefault();

    public Task<StoredQuery?> FindAsync(string connection, string name, CancellationToken cancellationToken) =>
        home.WriteAsync((s, token) => FindAsync(s, connection, name, token), cancellationToken);

    /// <summary>Every revision, newest first, also of one that is no longer in force.</summary>
    public async Task<IReadOnlyList<StoredQuery>> RevisionsAsync(string connection, string name, CancellationToken cancellationToken) =>
        Read(
            await home.QueryAsync($"{Columns} WHERE connection = {connection} AND name = {name} ORDER BY revision DESC", cancellationToken)
        );

    /// <summary>The newest revision that was ever used, 0 for none: a name that comes again goes on counting.</summary>
    public async Task<int> NewestAsync(IStatements statements, string connection, string name, CancellationToken cancellationToken) =>
        (int)
            (
                await statements.QueryAsync(
                    $"SELECT coalesce(max(revision), 0) FROM {HomeTables.Queries} WHERE connection = {connection} AND name = {name}",
                    cancellationToken
                )
            )[0]
                .Long(0);

    /// <summary>Puts a revision in force in place of the one before it.</summary>
    public async Task AddAsync(IStatements statements, StoredQuery query, CancellationToken cancellationToken)
    {
        await RetireAsync(statements, query.Connection, query.Query.Name, cancellationToken);
        await statements.ExecuteAsync(
            $"""
            INSERT INTO {HomeTables.Queries} (connection, name, revision, is_current, yaml, applied_us, applied_by)
            VALUES ({query.Connection}, {query.Query.Name}, {(long)query.Revision}, {true}, {query.Yaml}, {HomeTime.From(
                query.AppliedAt
            )}, {query.AppliedBy})
            """,
            cancellationToken
        );
    }

    /// <summary>Takes a query out of force; its revisions stay.</summary>
    public Task<long> RetireAsync(IStatements statements, string connection, string name, CancellationToken cancellationToken) =>
        statements.ExecuteAsync(
            $"UPDATE {HomeTables.Queries} SET is_current = {false} WHERE connection = {connection} AND name = {name} AND is_current",
            cancellationToken
        );

    private static SqlText Columns => $"SELECT connection, yaml, revision, applied_us, applied_by FROM {HomeTables.Queries}";

    private static IReadOnlyList<StoredQuery> Read(IReadOnlyList<Row> rows) =>
        [
            .. rows.Select(r => new StoredQuery(
                r.Text(0),
                QueryYaml.Parse(r.Text(1), "").Single().Query,
                (int)r.Long(2),
                r.Text(1),
                HomeTime.At(r.Long(3)),
                r.Text(4)
            )),
        ];
}
