// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>StatementsShape of the API.</summary>
/// <param name="Plans"><c>plans</c> in JSON.</param>
public sealed record StatementsShape(
    IReadOnlyList<PolicyStatements> Plans);
