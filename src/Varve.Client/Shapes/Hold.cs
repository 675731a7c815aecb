// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>What must not be removed, by a person's word.</summary>
/// <param name="Id"><c>id</c> in JSON.</param>
/// <param name="Relation"><c>relation</c> in JSON.</param>
/// <param name="Range"><c>range</c> in JSON.</param>
/// <param name="Reason"><c>reason</c> in JSON.</param>
/// <param name="Who"><c>who</c> in JSON.</param>
/// <param name="Until"><c>until</c> in JSON.</param>
public sealed record Hold(
    string Id,
    string? Relation,
    TimeRange Range,
    string Reason,
    string Who,
    Instant? Until);
