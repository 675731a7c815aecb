// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>A token with its secret, which is told this once.</summary>
/// <param name="Secret"><c>secret</c> in JSON.</param>
/// <param name="Token"><c>token</c> in JSON.</param>
public sealed record NewTokenShape(
    string Secret,
    TokenShape Token);
