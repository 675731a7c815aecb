// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>Rows and bytes at one instant.</summary>
/// <param name="At"><c>at</c> in JSON.</param>
/// <param name="Rows"><c>rows</c> in JSON.</param>
/// <param name="Bytes"><c>bytes</c> in JSON.</param>
/// <param name="IsStep"><c>isStep</c> in JSON.</param>
public sealed record ForecastPoint(
    Instant At,
    long Rows,
    long Bytes,
    bool IsStep);
