// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>ImportTool of the API.</summary>
public enum ImportTool
{
    /// <summary><c>cratedb-toolkit</c> in JSON.</summary>
    CratedbToolkit,

    /// <summary><c>graphite</c> in JSON.</summary>
    Graphite,

    /// <summary><c>rrdtool</c> in JSON.</summary>
    Rrdtool,

    /// <summary><c>pg-partman</c> in JSON.</summary>
    PgPartman,
}
