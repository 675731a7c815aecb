// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>One thing that is not as it should be.</summary>
/// <param name="Check"><c>check</c> in JSON.</param>
/// <param name="Severity"><c>severity</c> in JSON.</param>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Found"><c>found</c> in JSON.</param>
/// <param name="WayOut"><c>wayOut</c> in JSON.</param>
public sealed record Finding(
    string Check,
    Severity Severity,
    string? Policy,
    string Found,
    string WayOut);
