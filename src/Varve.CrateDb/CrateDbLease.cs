using System.Globalization;
using Varve.CrateDb.Http;
using Varve.CrateDb.Statements;
using Varve.Engines;
using Varve.Sql;

namespace Varve.CrateDb;

/// <summary>
/// A row that its holder renews: it ends a minute after it was renewed last, by the clock of the cluster. Whoever takes it
/// over ends the statements of the one before that are still going on. Its number is looked at before each unit of work; what
/// is done under an older one changes nothing that a newer one has written.
/// </summary>
internal sealed class CrateDbLease : ILease
{
    // Each attempt that does not take it was lost to another one, or on the way.
    private const int Most = 10;

    private static readonly TimeSpan s_length = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_renewal = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    private readonly CrateDbEngine _engine;
    private readonly string _policy;
    private readonly string _holder;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _given = new();
    private readonly Task _renewing;
    private bool _disposed;

    // Of the row as this lease wrote it last; null where the answer to that was lost.
    private RowVersion? _version;

    private CrateDbLease(CrateDbEngine engine, string policy, string holder, long fence, RowVersion version, TimeProvider clock)
    {
        (_engine, _policy, _holder, Fence, _version, _clock) = (engine, policy, holder, fence, version, clock);
        _renewing = RenewAsync();
    }

    /// <inheritdoc/>
    public long Fence { get; }

    /// <inheritdoc/>
    public CancellationToken Lost => _lost.Token;

    /// <exception cref="BusyException">Another one holds it.</exception>
    public static async Task<CrateDbLease> TakeAsync(
        CrateDbEngine engine,
        string policy,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        await using var borrowed = engine.Borrow();
        var session = borrowed.Session;
        var holder = LeaseRow.NewHolder(engine.Holder);
        for (var attempt = 0; attempt < Most; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = await ReadAsync(session, policy, cancellationToken);
            if (rows.Count == 0)
            {
                var insert = LeaseShapes.Insert(policy, holder, (long)s_length.TotalMilliseconds);
                if (await WroteAsync(session, insert, cancellationToken) is { } first)
                    return new(engine, policy, holder, 1, first, clock);
                continue;
            }

            // The answer to a statement that took it may have been lost.
            var lease = LeaseRow.Of(rows[0]);
            if (lease.Holder == holder)
                return new(engine, policy, holder, lease.Fence, lease.Version, clock);
            if (lease.Until > lease.Now)
                throw new BusyException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Another run of {policy} is under way on this cluster. Wait until it has ended, then run again; if it died, its lease ends in {(lease.Until - lease.Now + 999) / 1000} s."
                    )
                );

            // This one's own statements have ended, but for the one that looks for them, which finds itself. Those of whoever gave
            // it back may go on: CrateDB works on where a client was cancelled.
            if (lease.Tag != engine.Holder)
                await DeadStatements.EndAsync(session, lease.Tag, clock, cancellationToken);
            var take = LeaseShapes.Take(policy, holder, lease.Fence + 1, (long)s_length.TotalMilliseconds, lease.Version);
            if (await WroteAsync(session, take, cancellationToken) is { } taken)
                return new(engine, policy, holder, lease.Fence + 1, taken, clock);
        }

        throw new BusyException($"The lease of {policy} could not be taken: others take it, or answers are lost. Run again.");
    }

    // The table is made where it is not there yet.
    private static async Task<IReadOnlyList<Row>> ReadAsync(SqlSession session, string policy, CancellationToken cancellationToken)
    {
        try
        {
            return (await session.QueryAsync(LeaseShapes.Read(policy), cancellationToken)).Rows;
        }
        catch (EngineException error) when (error.Code == EngineCodes.Unknown)
        {
            await session.ExecuteAsync(LeaseShapes.Create, cancellationToken);
            return [];
        }
    }

    /// <exception cref="EngineException">It was lost.</exception>
    public async Task RequireAsync(CancellationToken cancellationToken)
    {
        if (_lost.IsCancellationRequested)
            throw IsLost();
        await using var borrowed = _engine.Borrow();
        var rows = (await borrowed.Session.QueryAsync(LeaseShapes.Read(_policy), cancellationToken)).Rows;
        if (rows.Count == 1 && LeaseRow.Of(rows[0]) is var row && IsOurs(row) && row.Until > row.Now)
            return;
        await _lost.CancelAsync();
        throw IsLost();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _given.CancelAsync();
        await _renewing;
        for (var attempt = 1; attempt <= 3 && !await TryEndAsync(); attempt++)
            await Task.Delay(s_pause);
        _given.Dispose();
        _lost.Dispose();
    }

    // True where it has ended. It ends by itself a minute after it was renewed last, so nobody is told where it does not.
    private async Task<bool> TryEndAsync()
    {
        try
        {
            await ExtendAsync(0, CancellationToken.None);
            return true;
        }
        catch (EngineException)
        {
            return false;
        }
    }

    // The row as it was written; null where another one was first, or where nobody knows: then the row is read again.
    private static async Task<RowVersion?> WroteAsync(SqlSession session, SqlText statement, CancellationToken cancellationToken)
    {
        try
        {
            return await TakenAsync(session, statement, cancellationToken);
        }
        catch (EngineException error) when (error.Code is EngineCodes.Constraint or ServerCodes.AnswerLost)
        {
            return null;
        }
    }

    private static async Task<RowVersion?> TakenAsync(SqlSession session, SqlText statement, CancellationToken cancellationToken) =>
        (await session.ExecuteAsync(statement, cancellationToken)).Rows is [var row] ? new(row.Long(0), row.Long(1)) : null;

    private async Task RenewAsync()
    {
        var renewed = _clock.GetTimestamp();
        using var timer = new PeriodicTimer(s_renewal, _clock);
        while (await TickAsync(timer))
        {
            var before = _clock.GetTimestamp();
            if (await TryExtendAsync() is not { } isOurs)
            {
                if (_clock.GetElapsedTime(renewed) < s_length - s_renewal)
                    continue;
                isOurs = false;
            }

            if (isOurs)
            {
                renewed = before;
                continue;
            }

            await _lost.CancelAsync();
            return;
        }
    }

    private async Task<bool> TickAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_given.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    // Null where the cluster did not say.
    private async Task<bool?> TryExtendAsync()
    {
        try
        {
            return await ExtendAsync((long)s_length.TotalMilliseconds, _given.Token);
        }
        catch (EngineException)
        {
            return null;
        }
        catch (OperationCanceledException) when (_given.IsCancellationRequested)
        {
            return true;
        }
    }

    // Nobody else writes to the row while it is ours, so that it is as it was written last; where it is not, it is read.
    private async Task<bool> ExtendAsync(long milliseconds, CancellationToken cancellationToken)
    {
        await using var borrowed = _engine.Borrow();
        if (_version is { } known && await ExtendAsync(borrowed.Session, known, milliseconds, cancellationToken))
            return true;
        var rows = (await borrowed.Session.QueryAsync(LeaseShapes.Read(_policy), cancellationToken)).Rows;
        return rows.Count == 1
            && LeaseRow.Of(rows[0]) is var row
            && IsOurs(row)
            && await ExtendAsync(borrowed.Session, row.Version, milliseconds, cancellationToken);
    }

    private async Task<bool> ExtendAsync(SqlSession session, RowVersion version, long milliseconds, CancellationToken cancellationToken)
    {
        // Unknown until it is answered.
        _version = null;
        _version = await TakenAsync(session, LeaseShapes.Take(_policy, _holder, Fence, milliseconds, version), cancellationToken);
        return _version is not null;
    }

    private bool IsOurs(LeaseRow row) => row.Holder == _holder && row.Fence == Fence;

    private EngineException IsLost() =>
        new(
            EngineCodes.Lost,
            $"{_engine.DisplayName}: the lease of {_policy} was lost, and another run may have it now. What was done is kept; run again."
        );
}
