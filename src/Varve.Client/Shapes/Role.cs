// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>What somebody may do.</summary>
public enum Role
{
    /// <summary><c>viewer</c> in JSON.</summary>
    Viewer,

    /// <summary><c>operator</c> in JSON.</summary>
    Operator,

    /// <summary><c>admin</c> in JSON.</summary>
    Admin,
}
