// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>Something in the database that is not as Varve made it.</summary>
/// <param name="Relation"><c>relation</c> in JSON.</param>
/// <param name="Table"><c>table</c> in JSON.</param>
/// <param name="Finding"><c>finding</c> in JSON.</param>
public sealed record Drift(
    string Relation,
    string Table,
    string Finding);
