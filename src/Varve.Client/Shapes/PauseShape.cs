// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>PauseShape of the API.</summary>
/// <param name="Since"><c>since</c> in JSON.</param>
/// <param name="By"><c>by</c> in JSON.</param>
/// <param name="Reason"><c>reason</c> in JSON.</param>
/// <param name="Until"><c>until</c> in JSON.</param>
public sealed record PauseShape(
    Instant Since,
    string By,
    string Reason,
    Instant? Until);
