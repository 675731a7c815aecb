using Varve.Engines;
using Varve.Sql;

namespace Varve.Engines.Tests.Scratch;

/// <summary>An engine whose units of work are counted.</summary>
public sealed class CountingEngine(IEngine inner) : IEngine
{
    private int _units;

    /// <summary>Units of work that were begun.</summary>
    public int Units => _units;

    public Dialect Dialect => inner.Dialect;

    public Capabilities Capabilities => inner.Capabilities;

    public Task<EngineIdentity> IdentifyAsync(CancellationToken cancellationToken) => inner.IdentifyAsync(cancellationToken);

    public Task<T> TransactAsync<T>(Func<IStatements, CancellationToken, Task<T>> work, Scope scope, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _units);
        return inner.TransactAsync(work, scope, cancellationToken);
    }

    public Task SettleAsync(CancellationToken cancellationToken) => inner.SettleAsync(cancellationToken);

    public Task<ILease> LeaseAsync(string policy, CancellationToken cancellationToken) => inner.LeaseAsync(policy, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
