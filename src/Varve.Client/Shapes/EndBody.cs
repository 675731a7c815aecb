// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>EndBody of the API.</summary>
/// <param name="Now"><c>now</c> in JSON; may be left out.</param>
public sealed record EndBody(
    bool? Now = null);
