// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>How the bytes of a row are known.</summary>
public enum ForecastBytes
{
    /// <summary>Measured.</summary>
    Measured,

    /// <summary>Comparable.</summary>
    Comparable,

    /// <summary>Types.</summary>
    Types,
}
