// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>How a window stands before a backfill.</summary>
public enum WindowStanding
{
    /// <summary><c>untried</c> in JSON.</summary>
    Untried,

    /// <summary><c>done</c> in JSON.</summary>
    Done,

    /// <summary><c>failed</c> in JSON.</summary>
    Failed,
}
