using System.Runtime.CompilerServices;
using System.Text.Json;
using Polly;
using Polly.Retry;
using Varve.Engines;
using Varve.Sql;

namespace Varve.CrateDb.Http;

/// <summary>
/// Statements on one connection, one after the other, with the settings of the session on it. Where the connection ends
/// between two statements, another one is opened, on another host if need be, and gets the settings first. A statement is
/// sent again only where repeating it is safe: it reads, or nothing of it was sent.
/// </summary>
internal sealed class SqlSession : IAsyncDisposable
{
    private static readonly CrateDbDialect s_dialect = new();

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CrateDbOptions _options;
    private readonly HostList _hosts;
    private readonly SessionSettings _settings;
    private readonly ResiliencePipeline _again;
    private OneConnection? _connection;

    public SqlSession(CrateDbOptions options, HostList hosts, SessionSettings settings)
    {
        (_options, _hosts, _settings) = (options, hosts, settings);
        _again = new ResiliencePipelineBuilder { TimeProvider = options.Clock }
            .AddRetry(
                new RetryStrategyOptions
                {
                    ShouldHandle = new PredicateBuilder().Handle<EngineException>(e => e.IsTransient),
                    MaxRetryAttempts = 3,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    Delay = options.RetryDelay,
                }
            )
            .Build();
    }

    /// <summary>How many connections it has opened; more than one where one ended.</summary>
    public int Connections { get; private set; }

    /// <summary>How many requests it has sent, those of its settings included.</summary>
    public int Requests { get; private set; }

    /// <summary>Runs a statement that only reads, and reads its small answer whole.</summary>
    public Task<Answer> QueryAsync(SqlText query, CancellationToken cancellationToken)
    {
        var rendered = query.Render(s_dialect);
        return InTurnAsync(
            () => _again.ExecuteAsync(async token => await WholeAsync(() => Body(rendered), [], token), cancellationToken).AsTask(),
            cancellationToken
        );
    }

    /// <summary>Runs a statement that changes something, once.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="secrets">What of it must never be seen again.</param>
    /// <param name="cancellationToken">Ends the waiting; the server goes on.</param>
    public Task<Answer> ExecuteAsync(SqlText statement, IReadOnlyList<string> secrets, CancellationToken cancellationToken)
    {
        var rendered = statement.Render(s_dialect);
        return InTurnAsync(() => WholeAsync(() => Body(rendered), secrets, cancellationToken), cancellationToken);
    }

    /// <inheritdoc cref="ExecuteAsync(SqlText, IReadOnlyList{string}, CancellationToken)"/>
    public Task<Answer> ExecuteAsync(SqlText statement, CancellationToken cancellationToken) =>
        ExecuteAsync(statement, [], cancellationToken);

    /// <summary>Runs a statement that changes something, once.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="takesValues">False: values are written out, for definitions, which take none beside them.</param>
    /// <param name="cancellationToken">Ends the waiting; the server goes on.</param>
    public Task<Answer> ExecuteAsync(SqlText statement, bool takesValues, CancellationToken cancellationToken)
    {
        var rendered = takesValues ? statement.Render(s_dialect) : statement.RenderInline(s_dialect);
        return InTurnAsync(() => WholeAsync(() => Body(rendered), [], cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Runs a statement with <c>?</c> once for each row of values, in one request. Where one row fails, the server stores the others.
    /// </summary>
    public Task<IReadOnlyList<BulkOutcome>> BulkAsync(
        SqlText statement,
        IReadOnlyList<IReadOnlyList<SqlValue>> rows,
        CancellationToken cancellationToken
    )
    {
        var rendered = statement.RenderInline(s_dialect);
        return InTurnAsync(() => BulkAsync(rendered.Text, rows, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Runs a statement that only reads, and gives its rows as they arrive. Until the first row it is repeated where that helps.
    /// </summary>
    public async IAsyncEnumerable<Row> StreamAsync(SqlText query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rendered = query.Render(s_dialect);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var (reading, first) = await _again.ExecuteAsync(token => BeginAsync(rendered, token), cancellationToken);
            await using (reading)
            {
                for (var row = first; row is not null; row = await reading.NextAsync(cancellationToken))
                    yield return row;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        Drop();
        _turn.Release();
    }

    private SqlBody Body(RenderedSql rendered) => SqlBody.Of(_settings.Comment + rendered.Text, rendered.Values);

    private async ValueTask<(SqlReading Reading, Row? First)> BeginAsync(RenderedSql rendered, CancellationToken cancellationToken)
    {
        var reading = await SendAsync(() => Body(rendered), [], cancellationToken);
        try
        {
            return (reading, await reading.NextAsync(cancellationToken));
        }
        catch
        {
            await reading.DisposeAsync();
            throw;
        }
    }

    private async Task<Answer> WholeAsync(Func<SqlBody> body, IReadOnlyList<string> secrets, CancellationToken cancellationToken)
    {
        await using var reading = await SendAsync(body, secrets, cancellationToken);
        List<Row> rows = [];
        while (await reading.NextAsync(cancellationToken) is { } row)
            rows.Add(row);
        return new(reading.Answer.Columns, rows, reading.Answer.RowCount);
    }

    private async Task<IReadOnlyList<BulkOutcome>> BulkAsync(
        string statement,
        IReadOnlyList<IReadOnlyList<SqlValue>> rows,
        CancellationToken cancellationToken
    )
    {
        await using var reading = await SendAsync(() => SqlBody.OfBulk(_settings.Comment + statement, rows), [], cancellationToken);
        while (await reading.NextAsync(cancellationToken) is not null)
        {
            // A bulk statement has no rows; what matters stands behind them.
        }

        var results = reading.Answer.Results;
        if (results?.Count != rows.Count)
            throw reading.Unreadable(new JsonException($"{rows.Count} rows of values have {results?.Count ?? 0} results"));
        return
        [
            .. results.Select(r => new BulkOutcome(
                r.RowCount >= 0 ? r.RowCount : null,
                r.RowCount == -2 || r.Code is not null
                    ? ServerErrors.Of(200, ServerError.Of(r.Code ?? 5000, r.Message ?? ""), _options.Name, _options.Redactor)
                    : null
            )),
        ];
    }

    private async Task<T> InTurnAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Sends a statement, on another connection as often as nothing of it was sent.</summary>
    private async Task<SqlReading> SendAsync(Func<SqlBody> make, IReadOnlyList<string> secrets, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var connection = _connection ??= await OpenAsync(cancellationToken);
            var body = make();
            try
            {
                return await AskAsync(connection, body, _options.Timeout, secrets, cancellationToken);
            }
            catch (Exception error)
                when (!body.HasLeft && attempt <= _hosts.Count && (NetworkErrors.IsGone(error) || NetworkErrors.IsNetwork(error)))
            {
                // The connection had ended before the statement, which is as new for the next one.
                Drop();
            }
        }
    }

    /// <summary>The first host that answers gets the settings; each that does not is told with its reason.</summary>
    private async Task<OneConnection> OpenAsync(CancellationToken cancellationToken)
    {
        List<EngineException> reasons = [];
        foreach (var host in _hosts.InOrder())
        {
            var connection = new OneConnection(host, _options);
            try
            {
                foreach (var setting in _settings.Statements)
                {
                    var body = SqlBody.Of(setting.RenderInline(s_dialect).Text, []);
                    await using var reading = await AskAsync(connection, body, _options.ConnectTimeout, [], cancellationToken);
                    await reading.NextAsync(cancellationToken);
                }

                _hosts.Answered(host);
                Connections++;
                return connection;
            }
            catch (Exception error) when (Elsewhere(host, error, cancellationToken) is { } reason)
            {
                connection.Dispose();
                _hosts.Failed(host);
                reasons.Add(reason);
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }

        throw NetworkErrors.NobodyReached(_options.Name, reasons);
    }

    /// <summary>Why another host may do better; null where it would say the same, as to a wrong password.</summary>
    private static EngineException? Elsewhere(DatabaseHost host, Exception error, CancellationToken cancellationToken) =>
        error switch
        {
            OperationCanceledException => cancellationToken.IsCancellationRequested ? null : NetworkErrors.NotReached(host, error),
            EngineException { Code: ServerCodes.AnswerLost } lost => NetworkErrors.NotReached(host, lost.InnerException ?? lost),
            EngineException { Code: ServerCodes.NotReady or ServerCodes.Overloaded } refused => refused,
            EngineException { Code: ServerCodes.NoSuchServer or ServerCodes.Unreachable } refused => refused,
            _ when NetworkErrors.IsNetwork(error) => NetworkErrors.NotReached(host, error),
            _ => null,
        };

    private async Task<SqlReading> AskAsync(
        OneConnection connection,
        SqlBody body,
        TimeSpan limit,
        IReadOnlyList<string> secrets,
        CancellationToken cancellationToken
    )
    {
        Requests++;
        var clock = new ReadingClock(limit, _options.Clock, cancellationToken);
        try
        {
            var response = await connection.SendAsync(body, clock.Begin());
            var reading = new SqlReading(response, connection.Host, clock, _options, () => Leave(connection.Host));
            return response.IsSuccessStatusCode ? await reading.OpenAsync() : throw await reading.RefusedAsync(secrets);
        }
        catch (Exception error)
            when (body.HasLeft
                && !cancellationToken.IsCancellationRequested
                && (error is OperationCanceledException || NetworkErrors.IsNetwork(error))
            )
        {
            clock.Dispose();
            Drop();
            _hosts.Failed(connection.Host);
            throw NetworkErrors.AnswerLost(_options.Name, connection.Host, error);
        }
        catch (Exception error) when (error is not EngineException)
        {
            clock.Dispose();
            Drop();
            throw;
        }
    }

    // Whatever is asked again is asked elsewhere first.
    private void Leave(DatabaseHost host)
    {
        Drop();
        _hosts.Failed(host);
    }

    private void Drop()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
