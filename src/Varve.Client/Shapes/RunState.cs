// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>How a run stands.</summary>
public enum RunState
{
    /// <summary><c>queued</c> in JSON.</summary>
    Queued,

    /// <summary><c>running</c> in JSON.</summary>
    Running,

    /// <summary><c>done</c> in JSON.</summary>
    Done,

    /// <summary><c>braked</c> in JSON.</summary>
    Braked,

    /// <summary><c>waits</c> in JSON.</summary>
    Waits,

    /// <summary><c>failed</c> in JSON.</summary>
    Failed,

    /// <summary><c>stopped</c> in JSON.</summary>
    Stopped,

    /// <summary><c>cancelled</c> in JSON.</summary>
    Cancelled,

    /// <summary><c>skipped</c> in JSON.</summary>
    Skipped,

    /// <summary><c>interrupted</c> in JSON.</summary>
    Interrupted,
}
