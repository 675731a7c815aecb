using System.Collections.Concurrent;
using Varve.CrateDb.Http;

namespace Varve.CrateDb;

/// <summary>A connection for a while; disposing gives it back.</summary>
internal readonly struct BorrowedSession(SqlSession session, ConcurrentBag<SqlSession> idle) : IAsyncDisposable
{
    /// <summary>The connection.</summary>
    public SqlSession Session => session;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        idle.Add(session);
        return ValueTask.CompletedTask;
    }
}
