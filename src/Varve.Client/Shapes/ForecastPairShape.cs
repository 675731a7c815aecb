// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>ForecastPairShape of the API.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Stored"><c>stored</c> in JSON.</param>
/// <param name="Changed"><c>changed</c> in JSON.</param>
/// <param name="Failure"><c>failure</c> in JSON.</param>
public sealed record ForecastPairShape(
    string Policy,
    ForecastShape? Stored,
    ForecastShape? Changed,
    ProblemShape? Failure);
