// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>RangeBody of the API.</summary>
/// <param name="From"><c>from</c> in JSON.</param>
/// <param name="To"><c>to</c> in JSON.</param>
public sealed record RangeBody(
    string From,
    string To);
