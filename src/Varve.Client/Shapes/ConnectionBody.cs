// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>ConnectionBody of the API.</summary>
/// <param name="Name"><c>name</c> in JSON.</param>
/// <param name="Url"><c>url</c> in JSON.</param>
/// <param name="Tenant"><c>tenant</c> in JSON; may be left out.</param>
/// <param name="AtOnce"><c>atOnce</c> in JSON; may be left out.</param>
public sealed record ConnectionBody(
    string Name,
    string Url,
    string? Tenant = null,
    int? AtOnce = null);
