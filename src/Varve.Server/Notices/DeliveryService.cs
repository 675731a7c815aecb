using System.Text.Json;
using NodaTime;
using Varve.Server.Home;
using Varve.Server.Leading;

namespace Varve.Server.Notices;

/// <summary>Sends what is to be told, again and again with longer rests, and sets aside what never arrives.</summary>
internal sealed class DeliveryService(
    NoticeBoard board,
    DeliveryTable table,
    HomeDatabase home,
    Leadership lead,
    ILogger<DeliveryService> log
) : BackgroundService
{
    private static readonly Duration s_look = Duration.FromSeconds(15);
    private static readonly Duration s_kept = Duration.FromDays(7);

    // A little over a day in all.
    private static readonly Duration[] s_rests =
    [
        Duration.FromSeconds(5),
        Duration.FromSeconds(30),
        Duration.FromMinutes(2),
        Duration.FromMinutes(10),
        Duration.FromMinutes(30),
        Duration.FromHours(1),
        Duration.FromHours(3),
        Duration.FromHours(6),
        Duration.FromHours(12),
    ];

    /// <summary>How often one is tried before it is set aside.</summary>
    internal static int MostAttempts => s_rests.Length + 1;

    /// <summary>Sends whatever is due now; one target that hangs holds up no other.</summary>
    public async Task SendDueAsync(CancellationToken cancellationToken)
    {
        var due = await table.DueAsync(home.Now(), cancellationToken);
        await Task.WhenAll(due.GroupBy(d => d.Target).Select(g => SendAllAsync(g.Key, [.. g], cancellationToken)));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (board.Targets.Count == 0)
            return;
        while (!stoppingToken.IsCancellationRequested)
        {
            var news = board.News;
            try
            {
                // Of several servers one tells: each is told once.
                if (lead.Leads)
                    await SendDueAsync(stoppingToken);
                await table.SweepAsync(home.Now() - s_kept, stoppingToken);
            }
            catch (VarveException trouble)
            {
                // The home is away: what is stored in it is sent when it is back.
                log.NoticesUnread(trouble.Code, trouble.Message);
            }

            await Task.WhenAny(news, Task.Delay(s_look.ToTimeSpan(), home.Clock, stoppingToken));
        }
    }

    private async Task SendAllAsync(string name, IReadOnlyList<Delivery> due, CancellationToken cancellationToken)
    {
        var target = board.Targets.FirstOrDefault(t => t.Name == name);
        foreach (var delivery in due)
        {
            var answer = target is null
                ? $"there is no target {name} in the configuration any more"
                : await target.SendAsync(
                    delivery.Id,
                    JsonSerializer.Deserialize<Notice>(delivery.Body, ServerJson.Options)!,
                    delivery.Body,
                    cancellationToken
                );
            var attempts = delivery.Attempts + 1;
            var state =
                answer is null ? DeliveryState.Delivered
                : target is null || attempts >= MostAttempts ? DeliveryState.Dead
                : DeliveryState.Waiting;
            await table.TriedAsync(
                delivery.Id,
                attempts,
                state,
                state == DeliveryState.Waiting ? home.Now() + s_rests[attempts - 1] : null,
                answer,
                home.Now(),
                cancellationToken
            );
            ServerTelemetry.Told(name, state);
            if (answer is not null)
                log.NotTold(name, delivery.Kind, attempts, answer);

            // One that does not answer is not asked again for the next notice: its turn comes.
            if (state == DeliveryState.Waiting)
                return;
        }
    }
}
