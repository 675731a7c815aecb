// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>RepairBody of the API.</summary>
/// <param name="Policies"><c>policies</c> in JSON; may be left out.</param>
/// <param name="Tags"><c>tags</c> in JSON; may be left out.</param>
/// <param name="DetachViews"><c>detachViews</c> in JSON; may be left out.</param>
public sealed record RepairBody(
    IReadOnlyList<string>? Policies = null,
    IReadOnlyList<string>? Tags = null,
    bool? DetachViews = null);
