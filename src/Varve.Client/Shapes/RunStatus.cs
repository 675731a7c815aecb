// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>How far a run is.</summary>
public enum RunStatus
{
    /// <summary><c>running</c> in JSON.</summary>
    Running,

    /// <summary><c>done</c> in JSON.</summary>
    Done,

    /// <summary><c>stopped</c> in JSON.</summary>
    Stopped,

    /// <summary><c>failed</c> in JSON.</summary>
    Failed,

    /// <summary><c>interrupted</c> in JSON.</summary>
    Interrupted,

    /// <summary><c>braked</c> in JSON.</summary>
    Braked,
}
