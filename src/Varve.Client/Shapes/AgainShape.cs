// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>AgainShape of the API.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="What"><c>what</c> in JSON.</param>
/// <param name="Count"><c>count</c> in JSON.</param>
/// <param name="Broken"><c>broken</c> in JSON.</param>
public sealed record AgainShape(
    string Policy,
    string What,
    long Count,
    IReadOnlyList<PartShape> Broken);
