// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>How a backfill stands.</summary>
public enum BackfillState
{
    /// <summary><c>running</c> in JSON.</summary>
    Running,

    /// <summary><c>paused</c> in JSON.</summary>
    Paused,

    /// <summary><c>done</c> in JSON.</summary>
    Done,

    /// <summary><c>ended</c> in JSON.</summary>
    Ended,
}
