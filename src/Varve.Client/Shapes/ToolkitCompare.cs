// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>How the age of a partition is compared.</summary>
public enum ToolkitCompare
{
    /// <summary><c>end</c> in JSON.</summary>
    End,

    /// <summary><c>start</c> in JSON.</summary>
    Start,
}
