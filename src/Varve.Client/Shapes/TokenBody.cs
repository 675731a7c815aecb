// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>TokenBody of the API.</summary>
/// <param name="Name"><c>name</c> in JSON.</param>
/// <param name="Role"><c>role</c> in JSON.</param>
/// <param name="Tenant"><c>tenant</c> in JSON; may be left out.</param>
/// <param name="ExpiresIn"><c>expiresIn</c> in JSON; may be left out.</param>
public sealed record TokenBody(
    string Name,
    Role Role,
    string? Tenant = null,
    string? ExpiresIn = null);
