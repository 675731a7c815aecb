using Varve.Engines;

namespace Varve.CrateDb.Http;

/// <summary>The servers of a cluster, and which of them failed lately. Shared by all sessions of a client.</summary>
internal sealed class HostList(IReadOnlyList<DatabaseHost> hosts, TimeProvider clock)
{
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<DatabaseHost, long> _failed = [];

    /// <summary>How many there are.</summary>
    public int Count => hosts.Count;

    /// <summary>Those that did not fail lately in their order, then the others, the one that rested longest first.</summary>
    public IReadOnlyList<DatabaseHost> InOrder()
    {
        lock (_lock)
        {
            return [.. hosts.OrderBy(h => _failed.TryGetValue(h, out var at) && clock.GetElapsedTime(at) < s_rest ? 1 + at : 0)];
        }
    }

    public void Failed(DatabaseHost host)
    {
        lock (_lock)
            _failed[host] = clock.GetTimestamp();
    }

    public void Answered(DatabaseHost host)
    {
        lock (_lock)
            _failed.Remove(host);
    }
}
