using System.Text.Json;
using NodaTime;
using Varve.Server.Home;
using Varve.Time;

namespace Varve.Server.Runs;

/// <summary>A run of the server as it is answered.</summary>
internal sealed record ServerRunShape(
    string Id,
    string Connection,
    string? Policy,
    string? Query,
    TimeRange? Window,
    string? Backfill,
    RunTrigger Trigger,
    RunState State,
    Instant? Scheduled,
    int Missed,
    Instant Queued,
    Instant? Started,
    Instant? Finished,
    string Subject,
    string? Reason,
    ServerRunError? Error,
    JsonElement? Result
)
{
    internal static ServerRunShape Of(ServerRun run) =>
        new(
            run.Id,
            run.Connection,
            run.IsQuery || run.Policy.Length == 0 ? null : run.Policy,
            run.IsQuery ? run.Policy : null,
            run.Window,
            run.Backfill,
            run.Trigger,
            run.State,
            run.Scheduled,
            run.Missed,
            run.Queued,
            run.Started,
            run.Finished,
            run.Subject,
            run.Reason,
            run.ErrorCode is { } code ? new(code, run.Error ?? "") : null,
            run.Result is { } result ? JsonSerializer.Deserialize<JsonElement>(result) : null
        );
}

/// <summary>What ended a run.</summary>
internal sealed record ServerRunError(string Code, string Message);
