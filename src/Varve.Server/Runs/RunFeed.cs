using System.Runtime.CompilerServices;

namespace Varve.Server.Runs;

/// <summary>One thing that a run told.</summary>
/// <param name="Id">From 1 on, in the order in which they happened.</param>
/// <param name="Kind">What it is: started, step-started, step-done, …; stable.</param>
/// <param name="Data">The facts, as JSON.</param>
internal sealed record FeedEvent(long Id, string Kind, string Data);

/// <summary>What a run tells while it goes on; readers may come later, and go on where they stopped.</summary>
internal sealed class RunFeed
{
    // A run of more steps than that tells the newest; history has them all.
    private const int Most = 5_000;

    private readonly Lock _lock = new();
    private readonly Queue<FeedEvent> _events = new();
    private TaskCompletionSource _news = Fresh();
    private long _last;
    private bool _ended;

    /// <summary>How many steps there are, and how many have ended.</summary>
    public (int Done, int Total, string? Step) Progress { get; private set; }

    /// <summary>Raised after each event, for pages that show it.</summary>
    public event Action? Changed;

    public void Tell(string kind, string data)
    {
        lock (_lock)
        {
            _events.Enqueue(new(++_last, kind, data));
            if (_events.Count > Most)
                _events.Dequeue();
        }

        Wake();
    }

    /// <summary>How far it is.</summary>
    public void Reach(int done, int total, string? step) => Progress = (done, total, step);

    public void End()
    {
        lock (_lock)
            _ended = true;
        Wake();
    }

    /// <summary>Everything that is known behind an event, without waiting for more.</summary>
    public IReadOnlyList<FeedEvent> Since(long after)
    {
        lock (_lock)
            return [.. _events.Where(e => e.Id > after)];
    }

    /// <summary>Everything behind an event, and what comes, until the run ends.</summary>
    public async IAsyncEnumerable<FeedEvent> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            Task news;
            bool ended;
            IReadOnlyList<FeedEvent> known;
            lock (_lock)
                (news, ended, known) = (_news.Task, _ended, [.. _events.Where(e => e.Id > after)]);
            foreach (var told in known)
            {
                after = told.Id;
                yield return told;
            }

            if (known.Count > 0)
                continue;
            if (ended)
                yield break;
            await news.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource Fresh() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Wake()
    {
        TaskCompletionSource woken;
        lock (_lock)
            (woken, _news) = (_news, Fresh());
        woken.SetResult();
        Changed?.Invoke();
    }
}
