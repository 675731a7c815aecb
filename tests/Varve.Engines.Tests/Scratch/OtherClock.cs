using NodaTime;
using Varve.Engines;
using Varve.Sql;

namespace Varve.Engines.Tests.Scratch;

/// <summary>An engine whose server has another time than this machine.</summary>
public sealed class OtherClock(IEngine inner, Duration ahead) : IEngine
{
    public Dialect Dialect => inner.Dialect;

    public Capabilities Capabilities => inner.Capabilities;

    public async Task<EngineIdentity> IdentifyAsync(CancellationToken cancellationToken)
    {
        var identity = await inner.IdentifyAsync(cancellationToken);
        return identity with { Now = identity.Now + ahead };
    }

    public Task<T> TransactAsync<T>(Func<IStatements, CancellationToken, Task<T>> work, Scope scope, CancellationToken cancellationToken) =>
        inner.TransactAsync(work, scope, cancellationToken);

    public Task SettleAsync(CancellationToken cancellationToken) => inner.SettleAsync(cancellationToken);

    public Task<ILease> LeaseAsync(string policy, CancellationToken cancellationToken) => inner.LeaseAsync(policy, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
