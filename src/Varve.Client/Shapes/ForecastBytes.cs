// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>How the bytes of a row are known.</summary>
public enum ForecastBytes
{
    /// <summary><c>measured</c> in JSON.</summary>
    Measured,

    /// <summary><c>comparable</c> in JSON.</summary>
    Comparable,

    /// <summary><c>types</c> in JSON.</summary>
    Types,
}
