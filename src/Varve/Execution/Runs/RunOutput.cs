using System.Threading.Channels;
using NodaTime;
using Varve.Catalog;
using Varve.Planning;

namespace Varve.Execution;

/// <summary>Whom a run tells what happens, and what it shares with the runs beside it.</summary>
/// <param name="Events">The stream of events.</param>
/// <param name="Watch">Spans, counts and log messages.</param>
/// <param name="Limit">How many rows may go.</param>
/// <param name="Clock">The clock.</param>
internal sealed record RunOutput(ChannelWriter<RunEvent> Events, RunTelemetry Watch, RemovalLimit Limit, TimeProvider Clock)
{
    /// <summary>A run begins.</summary>
    public async Task BeginsAsync(string run, Plan plan, Instant at, CancellationToken cancellationToken)
    {
        Watch.Begins(run, plan);
        await Events.WriteAsync(new RunEvent.Started(run, plan, at) { Policy = plan.Policy }, cancellationToken);
        foreach (var wait in plan.Waits)
            await Events.WriteAsync(new RunEvent.Waiting(wait) { Policy = plan.Policy }, cancellationToken);
    }

    /// <summary>It has ended.</summary>
    public async Task EndsAsync(Plan plan, RunStatus status, RunSummary summary)
    {
        Watch.Ends(status, summary);
        await Events.WriteAsync(new RunEvent.Finished(summary) { Policy = plan.Policy }, CancellationToken.None);
    }
}
