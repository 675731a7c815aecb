// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>What somebody may do.</summary>
public enum Role
{
    /// <summary>Viewer.</summary>
    Viewer,

    /// <summary>Operator.</summary>
    Operator,

    /// <summary>Admin.</summary>
    Admin,
}
