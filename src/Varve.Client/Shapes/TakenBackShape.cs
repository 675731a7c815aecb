// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>TakenBackShape of the API.</summary>
/// <param name="Range"><c>range</c> in JSON.</param>
/// <param name="From"><c>from</c> in JSON.</param>
/// <param name="To"><c>to</c> in JSON.</param>
/// <param name="Bytes"><c>bytes</c> in JSON.</param>
/// <param name="HasArrived"><c>hasArrived</c> in JSON.</param>
public sealed record TakenBackShape(
    TimeRange Range,
    string From,
    string? To,
    long Bytes,
    bool HasArrived);
