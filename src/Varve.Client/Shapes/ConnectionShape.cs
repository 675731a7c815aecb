// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>ConnectionShape of the API.</summary>
/// <param name="Name"><c>name</c> in JSON.</param>
/// <param name="Url"><c>url</c> in JSON.</param>
/// <param name="Engine"><c>engine</c> in JSON.</param>
/// <param name="Tenant"><c>tenant</c> in JSON.</param>
/// <param name="AtOnce"><c>atOnce</c> in JSON.</param>
/// <param name="Source"><c>source</c> in JSON.</param>
/// <param name="Queries"><c>queries</c> in JSON.</param>
/// <param name="Trouble"><c>trouble</c> in JSON.</param>
public sealed record ConnectionShape(
    string Name,
    string Url,
    string Engine,
    string Tenant,
    int AtOnce,
    string Source,
    bool Queries,
    string? Trouble);
