using System.Security.Cryptography;
using System.Text;
using NodaTime;
using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Queries;

/// <summary>What became of one window.</summary>
/// <param name="Rows">How many rows it gave, or changed.</param>
/// <param name="Replaced">How many rows made way for them.</param>
/// <param name="WasDone">True where it had been done before, and nothing was done now.</param>
internal sealed record WindowResult(long Rows, long Replaced, bool WasDone);

/// <summary>
/// Does one window of a query, in one transaction with the record that it was done. Where there is none, the statement goes
/// first: it is the person's own, done again where the record was lost. It is the one place that runs what a person wrote.
/// </summary>
internal sealed class QueryWork(IEngine engine, string schema, TimeProvider clock)
{
    private readonly WindowTable _windows = new(schema);
    private readonly CatalogStore _store = new(engine, schema, null, Duration.Zero);

    /// <summary>Does a window.</summary>
    /// <param name="query">The query.</param>
    /// <param name="revision">Its revision, for the record.</param>
    /// <param name="window">The window.</param>
    /// <param name="again">True: one that was done is done anew, where rows are replaced.</param>
    /// <param name="run">The run, for the record.</param>
    /// <param name="subject">Who asked, for the record.</param>
    /// <param name="cancellationToken">Ends it; nothing of it stays then.</param>
    /// <exception cref="PolicyException">What was written does not fit what is there.</exception>
    public async Task<WindowResult> RunAsync(
        RecurrentQuery query,
        int revision,
        TimeRange window,
        bool again,
        string run,
        string subject,
        CancellationToken cancellationToken
    )
    {
        RequireTransactions(query);
        await RefuseOwnAsync(query, cancellationToken);
        await _windows.EnsureAsync(engine, cancellationToken);
        return await ToldAsync(
            query,
            () =>
                engine.TransactAsync(
                    async (statements, token) =>
                    {
                        await OpenPathAsync(statements, token);
                        var known = await _windows.ListAsync(statements, query.Name, window, token);
                        if (known is [var same] && same.Range == window && !(again && query.Write == WindowWriting.Replace))
                            return new WindowResult(same.Rows, 0, WasDone: true);
                        if (known.Count > 0 && query.Write != WindowWriting.Replace)
                            throw new PolicyException(
                                QueryCodes.Overlaps,
                                $"{query.Name}: rows were added for {known[0].Range} already, which shares time with {window}: they would count twice. Ask for windows that begin and end with the schedule."
                            );
                        var result = query.Into is { } into
                            ? await PutAsync(statements, query, into, window, token)
                            : new(await statements.ExecuteAsync(WindowSql.Alone(query.Sql.For(window)), token), 0, false);
                        await statements.BarrierAsync(Before.Record, token);
                        await _windows.RemoveAsync(statements, query.Name, window, token);
                        await _windows.AddAsync(
                            statements,
                            query.Name,
                            new(window, result.Rows, revision, run, subject, Instant.FromDateTimeOffset(clock.GetUtcNow())),
                            token
                        );
                        return result;
                    },
                    Scope.Writing with
                    {
                        ReadsAny = true,
                    },
                    cancellationToken
                )
        );
    }

    /// <summary>Windows that were done in a range, oldest first.</summary>
    public Task<IReadOnlyList<DoneWindow>> DoneAsync(string query, TimeRange range, CancellationToken cancellationToken) =>
        _windows.ListAsync(engine, query, range, cancellationToken);

    /// <summary>What does not fit the database; nothing is done. What the database says of the statement is a problem too.</summary>
    public async Task<IReadOnlyList<Problem>> CheckAsync(RecurrentQuery query, TimeRange window, CancellationToken cancellationToken)
    {
        try
        {
            RequireTransactions(query);
            if (query.Into is { } into)
            {
                Fit(query, into, await Look.DescribeAsync(engine, into, cancellationToken));
                await RefuseOwnAsync(query, cancellationToken);
                await ToldAsync(
                    query,
                    () =>
                        engine.TransactAsync(
                            async (statements, token) =>
                            {
                                await OpenPathAsync(statements, token);
                                return await statements.QueryAsync(WindowSql.Explain(query.Sql.For(window)), token);
                            },
                            Scope.Reading,
                            cancellationToken
                        )
                );
            }

            return [];
        }
        catch (Exception wrong) when (wrong is PolicyException or EngineException { IsTransient: false })
        {
            return [Problem.Of((VarveException)wrong) with { Path = wrong is PolicyException ? "into" : "sql" }];
        }
    }

    private async Task OpenPathAsync(IStatements statements, CancellationToken cancellationToken)
    {
        if (engine.Dialect.PathOfPerson is { } path)
            await statements.QueryAsync(path, cancellationToken);
    }

    // The drivers take a statement that is not understood for one of Varve's own.
    private static async Task<T> ToldAsync<T>(RecurrentQuery query, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (EngineException refused) when (refused.Code is EngineCodes.Statement or EngineCodes.Unknown)
        {
            throw new EngineException(
                QueryCodes.NotUnderstood,
                $"{query.Name}: the database refuses the statement: {refused.InnerException?.Message ?? refused.Message}",
                inner: refused
            );
        }
    }

    private async Task<WindowResult> PutAsync(
        IStatements statements,
        RecurrentQuery query,
        TableName into,
        TimeRange window,
        CancellationToken token
    )
    {
        var target = Fit(query, into, await statements.DescribeAsync(into, token));
        var stage = new TableName(schema, $"window_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(query.Name)))[..16]}");
        await statements.ExecuteAsync(WindowSql.Stage(stage, query.Sql.For(window)), token);
        var columns = (await statements.DescribeAsync(stage, token))!.Columns;
        if (columns.FirstOrDefault(c => Find(target, c.Name) is null) is { } strange)
            throw new PolicyException(
                QueryCodes.Target,
                $"{query.Name}: the statement gives a column {strange.Name}, and {target.Table.Text} has {string.Join(", ", target.Columns.Select(c => c.Name))}. Name the columns as those of the table, with AS {target.Columns[0].Name}."
            );
        if (query.Time is { } named)
            await InsideAsync(statements, query, stage, columns, named, window, token);
        var replaced =
            query.Write == WindowWriting.Replace
                ? await statements.ExecuteAsync(WindowSql.Clear(target.Table, new(Find(target, query.Time!)!.Name), window), token)
                : 0;
        var rows = (await statements.QueryAsync(WindowSql.Count(stage), token))[0].Long(0);
        await statements.ExecuteAsync(WindowSql.Add(target.Table, [.. columns.Select(c => new Identifier(c.Name))], stage), token);
        await statements.ExecuteAsync(WindowSql.Drop(stage), token);
        return new(rows, replaced, WasDone: false);
    }

    // A row outside of its window would stay when the window is replaced, and count twice.
    private async Task InsideAsync(
        IStatements statements,
        RecurrentQuery query,
        TableName stage,
        IReadOnlyList<Column> columns,
        string time,
        TimeRange window,
        CancellationToken token
    )
    {
        if (columns.FirstOrDefault(c => Same(c.Name, time)) is not { } column)
            throw new PolicyException(
                QueryCodes.Target,
                $"{query.Name}: the statement gives no column {time}, which says in which window a row is. Add it to what is selected."
            );
        var outside = (await statements.QueryAsync(WindowSql.Outside(stage, new(column.Name), window), token))[0].Long(0);
        if (outside > 0)
            throw new PolicyException(
                QueryCodes.Outside,
                FormattableString.Invariant(
                    $"{query.Name}: {outside} rows for {window} have a {time} outside of it. They would count twice when the window is done again. Select rows of the window only."
                )
            );
    }

    // What a policy keeps is proven against what it was built from: rows of others would be found as a mismatch, and stop it.
    private async Task RefuseOwnAsync(RecurrentQuery query, CancellationToken cancellationToken)
    {
        if (query.Into is not { } into || await _store.Schema.VersionAsync(cancellationToken) is null)
            return;
        var own = await engine.TransactAsync(_store.Ledgers.RelationsAsync, Scope.Reading, cancellationToken);
        if (
            own.FirstOrDefault(o =>
                Same(o.Table.Name, into.Name) && (into.Schema is null || o.Table.Schema is null || Same(o.Table.Schema, into.Schema))
            ) is
            { Policy: { } policy }
        )
            throw new PolicyException(
                QueryCodes.Target,
                $"{query.Name}: {into.Text} is a tier of the policy {policy}, which keeps it. Name a table of yours."
            );
    }

    private TableDescription Fit(RecurrentQuery query, TableName into, TableDescription? found)
    {
        if (found is null)
            throw new PolicyException(
                QueryCodes.Target,
                $"{query.Name}: there is no table {into.Text}. Make it first, with a column for each that the statement gives."
            );
        if (found.IsView)
            throw new PolicyException(QueryCodes.Target, $"{query.Name}: {into.Text} is a view. Rows go to a table.");
        if (Same(found.Table.Schema ?? "", schema))
            throw new PolicyException(QueryCodes.Target, $"{query.Name}: {into.Text} is Varve's own. Name a table of yours.");
        if (query.Time is not { } time)
            return found;
        var column = Find(found, time) ?? throw new PolicyException(QueryCodes.Target, $"{query.Name}: {into.Text} has no column {time}.");
        return column.Type is ColumnType.Timestamp or ColumnType.TimestampTz or ColumnType.Date
            ? found
            : throw new PolicyException(
                QueryCodes.Target,
                $"{query.Name}: {into.Text}.{time} is {column.TypeName}, and windows are found by a timestamp or a date."
            );
    }

    private Column? Find(TableDescription table, string name) => table.Columns.FirstOrDefault(c => Same(c.Name, name));

    private bool Same(string one, string other) =>
        string.Equals(one, other, engine.Capabilities.IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

    private void RequireTransactions(RecurrentQuery query)
    {
        if (query.Into is { } into && !engine.Capabilities.Transactions)
            throw new PolicyException(
                QueryCodes.NeedsTransactions,
                $"{query.Name}: this database has no transactions: rows of {into.Text} and the record that their window was done could come apart, and a window could count twice. Leave into out, and write a statement that counts once however often it is run: for example an upsert into {into.Text} by its primary key."
            );
    }
}
