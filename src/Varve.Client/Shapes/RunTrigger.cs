// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>Why a run came to be.</summary>
public enum RunTrigger
{
    /// <summary><c>schedule</c> in JSON.</summary>
    Schedule,

    /// <summary><c>manual</c> in JSON.</summary>
    Manual,

    /// <summary><c>resumed</c> in JSON.</summary>
    Resumed,

    /// <summary><c>backfill</c> in JSON.</summary>
    Backfill,
}
