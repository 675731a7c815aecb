// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>Some rows and the instants between which they lie.</summary>
/// <param name="Rows"><c>rows</c> in JSON.</param>
/// <param name="First"><c>first</c> in JSON.</param>
/// <param name="Last"><c>last</c> in JSON.</param>
public sealed record RowExtent(
    long Rows,
    Instant? First,
    Instant? Last);
