// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>UpcomingShape of the API.</summary>
/// <param name="At"><c>at</c> in JSON.</param>
/// <param name="Local"><c>local</c> in JSON.</param>
/// <param name="Begins"><c>begins</c> in JSON.</param>
public sealed record UpcomingShape(
    Instant At,
    string Local,
    Instant Begins);
