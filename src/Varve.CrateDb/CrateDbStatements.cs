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
    private readonly HashSet<TableName> _seen = [];
    private readonly HashSet<TableName> _read = [];
    private readonly HashSet<TableName> _tables = [];
    private readonly AheadAnswers _ahead = new(engine.Dialect);

    // So many numbers are asked for with one statement.
    private const int MostNumbers = 120;

    // The table whose partitions are about to go, and how they stood when nothing was asked or done after that.
    private TableName? _held;
    private StateLook? _look;

    // True where something of a user's table was read or written since it was last asked whether all of it is there.
    private bool _isToAsk;

    /// <summary>False once the unit of work has ended.</summary>
    public bool IsOpen { get; set; } = true;

    /// <summary>True where a statement of a person comes, which may read tables that nobody names.</summary>
    public bool ReadsAny { get; init; }

    /// <summary>The connection.</summary>
    public SqlSession Session => session;

    /// <inheritdoc/>
    public async Task<long> ExecuteAsync(SqlText statement, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(statement);
        Begin(cancellationToken);
        _look = null;
        if (engine.IsReadOnly)
            throw engine.ReadOnly();
        List<TableName> named = [.. statement.Relations.Select(engine.Whole)];
        var verb = Verb.Of(statement, engine.Dialect);
        _ahead.Clear();
        if (ReadsAny && named.Count == 0)
        {
            var mentioned = await MentionedTables.InAsync(session, statement.Render(engine.Dialect).Text, cancellationToken);
            await FreshAsync(mentioned, mentioned, cancellationToken);
        }

        if (verb.Reads && !IsLookup(statement, named))
            await FreshAsync(
                verb.IsInsert ? named.Skip(1)
                    : engine.Partitions.IsDrop(statement) ? []
                    : named,
                named,
                cancellationToken
            );

        if (verb.MakesView && named.Count > 0)
            engine.Freshness.IsView(named[0], true);
        var (answer, before) = await WriteAsync(
            named.FirstOrDefault(),
            () => session.ExecuteAsync(statement, verb.TakesValues, cancellationToken)
        );
        if (verb.Reads && answer.RowCount == 0 && before is { } at)
            engine.Freshness.Refreshed(named[0], at);
        return Math.Max(0, answer.RowCount ?? 0);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Row>> QueryAsync(SqlText query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        Begin(cancellationToken);
        _look = null;
        if (_ahead.Row(query) is { } answer)
            return [answer];
        List<TableName> named = [.. query.Relations.Select(engine.Whole)];
        var verb = Verb.Of(query, engine.Dialect);
        if (!IsLookup(query, named))
            await FreshAsync(verb.IsInsert ? named.Skip(1) : named, named, cancellationToken);
        if (verb.IsQuery)
            return (await session.QueryAsync(query, cancellationToken)).Rows;

        // A change that says what it wrote is never repeated.
        if (engine.IsReadOnly)
            throw engine.ReadOnly();
        _ahead.Clear();
        return (await WriteAsync(named[0], () => session.ExecuteAsync(query, cancellationToken))).Answer.Rows;
    }

    // Written also where it fails: a part of it may have been done. Once more behind it, because a refresh of somebody else on this
    // engine may have come in between, and did not see it.
    private async Task<(Answer Answer, long? Before)> WriteAsync(TableName? table, Func<Task<Answer>> write)
    {
        var before = table is null ? null : engine.Freshness.Written(table);
        try
        {
            return (await write(), before);
        }
        finally
        {
            if (table is not null)
                engine.Freshness.Written(table);
        }
    }

    /// <inheritdoc/>
    public async Task<TableDescription?> DescribeAsync(TableName table, CancellationToken cancellationToken)
    {
        Begin(cancellationToken);
        var whole = engine.Whole(table);
        var look = _ahead.Look(whole) ?? await CatalogLook.ReadAsync(session, [whole], cancellationToken);
        var description = await CrateDbObserver.DescribeAsync(engine, session, whole, look, cancellationToken);
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
    public async Task AheadAsync(Ahead next, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(next);
        Begin(cancellationToken);
        if (next.Tables.Count > 0)
        {
            List<TableName> tables = [.. next.Tables.Select(engine.Whole).Distinct().Where(t => !_ahead.HasLook(t))];
            var look = await CatalogLook.ReadAsync(session, tables, cancellationToken);
            _ahead.Add(look, tables);

            // That all of a table is there is known before its first look, and asked again after the last one.
            _read.UnionWith(tables.Where(look.IsWhole).Where(t => !CrateDbEngine.IsCatalog(t)));
        }

        List<TableName> reads = [.. next.Reads.Select(engine.Whole).Distinct()];
        if (reads.Count > 0)
            await FreshAsync(reads, reads, cancellationToken);
        List<TableName> sizes = [.. next.Sizes.Select(engine.Whole).Distinct().Where(t => !_ahead.HasRows(t))];
        List<RowQuery> rows = [.. next.Rows.Where(r => !_ahead.HasRow(r.Query))];
        IReadOnlyList<SqlText> counts = [.. sizes.Select(ObserverShapes.Count)];
        IReadOnlyList<SqlText> numbers = [.. counts, .. rows.SelectMany(r => r.Values)];
        if (numbers.Count == 0)
            return;
        List<TableName> named = [.. numbers.SelectMany(n => n.Relations).Select(engine.Whole).Distinct()];
        await FreshAsync(named, named, cancellationToken);
        List<object?> values = [];
        foreach (var some in numbers.Chunk(MostNumbers))
        {
            var row = (await session.QueryAsync(RowsSql.Together(some), cancellationToken)).Rows[0];
            values.AddRange(some.Select((_, i) => row[i]));
        }

        for (var i = 0; i < sizes.Count; i++)
            _ahead.Add(sizes[i], (long)values[i]!);
        var at = sizes.Count;
        foreach (var query in rows)
        {
            _ahead.Add(query.Query, new Row([.. values.Skip(at).Take(query.Values.Count)]));
            at += query.Values.Count;
        }
    }

    /// <summary>Rows and bytes of tables that were asked for ahead; null where not all of them were.</summary>
    public IReadOnlyList<(long Rows, long Bytes)>? Known(IReadOnlyList<TableName> tables) => _ahead.Sizes(tables);

    /// <inheritdoc/>
    public async Task BarrierAsync(Before next, CancellationToken cancellationToken)
    {
        // What goes next is looked at in any case, and the same look tells whether all of it was read.
        if (next == Before.Remove && _held is not null && _isToAsk)
            _look = await LookAsync(cancellationToken);
        else
            await RequireWholeAsync(cancellationToken);

        // What others wrote since the first look is seen by the next one.
        if (next == Before.Remove)
            _seen.Clear();
    }

    /// <summary>Partitions of a table are held: whoever removes them looks at how they stand.</summary>
    public async Task<StateLook> HoldAsync(TableName table, CancellationToken cancellationToken)
    {
        _held = table;
        return await LookAsync(cancellationToken);
    }

    /// <summary>The same where they were looked at just now, and all of the table could be read then.</summary>
    public void Hold(TableName table)
    {
        _held = table;
        _read.Add(table);
    }

    /// <summary>
    /// How the partitions that are held stand now; and that all of what was read can be read, without which it throws.
    /// </summary>
    public async Task<StateLook> LookAsync(CancellationToken cancellationToken)
    {
        _look = null;
        List<TableName> tables = [_held!, .. _read.Where(t => t != _held)];
        var look = await StateLook.ReadWholeAsync(session, tables, cancellationToken);
        _read.Add(_held!);
        _isToAsk = false;
        return look;
    }

    /// <summary>How they stood at the barrier, where nothing was asked or done since; null otherwise.</summary>
    public StateLook? Looked() => _look;

    /// <summary>Throws where something that was read may have been read in part.</summary>
    public async Task RequireWholeAsync(CancellationToken cancellationToken)
    {
        if (_read.Count == 0 || !_isToAsk)
            return;
        await ShardGuard.RequireAsync(session, [.. _read], cancellationToken);
        _isToAsk = false;
    }

    /// <summary>True where it was described as a table in this unit of work.</summary>
    public bool IsTable(TableName table) => _tables.Contains(table);

    /// <summary>
    /// What a first look at some tables does, for all of them at once: everything in them is seen, and all of it can be read.
    /// </summary>
    public async Task BeginReadAsync(IReadOnlyList<TableName> tables, CancellationToken cancellationToken)
    {
        await FreshAsync(tables, tables, cancellationToken);
    }

    /// <summary>Makes what is in some tables now seen by the next query, whoever wrote it.</summary>
    private async Task RefreshAsync(IReadOnlyList<TableName> tables, CancellationToken cancellationToken)
    {
        var before = engine.Freshness.Now;

        // Asked for again where the answer is lost: twice is the same as once.
        await session.QueryAsync(CatalogShapes.Refresh(tables), cancellationToken);
        foreach (var table in tables)
            engine.Freshness.Refreshed(table, before);
        _seen.UnionWith(tables);
    }

    // Whoever reads one of Varve's books reads others next: all that may be old are refreshed with the same statement.
    private async Task RefreshWithBooksAsync(List<TableName> stale, CancellationToken cancellationToken)
    {
        List<TableName> books = stale.Find(CrateDbEngine.IsCatalog) is { } book ? engine.Freshness.Books(book, stale) : [];
        if (books.Count > 0)
        {
            try
            {
                await RefreshAsync([.. stale, .. books], cancellationToken);
                return;
            }
            catch (EngineException error) when (error.Code == EngineCodes.Unknown)
            {
                // A catalog that is being made, or an older one, has not all of them.
                engine.Freshness.LacksBooks();
            }
        }

        await RefreshAsync(stale, cancellationToken);
    }

    /// <summary>
    /// What a statement reads is refreshed before it, and of what it names it is known before its first look that all of it is
    /// there: for all of its tables at once.
    /// </summary>
    private async Task FreshAsync(IEnumerable<TableName> read, IEnumerable<TableName> named, CancellationToken cancellationToken)
    {
        List<TableName> stale = [.. Stored(read).Where(IsStale)];
        if (stale.Count > 0)
            await RefreshWithBooksAsync(stale, cancellationToken);
        List<TableName> users = [.. Stored(named).Where(t => !CrateDbEngine.IsCatalog(t))];
        List<TableName> first = [.. users.Where(t => !_read.Contains(t))];
        if (first.Count > 0)
        {
            await ShardGuard.RequireAsync(session, first, cancellationToken);
            _read.UnionWith(first);
        }

        _isToAsk |= users.Count > 0;
    }

    private bool IsStale(TableName table) =>
        CrateDbEngine.IsCatalog(table) ? engine.Freshness.IsStale(table) : engine.Freshness.IsDirty(table) || !_seen.Contains(table);

    // A view has no rows of its own.
    private IEnumerable<TableName> Stored(IEnumerable<TableName> tables) => tables.Distinct().Where(t => !engine.Freshness.IsView(t));

    private bool IsLookup(SqlText statement, List<TableName> named) =>
        named is [var one] && CrateDbEngine.IsCatalog(one) && KeyLookup.Is(statement.Render(engine.Dialect).Text, one);

    private void Begin(CancellationToken cancellationToken)
    {
        if (!IsOpen)
            throw new InvalidOperationException("The unit of work of these statements has ended.");
        cancellationToken.ThrowIfCancellationRequested();
    }
}
