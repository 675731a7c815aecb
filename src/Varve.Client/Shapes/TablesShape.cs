// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>TablesShape of the API.</summary>
/// <param name="Tables"><c>tables</c> in JSON.</param>
public sealed record TablesShape(
    IReadOnlyList<TableShape> Tables);
