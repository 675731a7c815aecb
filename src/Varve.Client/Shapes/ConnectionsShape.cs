// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>ConnectionsShape of the API.</summary>
/// <param name="Connections"><c>connections</c> in JSON.</param>
public sealed record ConnectionsShape(
    IReadOnlyList<ConnectionShape> Connections);
