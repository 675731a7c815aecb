// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>MoveUndoBody of the API.</summary>
/// <param name="From"><c>from</c> in JSON; may be left out.</param>
/// <param name="To"><c>to</c> in JSON; may be left out.</param>
/// <param name="Arrived"><c>arrived</c> in JSON; may be left out.</param>
/// <param name="DryRun"><c>dryRun</c> in JSON; may be left out.</param>
public sealed record MoveUndoBody(
    string? From = null,
    string? To = null,
    bool? Arrived = null,
    bool? DryRun = null);
