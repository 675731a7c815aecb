// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>EraseShape of the API.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Range"><c>range</c> in JSON.</param>
/// <param name="Erased"><c>erased</c> in JSON.</param>
/// <param name="Rows"><c>rows</c> in JSON.</param>
/// <param name="Tiers"><c>tiers</c> in JSON.</param>
/// <param name="Archives"><c>archives</c> in JSON.</param>
public sealed record EraseShape(
    string Policy,
    TimeRange Range,
    bool Erased,
    long Rows,
    IReadOnlyList<ErasedTierShape> Tiers,
    IReadOnlyList<string> Archives);
