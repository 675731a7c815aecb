using System.Globalization;
using Varve.CrateDb.Statements;
using Varve.Engines;

namespace Varve.CrateDb;

/// <summary>
/// A row that its holder renews: it ends a minute after it was renewed last, by the clock of the cluster. Whoever takes it
/// over ends the statements of the one before that are still going on. Its number is looked at before each unit of work; what
/// is done under an older one changes nothing that a newer one has written.
/// </summary>
internal sealed class CrateDbLease : ILease
{
    private static readonly TimeSpan s_length = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_renewal = TimeSpan.FromSeconds(15);

    private readonly CrateDbEngine _engine;
    private readonly string _policy;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _given = new();
    private readonly Task _renewing;
    private bool _disposed;

    private CrateDbLease(CrateDbEngine engine, string policy, long fence, TimeProvider clock)
    {
        (_engine, _policy, Fence, _clock) = (engine, policy, fence, clock);
        _renewing = RenewAsync();
    }

    /// <inheritdoc/>
    public long Fence { get; }

    /// <inheritdoc/>
    public CancellationToken Lost => _lost.Token;

    /// <exception cref="BusyException">Another one holds it.</exception>
    public static async Task<CrateDbLease> TakeAsync(CrateDbEngine engine, string policy, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var borrowed = engine.Borrow();
        var session = borrowed.Session;
        await session.ExecuteAsync(LeaseShapes.Create, cancellationToken);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rows = (await session.QueryAsync(LeaseShapes.Read(policy), cancellationToken)).Rows;
            if (rows.Count == 0)
            {
                if (await InsertAsync(engine, policy, cancellationToken)) return new(engine, policy, 1, clock);
                continue;
            }

            var lease = LeaseRow.Of(rows[0]);
            if (lease.Until > lease.Now) throw new BusyException(string.Create(CultureInfo.InvariantCulture,
                $"Another run of {policy} is under way on this cluster. Wait until it has ended, then run again; if it died, its lease ends in {(lease.Until - lease.Now + 999) / 1000} s."));

            // This one's own statements have ended, but for the one that looks for them, which finds itself.
            if (lease.Holder != engine.Holder) await DeadStatements.EndAsync(session, lease.Holder, clock, cancellationToken);
            var taken = await session.ExecuteAsync(
                LeaseShapes.Take(policy, engine.Holder, lease.Fence + 1, (long)s_length.TotalMilliseconds, lease.Version), cancellationToken);
            if (taken.RowCount == 1) return new(engine, policy, lease.Fence + 1, clock);
        }
    }

    /// <exception cref="EngineException">It was lost.</exception>
    public async Task RequireAsync(CancellationToken cancellationToken)
    {
        if (_lost.IsCancellationRequested) throw IsLost();
        await using var borrowed = _engine.Borrow();
        var rows = (await borrowed.Session.QueryAsync(LeaseShapes.Read(_policy), cancellationToken)).Rows;
        if (rows.Count == 1 && LeaseRow.Of(rows[0]) is var row && IsOurs(row) && row.Until > row.Now) return;
        await _lost.CancelAsync();
        throw IsLost();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await _given.CancelAsync();
        await _renewing;
        try
        {
            await ExtendAsync(0, CancellationToken.None);
        }
        catch (EngineException)
        {
            // It ends by itself a minute after it was renewed last.
        }

        _given.Dispose();
        _lost.Dispose();
    }

    private static async Task<bool> InsertAsync(CrateDbEngine engine, string policy, CancellationToken cancellationToken)
    {
        await using var borrowed = engine.Borrow();
        try
        {
            await borrowed.Session.ExecuteAsync(LeaseShapes.Insert(policy, engine.Holder, (long)s_length.TotalMilliseconds), cancellationToken);
            return true;
        }
        catch (EngineException taken) when (taken.Code == EngineCodes.Constraint)
        {
            return false;
        }
    }

    private async Task RenewAsync()
    {
        var renewed = _clock.GetTimestamp();
        using var timer = new PeriodicTimer(s_renewal, _clock);
        while (await TickAsync(timer))
        {
            var before = _clock.GetTimestamp();
            if (await TryExtendAsync() is not { } isOurs)
            {
                if (_clock.GetElapsedTime(renewed) < s_length - s_renewal) continue;
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

    private async Task<bool> ExtendAsync(long milliseconds, CancellationToken cancellationToken)
    {
        await using var borrowed = _engine.Borrow();
        var rows = (await borrowed.Session.QueryAsync(LeaseShapes.Read(_policy), cancellationToken)).Rows;
        if (rows.Count != 1) return false;
        var row = LeaseRow.Of(rows[0]);
        if (!IsOurs(row)) return false;
        return (await borrowed.Session.ExecuteAsync(LeaseShapes.Take(_policy, _engine.Holder, Fence, milliseconds, row.Version), cancellationToken)).RowCount == 1;
    }

    private bool IsOurs(LeaseRow row) => row.Holder == _engine.Holder && row.Fence == Fence;

    private EngineException IsLost() => new(
        EngineCodes.Lost, $"{_engine.DisplayName}: the lease of {_policy} was lost, and another run may have it now. What was done is kept; run again.");
}
