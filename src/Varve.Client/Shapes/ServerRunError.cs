// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>What ended a run.</summary>
/// <param name="Code"><c>code</c> in JSON.</param>
/// <param name="Message"><c>message</c> in JSON.</param>
public sealed record ServerRunError(
    string Code,
    string Message);
