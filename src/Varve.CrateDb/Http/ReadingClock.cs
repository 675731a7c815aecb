namespace Varve.CrateDb.Http;

/// <summary>How long an answer may take to begin, and to go on. Each part has the whole time again.</summary>
internal sealed class ReadingClock(TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken) : IDisposable
{
    private readonly CancellationTokenSource _over = new(limit, clock);
    private CancellationTokenSource? _both;

    /// <summary>Ends with the time of this part, or when the caller ends it.</summary>
    public CancellationToken Begin()
    {
        _over.CancelAfter(limit);
        _both ??= CancellationTokenSource.CreateLinkedTokenSource(_over.Token, cancellationToken);
        return _both.Token;
    }

    /// <summary>True where the caller ended it.</summary>
    public bool IsCancelled => cancellationToken.IsCancellationRequested;

    /// <inheritdoc/>
    public void Dispose()
    {
        _both?.Dispose();
        _over.Dispose();
    }
}
