using System.Collections.Concurrent;
using Varve.Policies;

namespace Varve.CrateDb;

/// <summary>
/// Which tables have to be refreshed before they are read: a query sees what was written before the last refresh. What this
/// process wrote is known; what others wrote to Varve's own books is seen a second later, as CrateDB itself refreshes them.
/// </summary>
internal sealed class Freshness(TimeProvider clock)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_making = TimeSpan.FromSeconds(30);

    private static readonly string[] s_books =
    [
        "policies",
        "relations",
        "ledgers",
        "holds",
        "archives",
        "runs",
        "steps",
        "audit",
        "coverage",
        "dirty",
        "edges",
    ];

    // When not all of them were there; 0 for never.
    private long _lacked;

    private readonly ConcurrentDictionary<TableName, long> _seen = new();
    private readonly ConcurrentDictionary<TableName, bool> _views = new();

    /// <summary>Rows of it were written, or may have been; when it was refreshed last, null where others were not seen before.</summary>
    public long? Written(TableName table) => _seen.TryRemove(table, out var before) ? before : null;

    /// <summary>It was refreshed after that instant of the clock.</summary>
    public void Refreshed(TableName table, long before) => _seen[table] = before;

    /// <summary>When it was refreshed last; null where rows of this process may not be seen.</summary>
    public long? SeenAt(TableName table) => _seen.TryGetValue(table, out var seen) ? seen : null;

    /// <summary>Now, as <see cref="Refreshed"/> takes it.</summary>
    public long Now => clock.GetTimestamp();

    /// <summary>True where what happened then, as <see cref="Now"/> had it, is no longer ago than others' rows may go unseen.</summary>
    public bool IsRecent(long then) => clock.GetElapsedTime(then) <= s_interval;

    /// <summary>True where rows of this process may not be seen.</summary>
    public bool IsDirty(TableName table) => !_seen.ContainsKey(table);

    /// <summary>True where rows of others may not be seen either.</summary>
    public bool IsStale(TableName table) => !_seen.TryGetValue(table, out var seen) || clock.GetElapsedTime(seen) > s_interval;

    /// <summary>Varve's other books beside one of them, of which rows of this process or of others may not be seen.</summary>
    /// <param name="book">One of them.</param>
    /// <param name="asked">Those that are not to be among them.</param>
    public List<TableName> Books(TableName book, IReadOnlyCollection<TableName> asked) =>
        Interlocked.Read(ref _lacked) is > 0 and var at && clock.GetElapsedTime(at) < s_making
            ? []
            : [.. s_books.Select(book.WithName).Except(asked).Where(IsStale)];

    /// <summary>Not all of them are there: somebody makes them, or will.</summary>
    public void LacksBooks() => Interlocked.Exchange(ref _lacked, clock.GetTimestamp());

    /// <summary>It is a view, and has no rows of its own.</summary>
    public void IsView(TableName table, bool isView)
    {
        if (isView)
            _views[table] = true;
        else
            _views.TryRemove(table, out _);
    }

    /// <summary>True where it is known to be a view.</summary>
    public bool IsView(TableName table) => _views.ContainsKey(table);
}
