// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>Who asks, and what they may do.</summary>
/// <param name="Subject"><c>subject</c> in JSON.</param>
/// <param name="Method"><c>method</c> in JSON.</param>
/// <param name="Role"><c>role</c> in JSON.</param>
/// <param name="Tenant"><c>tenant</c> in JSON.</param>
public sealed record MeShape(
    string Subject,
    string Method,
    Role Role,
    string Tenant);
