// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>Neighbouring windows of one state.</summary>
/// <param name="From"><c>from</c> in JSON.</param>
/// <param name="To"><c>to</c> in JSON.</param>
/// <param name="State"><c>state</c> in JSON.</param>
public sealed record CoverageWindow(
    Instant From,
    Instant To,
    WindowState State);
