using Varve.CrateDb.Http;
using Varve.CrateDb.Partitions;
using Varve.CrateDb.Statements;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.CrateDb;

/// <summary>
/// Statements of one unit of work. What a statement reads is refreshed before it, and whether all of a user's table can be
/// read is asked before the first statement that names it, at each barrier, and after the last one: CrateDB answers with the
/// rows that are left where a shard is missing, and says nothing.
/// </summary>
internal sealed class CrateDbStatements(CrateDbEngine engine, SqlSession session) : IStatements
{
    private readonly HashSet<TableName> _read = [];
    private readonly HashSet<TableName> _tables = [];

    /// <summary>False once the unit of work has ended.</summary>
    public bool IsOpen { get; set; } = true;

    /// <summary>The connection.</summary>
    public SqlSession Session => session;

    /// <inheritdoc/>
    public async Task<long> ExecuteAsync(SqlText statement, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(statement);
        Begin(cancellationToken);
        if (engine.IsReadOnly)
            throw engine.ReadOnly();
        List<TableName> named = [.. statement.Relations.Select(engine.Whole)];
        var verb = Verb.Of(statement, engine.Dialect);
        if (verb.Reads && !IsLookup(statement, named))
            await FreshAsync(verb.IsInsert ? named.Skip(1) : named, cancellationToken);

        // Also where it fails: a part of it may have been done.
        if (named.Count > 0)
            engine.Freshness.Written(named[0]);
        if (verb.MakesView && named.Count > 0)
            engine.Freshness.IsView(named[0], true);
        var answer = await session.ExecuteAsync(statement, verb.TakesValues, cancellationToken);
        return Math.Max(0, answer.RowCount ?? 0);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Row>> QueryAsync(SqlText query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        Begin(cancellationToken);
        List<TableName> named = [.. query.Relations.Select(engine.Whole)];
        if (!IsLookup(query, named))
            await FreshAsync(named, cancellationToken);
        return (await session.QueryAsync(query, cancellationToken)).Rows;
    }

    /// <inheritdoc/>
    public async Task<TableDescription?> DescribeAsync(TableName table, CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        var whole = engine.Whole(table);
        var description = await CrateDbObserver.DescribeAsync(session, whole, cancellationToken);
        engine.Freshness.IsView(whole, description is { IsView: true });
        if (description is { IsView: false })
            _tables.Add(whole);
        else
            _tables.Remove(whole);
        return description;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<RelationSize>> MeasureAsync(
        IReadOnlyList<TableName> tables,
        bool withBytes,
        CancellationToken cancellationToken
    )
    {
        Begin(cancellationToken);
        return CrateDbObserver.MeasureAsync(this, engine, tables, withBytes, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task BarrierAsync(Before next, CancellationToken cancellationToken)
    {
        await RequireWholeAsync(cancellationToken);

        // What others wrote since the first look is seen by the next one.
        if (next == Before.Remove)
            _read.Clear();
    }

    /// <summary>Throws where something that was read may have been read in part.</summary>
    public async Task RequireWholeAsync(CancellationToken cancellationToken)
    {
        if (_read.Count > 0)
            await ShardGuard.RequireAsync(session, [.. _read], cancellationToken);
    }

    /// <summary>True where it was described as a table in this unit of work.</summary>
    public bool IsTable(TableName table) => _tables.Contains(table);

    /// <summary>
    /// What a first look at some tables does, for all of them at once: everything in them is seen, and all of it can be read.
    /// </summary>
    public async Task BeginReadAsync(IReadOnlyList<TableName> tables, CancellationToken cancellationToken)
    {
        List<TableName> first = [.. tables.Where(t => !_read.Contains(t) && !CrateDbEngine.IsCatalog(t))];
        if (first.Count == 0)
            return;
        var before = engine.Freshness.Now;
        await session.ExecuteAsync(CatalogShapes.Refresh(first), cancellationToken);
        foreach (var table in first)
            engine.Freshness.Refreshed(table, before);
        await ShardGuard.RequireAsync(session, first, cancellationToken);
        _read.UnionWith(first);
    }

    /// <summary>Makes what is in a table now seen by the next query, whoever wrote it.</summary>
    public async Task RefreshAsync(TableName table, CancellationToken cancellationToken)
    {
        var before = engine.Freshness.Now;
        await session.ExecuteAsync(CatalogShapes.Refresh(table), cancellationToken);
        engine.Freshness.Refreshed(table, before);
    }

    private async Task FreshAsync(IEnumerable<TableName> tables, CancellationToken cancellationToken)
    {
        foreach (var table in tables.Distinct().Where(t => !engine.Freshness.IsView(t)))
        {
            var isOurs = CrateDbEngine.IsCatalog(table);
            var isFirst = !isOurs && !_read.Contains(table);
            if (!isFirst && !(isOurs ? engine.Freshness.IsStale(table) : engine.Freshness.IsDirty(table)))
                continue;
            await RefreshAsync(table, cancellationToken);
            if (!isFirst)
                continue;
            await ShardGuard.RequireAsync(session, table, null, cancellationToken);
            _read.Add(table);
        }
    }

    private bool IsLookup(SqlText statement, List<TableName> named) =>
        named is [var one] && CrateDbEngine.IsCatalog(one) && KeyLookup.Is(statement.Render(engine.Dialect).Text, one);

    private void Begin(CancellationToken cancellationToken)
    {
        if (!IsOpen)
            throw new InvalidOperationException("The unit of work of these statements has ended.");
        cancellationToken.ThrowIfCancellationRequested();
    }
}
