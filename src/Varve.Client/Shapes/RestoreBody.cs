// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>RestoreBody of the API.</summary>
/// <param name="From"><c>from</c> in JSON; may be left out.</param>
/// <param name="To"><c>to</c> in JSON; may be left out.</param>
/// <param name="Into"><c>into</c> in JSON; may be left out.</param>
/// <param name="Location"><c>location</c> in JSON; may be left out.</param>
/// <param name="Table"><c>table</c> in JSON; may be left out.</param>
/// <param name="DryRun"><c>dryRun</c> in JSON; may be left out.</param>
public sealed record RestoreBody(
    string? From = null,
    string? To = null,
    string? Into = null,
    string? Location = null,
    string? Table = null,
    bool? DryRun = null);
