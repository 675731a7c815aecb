// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>The pause of every schedule that is armed, of one database or of all.</summary>
/// <param name="Reason"><c>reason</c> in JSON.</param>
/// <param name="Until"><c>until</c> in JSON; may be left out.</param>
/// <param name="Connection"><c>connection</c> in JSON; may be left out.</param>
public sealed record PauseAllBody(
    string Reason,
    string? Until = null,
    string? Connection = null);
