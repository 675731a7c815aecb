using System.Diagnostics;
using System.Diagnostics.Metrics;
using NodaTime;
using Varve.Server.Home;

namespace Varve.Server;

/// <summary>What a server measures of itself; what runs do is measured by the library.</summary>
internal static class ServerTelemetry
{
    internal const string Name = "Varve.Server";

    internal const string Connection = "varve.connection";

    private static readonly Meter s_meter = new(Name);

    private static readonly ActivitySource s_source = new(Name);

    private static readonly Histogram<double> s_delay = s_meter.CreateHistogram<double>(
        "varve.server.schedule.delay",
        "s",
        "From the instant at which a run was due until it was stored and waited for its turn.",
        advice: new() { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800] }
    );

    private static readonly Counter<long> s_missed = s_meter.CreateCounter<long>(
        "varve.server.schedule.missed",
        "{instant}",
        "Instants of schedules that had no run of their own."
    );

    private static readonly Counter<long> s_runs = s_meter.CreateCounter<long>(
        "varve.server.runs",
        "{run}",
        "Runs of the server that ended, those that were left out among them."
    );

    private static readonly Counter<long> s_told = s_meter.CreateCounter<long>(
        "varve.server.deliveries",
        "{delivery}",
        "Tries to tell others what happened, by how they ended."
    );

    private static readonly Counter<long> s_refused = s_meter.CreateCounter<long>(
        "varve.server.quota.refused",
        "{refusal}",
        "What a tenant's quota refused: removals, things to store, requests."
    );

    /// <summary>The span of one run of the server, around those of the library; null where nobody listens.</summary>
    internal static Activity? Began(ServerRun run)
    {
        // Whoever asked for it over HTTP has its answer long before it ends: it is nobody's part.
        Activity.Current = null;
        var span = s_source.StartActivity("varve.server.run");
        return span
            ?.SetTag("varve.server.run.id", run.Id)
            .SetTag(Connection, run.Connection)
            .SetTag("varve.policy", run.Policy)
            .SetTag("varve.server.trigger", run.Trigger.ToString().ToLowerInvariant());
    }

    /// <summary>How it ended; what a statement or an error says stays in the history.</summary>
    internal static void Told(this Activity? span, ServerRun run)
    {
        span?.SetTag("varve.outcome", run.State.ToString().ToLowerInvariant());
        if (run.ErrorCode is { } code)
            span?.SetTag("error.type", code).SetStatus(ActivityStatusCode.Error);
    }

    internal static void Fired(ServerRun run, Duration delay)
    {
        s_delay.Record(delay.TotalSeconds);
        if (run.Missed > 0)
            s_missed.Add(
                run.Missed,
                new KeyValuePair<string, object?>(Connection, run.Connection),
                new KeyValuePair<string, object?>("varve.policy", run.Policy)
            );
    }

    internal static void Told(string target, DeliveryState state) =>
        s_told.Add(
            1,
            new KeyValuePair<string, object?>("varve.target", target),
            new KeyValuePair<string, object?>(
                "varve.outcome",
                state == DeliveryState.Waiting ? "failed" : state.ToString().ToLowerInvariant()
            )
        );

    internal static void Refused(string tenant, string quota) =>
        s_refused.Add(
            1,
            new KeyValuePair<string, object?>("varve.tenant", tenant),
            new KeyValuePair<string, object?>("varve.quota", quota)
        );

    internal static void Ended(ServerRun run) =>
        s_runs.Add(
            1,
            new KeyValuePair<string, object?>(Connection, run.Connection),
            new KeyValuePair<string, object?>("varve.policy", run.Policy),
            new KeyValuePair<string, object?>("varve.outcome", run.State.ToString().ToLowerInvariant())
        );
}
