// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>What is known of a window; where several hold, the first of these that does.</summary>
public enum WindowState
{
    /// <summary>Halted.</summary>
    Halted,

    /// <summary>Lost.</summary>
    Lost,

    /// <summary>Cut.</summary>
    Cut,

    /// <summary>Dirty.</summary>
    Dirty,

    /// <summary>Covered.</summary>
    Covered,

    /// <summary>Expired.</summary>
    Expired,

    /// <summary>Open.</summary>
    Open,
}
