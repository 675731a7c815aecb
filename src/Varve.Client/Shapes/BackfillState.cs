// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>How a backfill stands.</summary>
public enum BackfillState
{
    /// <summary>Running.</summary>
    Running,

    /// <summary>Paused.</summary>
    Paused,

    /// <summary>Done.</summary>
    Done,

    /// <summary>Ended.</summary>
    Ended,
}
