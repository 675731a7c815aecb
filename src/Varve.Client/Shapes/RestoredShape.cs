// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using System.Text.Json;

namespace Varve.Client.Shapes;

/// <summary>RestoredShape of the API.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Table"><c>table</c> in JSON.</param>
/// <param name="Parts"><c>parts</c> in JSON.</param>
/// <param name="Rows"><c>rows</c> in JSON.</param>
/// <param name="Ranges"><c>ranges</c> in JSON.</param>
/// <param name="Unknown"><c>unknown</c> in JSON.</param>
public sealed record RestoredShape(
    string Policy,
    string Table,
    int Parts,
    long Rows,
    IReadOnlyList<JsonElement> Ranges,
    int Unknown);
