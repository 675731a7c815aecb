// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>A half-open range `[From, To)` of UTC instants. Instant Instant.MinValue as start and Instant Instant.MaxValue as end stand for −∞ and +∞.</summary>
/// <param name="From"><c>from</c> in JSON; may be left out.</param>
/// <param name="To"><c>to</c> in JSON; may be left out.</param>
public sealed record TimeRange(
    Instant? From = null,
    Instant? To = null);
