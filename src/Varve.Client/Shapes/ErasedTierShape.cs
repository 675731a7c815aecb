// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using System.Text.Json;

namespace Varve.Client.Shapes;

/// <summary>ErasedTierShape of the API.</summary>
/// <param name="Relation"><c>relation</c> in JSON.</param>
/// <param name="Removed"><c>removed</c> in JSON.</param>
/// <param name="Rebuilt"><c>rebuilt</c> in JSON.</param>
/// <param name="Kept"><c>kept</c> in JSON.</param>
public sealed record ErasedTierShape(
    string Relation,
    long Removed,
    IReadOnlyList<JsonElement> Rebuilt,
    IReadOnlyList<JsonElement> Kept);
