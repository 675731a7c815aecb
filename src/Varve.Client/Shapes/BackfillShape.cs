// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>A backfill, and how many of its windows stand how.</summary>
/// <param name="Id"><c>id</c> in JSON.</param>
/// <param name="Connection"><c>connection</c> in JSON.</param>
/// <param name="Query"><c>query</c> in JSON.</param>
/// <param name="Range"><c>range</c> in JSON.</param>
/// <param name="Order"><c>order</c> in JSON.</param>
/// <param name="AtOnce"><c>atOnce</c> in JSON.</param>
/// <param name="Windows"><c>windows</c> in JSON.</param>
/// <param name="State"><c>state</c> in JSON.</param>
/// <param name="Reason"><c>reason</c> in JSON.</param>
/// <param name="Subject"><c>subject</c> in JSON.</param>
/// <param name="Created"><c>created</c> in JSON.</param>
/// <param name="Finished"><c>finished</c> in JSON.</param>
/// <param name="Runs"><c>runs</c> in JSON.</param>
public sealed record BackfillShape(
    string Id,
    string Connection,
    string Query,
    TimeRange Range,
    BackfillOrder Order,
    int AtOnce,
    BackfillWindows Windows,
    BackfillState State,
    string? Reason,
    string Subject,
    Instant Created,
    Instant? Finished,
    IReadOnlyDictionary<string, int> Runs);
