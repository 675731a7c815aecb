using Varve.Engines;

namespace Varve.Execution;

/// <summary>The leases of some policies, for what must not happen beside a run of them; disposing gives all back.</summary>
internal sealed class Leases : IAsyncDisposable
{
    private readonly List<ILease> _taken = [];

    /// <exception cref="BusyException">A run holds one of them; none is kept.</exception>
    public static async Task<Leases> TakeAsync(IEngine engine, IEnumerable<string> policies, CancellationToken cancellationToken)
    {
        var leases = new Leases();
        try
        {
            foreach (var policy in policies.Distinct().Order(StringComparer.Ordinal))
                leases._taken.Add(await engine.LeaseAsync(policy, cancellationToken));
            return leases;
        }
        catch
        {
            await leases.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var lease in _taken)
            await lease.DisposeAsync();
    }
}
