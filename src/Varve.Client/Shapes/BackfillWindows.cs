// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>What is done with windows that were done, or that failed, before.</summary>
public enum BackfillWindows
{
    /// <summary>Missing.</summary>
    Missing,

    /// <summary>Untried.</summary>
    Untried,

    /// <summary>All.</summary>
    All,
}
