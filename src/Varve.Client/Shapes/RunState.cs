// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>How a run stands.</summary>
public enum RunState
{
    /// <summary>Queued.</summary>
    Queued,

    /// <summary>Running.</summary>
    Running,

    /// <summary>Done.</summary>
    Done,

    /// <summary>Braked.</summary>
    Braked,

    /// <summary>Waits.</summary>
    Waits,

    /// <summary>Failed.</summary>
    Failed,

    /// <summary>Stopped.</summary>
    Stopped,

    /// <summary>Cancelled.</summary>
    Cancelled,

    /// <summary>Skipped.</summary>
    Skipped,

    /// <summary>Interrupted.</summary>
    Interrupted,
}
