// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>RetypedListShape of the API.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Columns"><c>columns</c> in JSON.</param>
public sealed record RetypedListShape(
    string Policy,
    IReadOnlyList<RetypedColumn> Columns);
