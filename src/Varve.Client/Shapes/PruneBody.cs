// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>PruneBody of the API.</summary>
/// <param name="OlderThan"><c>olderThan</c> in JSON.</param>
/// <param name="Policies"><c>policies</c> in JSON; may be left out.</param>
/// <param name="DryRun"><c>dryRun</c> in JSON; may be left out.</param>
/// <param name="Confirm"><c>confirm</c> in JSON; may be left out.</param>
public sealed record PruneBody(
    string OlderThan,
    IReadOnlyList<string>? Policies = null,
    bool? DryRun = null,
    string? Confirm = null);
