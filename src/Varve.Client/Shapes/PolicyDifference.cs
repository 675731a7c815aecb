// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>One thing that two texts of a policy say differently.</summary>
/// <param name="Path"><c>path</c> in JSON.</param>
/// <param name="Before"><c>before</c> in JSON.</param>
/// <param name="After"><c>after</c> in JSON.</param>
public sealed record PolicyDifference(
    string Path,
    string? Before,
    string? After);
