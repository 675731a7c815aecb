using Varve.Server.Leading;

namespace Varve.Server.Home.Mirrored;

/// <summary>Keeps the log of a home short, where it has one: a server that begins reads what is behind the base.</summary>
internal sealed class LogKeeper(HomeDatabase home, Leadership lead, ILogger<LogKeeper> log) : BackgroundService
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!home.IsLogged)
            return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (lead.Leads)
                    await home.ShortenAsync(stoppingToken);
            }
            catch (VarveException unwritten)
            {
                log.LogIsLong(unwritten.Message);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(s_look, home.Clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
