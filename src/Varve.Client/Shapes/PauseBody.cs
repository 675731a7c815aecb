// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>PauseBody of the API.</summary>
/// <param name="Reason"><c>reason</c> in JSON.</param>
/// <param name="Until"><c>until</c> in JSON; may be left out.</param>
public sealed record PauseBody(
    string Reason,
    string? Until = null);
