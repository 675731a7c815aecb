// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>How bad a finding is.</summary>
public enum Severity
{
    /// <summary><c>note</c> in JSON.</summary>
    Note,

    /// <summary><c>warning</c> in JSON.</summary>
    Warning,

    /// <summary><c>error</c> in JSON.</summary>
    Error,
}
