// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>How much of something a tenant may have, and has.</summary>
/// <param name="Quota"><c>quota</c> in JSON.</param>
/// <param name="Limit"><c>limit</c> in JSON.</param>
/// <param name="From"><c>from</c> in JSON.</param>
/// <param name="Used"><c>used</c> in JSON.</param>
/// <param name="Until"><c>until</c> in JSON.</param>
/// <param name="Refused"><c>refused</c> in JSON.</param>
public sealed record QuotaShape(
    string Quota,
    long? Limit,
    string? From,
    long? Used,
    Instant? Until,
    long Refused);
