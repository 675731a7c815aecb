// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>What is known of a window; where several hold, the first of these that does.</summary>
public enum WindowState
{
    /// <summary><c>halted</c> in JSON.</summary>
    Halted,

    /// <summary><c>lost</c> in JSON.</summary>
    Lost,

    /// <summary><c>cut</c> in JSON.</summary>
    Cut,

    /// <summary><c>dirty</c> in JSON.</summary>
    Dirty,

    /// <summary><c>covered</c> in JSON.</summary>
    Covered,

    /// <summary><c>expired</c> in JSON.</summary>
    Expired,

    /// <summary><c>open</c> in JSON.</summary>
    Open,
}
