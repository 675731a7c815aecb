// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>ReleaseBody of the API.</summary>
/// <param name="Hold"><c>hold</c> in JSON; may be left out.</param>
/// <param name="DryRun"><c>dryRun</c> in JSON; may be left out.</param>
/// <param name="Confirm"><c>confirm</c> in JSON; may be left out.</param>
public sealed record ReleaseBody(
    string? Hold = null,
    bool? DryRun = null,
    string? Confirm = null);
