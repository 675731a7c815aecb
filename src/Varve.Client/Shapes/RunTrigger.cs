// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>Why a run came to be.</summary>
public enum RunTrigger
{
    /// <summary>Schedule.</summary>
    Schedule,

    /// <summary>Manual.</summary>
    Manual,

    /// <summary>Resumed.</summary>
    Resumed,

    /// <summary>Backfill.</summary>
    Backfill,
}
