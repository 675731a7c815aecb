using Varve.Server.Access;
using Varve.Server.Configuration;
using Varve.Server.Connections;
using Varve.Server.Home;

namespace Varve.Server;

/// <summary>
/// Writes the heads of the server's log and of those of its databases to a file or an archive, by a schedule. The chain of a log shows what
/// was changed inside; only a head that stands elsewhere shows a log that was made anew, or whose end was cut off.
/// </summary>
internal sealed class AuditAnchor(
    ServeSettings settings,
    ConnectionSet connections,
    ServerAudit audit,
    HomeDatabase home,
    ILogger<AuditAnchor> log
) : BackgroundService
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly IAnchorBook? _book = settings.Anchor?.Open(settings.Archives);

    /// <summary>What was written of one log, oldest first; none where nothing is anchored.</summary>
    public async Task<IReadOnlyList<Anchor>> OfAsync(string name, CancellationToken cancellationToken) =>
        _book is null ? [] : [.. (await _book.ReadAsync(cancellationToken)).Where(a => a.Log == name)];

    /// <summary>Writes the heads that are others than those that were written last; how many.</summary>
    public async Task<int> WriteAsync(CancellationToken cancellationToken)
    {
        if (_book is null)
            return 0;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var known = (await _book.ReadAsync(cancellationToken))
                .GroupBy(a => a.Log)
                .ToDictionary(g => g.Key, g => g.Last().Head, StringComparer.Ordinal);
            List<Anchor> heads = [.. (await HeadsAsync(cancellationToken)).Where(h => known.GetValueOrDefault(h.Log) != h.Head)];
            if (heads.Count == 0)
                return 0;
            await _book.AppendAsync(heads, cancellationToken);
            return heads.Count;
        }
        finally
        {
            _turn.Release();
        }
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.Anchor is not { } anchor)
            return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WriteAsync(stoppingToken);
            }
            catch (Exception unwritten) when (unwritten is IOException or UnauthorizedAccessException or VarveException)
            {
                log.HeadsUnwritten(_book!.Name, unwritten.Message);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(anchor.Every.ToTimeSpan(), home.Clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<IReadOnlyList<Anchor>> HeadsAsync(CancellationToken cancellationToken)
    {
        List<Anchor> heads = [];
        if (await audit.HeadAsync(cancellationToken) is { } own)
            heads.Add(new(home.Now(), Anchor.Server, own.Seq, own.Hash));
        foreach (var connection in connections.All)
        {
            try
            {
                if (
                    await connection.OwnAsync(
                        Caller.Scheduler.Subject,
                        async lifecycle => (await lifecycle.AuditAsync(1, cancellationToken)).FirstOrDefault(),
                        cancellationToken
                    ) is
                    { } newest
                )
                    heads.Add(new(home.Now(), connection.Name, newest.Seq, newest.Hash));
            }
            catch (VarveException trouble)
            {
                // One that cannot be read now is anchored the next time; the others are not kept from it.
                log.HeadUnread(connection.Name, trouble.Message);
            }
        }

        return heads;
    }
}
