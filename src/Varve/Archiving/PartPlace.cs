using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Archiving;

/// <summary>
/// Where rows of a table and rows of parts are compared: in the database itself where that reads parts, else on a bench to
/// which the rows are brought.
/// </summary>
internal sealed class PartPlace : IAsyncDisposable
{
    private readonly IStatements _own;
    private readonly PartBench? _bench;

    private PartPlace(Dialect dialect, IStatements own, PartBench? bench, string hashedBy) =>
        (Dialect, _own, _bench, HashedBy) = (dialect, own, bench, hashedBy);

    /// <summary>What speaks to the parts.</summary>
    public Dialect Dialect { get; }

    /// <summary>How parts are written and read.</summary>
    public ParquetSql Parquet => Dialect.Parquet!;

    /// <summary>The statements that read parts, and rows that are at hand.</summary>
    public IStatements Statements => _bench?.Statements ?? _own;

    /// <summary>What makes the hashes of rows: the engine, its version and its function.</summary>
    public string HashedBy { get; }

    /// <param name="dialect">The engine's.</param>
    /// <param name="benches">Where parts are written and read for it; null where it does that itself, or nothing does.</param>
    /// <param name="statements">The unit of work.</param>
    /// <param name="hashedBy">What makes its hashes of rows, where it reads parts itself.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="PolicyException">The engine has nothing that reads or writes parts.</exception>
    public static async Task<PartPlace> OpenAsync(
        Dialect dialect,
        PartBenches? benches,
        IStatements statements,
        string hashedBy,
        CancellationToken cancellationToken
    )
    {
        if (dialect.Parquet is not null)
            return new(dialect, statements, null, hashedBy);
        if (benches is null)
            throw new PolicyException(
                PolicyCodes.NoArchives,
                "This engine cannot archive rows yet. Take `archive` out of the policy, or keep the source longer."
            );
        var bench = await benches.OpenAsync(cancellationToken);
        return new(bench.Dialect, statements, bench, ArchiveScope.HashName(bench.Engine));
    }

    /// <summary>The columns of a table as parts hold them.</summary>
    public static IReadOnlyList<Column> Held(PartBenches? benches, IReadOnlyList<Column> columns) =>
        benches is null ? columns : [.. columns.Select(c => benches.Held(c) ?? c)];

    /// <summary>Rows of a table where they can be compared.</summary>
    public async Task<SqlText> RowsAsync(ArchiveSql sql, TableName table, RangeSet? ranges, CancellationToken cancellationToken) =>
        _bench is null
            ? sql.Rows(table, ranges)
            : sql.Rows(await _bench.BringAsync(_own, table, sql.Columns, sql.Time, ranges, cancellationToken), null);

    /// <summary>All of a table where it can be compared: itself, or a copy on the bench.</summary>
    public Task<TableName> HereAsync(ArchiveSql sql, TableName table, CancellationToken cancellationToken) =>
        _bench is null ? Task.FromResult(table) : _bench.BringAsync(_own, table, sql.Columns, sql.Time, null, cancellationToken);

    /// <summary>Makes a table of the database of rows that a query over parts has.</summary>
    public Task MakeAsync(ArchiveSql sql, TableName table, SqlText rows, CancellationToken cancellationToken) =>
        _bench is null
            ? _own.ExecuteAsync(ArchiveSql.Create(table, rows), cancellationToken)
            : _bench.MakeAsync(_own, table, sql.Columns, rows, cancellationToken);

    public ValueTask DisposeAsync() => _bench?.DisposeAsync() ?? ValueTask.CompletedTask;
}
