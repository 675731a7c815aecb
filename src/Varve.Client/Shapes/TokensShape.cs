// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>TokensShape of the API.</summary>
/// <param name="Tokens"><c>tokens</c> in JSON.</param>
public sealed record TokensShape(
    IReadOnlyList<TokenShape> Tokens);
