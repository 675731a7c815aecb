using System.Collections.Concurrent;

namespace Varve.DuckDb;

/// <summary>
/// One transaction that writes is open for each file and process. Two at once would each take the same head of the audit log
/// for the newest: DuckDB sees no conflict between rows that are only added.
/// </summary>
internal sealed class DuckDbWriters
{
    private static readonly ConcurrentDictionary<string, DuckDbWriters> s_files = new(StringComparer.Ordinal);

    private static readonly AsyncLocal<Turn?> s_turn = new();

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Those of a file; of a database in memory, which has one connection, its own.</summary>
    public static DuckDbWriters Of(string? file) => file is null ? new() : s_files.GetOrAdd(file, _ => new());

    /// <summary>Does something when nobody else writes.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        // What is done within such a transaction by another connection would wait for itself.
        for (var turn = s_turn.Value; turn is not null; turn = turn.Outer)
            if (turn is { IsOpen: true } && turn.Of == this)
                return await work();
        await _one.WaitAsync(cancellationToken);
        var mine = new Turn(this, s_turn.Value);
        s_turn.Value = mine;
        try
        {
            return await work();
        }
        finally
        {
            mine.IsOpen = false;
            _one.Release();
        }
    }

    // What was begun within a turn and goes on after it has the turn still, and finds it closed.
    private sealed record Turn(DuckDbWriters Of, Turn? Outer)
    {
        public bool IsOpen { get; set; } = true;
    }
}
