using Varve.CrateDb.Http;
using Varve.Engines;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>A stand-in with a client of its own for each test.</summary>
public abstract class CrateDbSuite : IAsyncDisposable
{
    private readonly List<SqlSession> _sessions = [];

    internal StandInCluster Cluster { get; private set; } = new();

    internal CancellationToken Token { get; } = TestContext.Current.CancellationToken;

    /// <summary>A cluster of several nodes instead.</summary>
    internal async Task<StandInCluster> NodesAsync(int count)
    {
        await Cluster.DisposeAsync();
        return Cluster = new(count);
    }

    internal CrateDbOptions Options(Credential? credential = null, string? schema = null, TimeProvider? clock = null) =>
        new()
        {
            Hosts = [.. Cluster.Ports.Select(p => new DatabaseHost("127.0.0.1", p))],
            Credential = credential ?? new Credential.Nobody(),
            Schema = schema,
            Timeout = TimeSpan.FromMinutes(1),
            ConnectTimeout = TimeSpan.FromSeconds(20),
            RetryDelay = TimeSpan.Zero,
            Clock = clock ?? TimeProvider.System,
        };

    internal SqlSession Session(SessionSettings? settings = null, CrateDbOptions? options = null)
    {
        var session = new SqlClient(options ?? Options()).Session(settings);
        _sessions.Add(session);
        return session;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _sessions)
            await session.DisposeAsync();
        await Cluster.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
