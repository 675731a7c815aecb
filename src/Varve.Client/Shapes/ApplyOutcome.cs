// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>What happened to a policy.</summary>
public enum ApplyOutcome
{
    /// <summary>Created.</summary>
    Created,

    /// <summary>Changed.</summary>
    Changed,

    /// <summary>Unchanged.</summary>
    Unchanged,

    /// <summary>Deleted.</summary>
    Deleted,
}
