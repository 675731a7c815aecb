// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>How the rows of a relation are known.</summary>
public enum ForecastRows
{
    /// <summary><c>measured</c> in JSON.</summary>
    Measured,

    /// <summary><c>counted-in-source</c> in JSON.</summary>
    CountedInSource,

    /// <summary><c>nothing</c> in JSON.</summary>
    Nothing,
}
