// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>What happened to a policy.</summary>
public enum ApplyOutcome
{
    /// <summary><c>created</c> in JSON.</summary>
    Created,

    /// <summary><c>changed</c> in JSON.</summary>
    Changed,

    /// <summary><c>unchanged</c> in JSON.</summary>
    Unchanged,

    /// <summary><c>deleted</c> in JSON.</summary>
    Deleted,
}
