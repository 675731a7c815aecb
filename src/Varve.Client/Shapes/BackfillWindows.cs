// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>What is done with windows that were done, or that failed, before.</summary>
public enum BackfillWindows
{
    /// <summary><c>missing</c> in JSON.</summary>
    Missing,

    /// <summary><c>untried</c> in JSON.</summary>
    Untried,

    /// <summary><c>all</c> in JSON.</summary>
    All,
}
