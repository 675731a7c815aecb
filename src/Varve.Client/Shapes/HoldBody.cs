// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>HoldBody of the API.</summary>
/// <param name="Reason"><c>reason</c> in JSON.</param>
/// <param name="Relation"><c>relation</c> in JSON; may be left out.</param>
/// <param name="From"><c>from</c> in JSON; may be left out.</param>
/// <param name="To"><c>to</c> in JSON; may be left out.</param>
/// <param name="Until"><c>until</c> in JSON; may be left out.</param>
public sealed record HoldBody(
    string Reason,
    string? Relation = null,
    string? From = null,
    string? To = null,
    string? Until = null);
