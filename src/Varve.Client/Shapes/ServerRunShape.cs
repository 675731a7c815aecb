// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using System.Text.Json;
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>A run of the server as it is answered.</summary>
/// <param name="Id"><c>id</c> in JSON.</param>
/// <param name="Connection"><c>connection</c> in JSON.</param>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Query"><c>query</c> in JSON.</param>
/// <param name="Window"><c>window</c> in JSON.</param>
/// <param name="Backfill"><c>backfill</c> in JSON.</param>
/// <param name="Trigger"><c>trigger</c> in JSON.</param>
/// <param name="State"><c>state</c> in JSON.</param>
/// <param name="Scheduled"><c>scheduled</c> in JSON.</param>
/// <param name="Missed"><c>missed</c> in JSON.</param>
/// <param name="Queued"><c>queued</c> in JSON.</param>
/// <param name="Started"><c>started</c> in JSON.</param>
/// <param name="Finished"><c>finished</c> in JSON.</param>
/// <param name="Subject"><c>subject</c> in JSON.</param>
/// <param name="Reason"><c>reason</c> in JSON.</param>
/// <param name="Error"><c>error</c> in JSON.</param>
/// <param name="Result"><c>result</c> in JSON.</param>
public sealed record ServerRunShape(
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
    JsonElement? Result);
