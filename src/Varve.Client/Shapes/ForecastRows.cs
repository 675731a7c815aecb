// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>How the rows of a relation are known.</summary>
public enum ForecastRows
{
    /// <summary>Measured.</summary>
    Measured,

    /// <summary>CountedInSource.</summary>
    CountedInSource,

    /// <summary>Nothing.</summary>
    Nothing,
}
