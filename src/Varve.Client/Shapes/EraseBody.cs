// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>EraseBody of the API.</summary>
/// <param name="Where"><c>where</c> in JSON; may be left out.</param>
/// <param name="From"><c>from</c> in JSON; may be left out.</param>
/// <param name="To"><c>to</c> in JSON; may be left out.</param>
/// <param name="DryRun"><c>dryRun</c> in JSON; may be left out.</param>
/// <param name="Confirm"><c>confirm</c> in JSON; may be left out.</param>
public sealed record EraseBody(
    IReadOnlyDictionary<string, string>? Where = null,
    string? From = null,
    string? To = null,
    bool? DryRun = null,
    string? Confirm = null);
