// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>ForecastRelationShape of the API.</summary>
/// <param name="Relation"><c>relation</c> in JSON.</param>
/// <param name="Table"><c>table</c> in JSON.</param>
/// <param name="Keep"><c>keep</c> in JSON.</param>
/// <param name="IsNew"><c>isNew</c> in JSON.</param>
/// <param name="IsRetired"><c>isRetired</c> in JSON.</param>
/// <param name="Rate"><c>rate</c> in JSON.</param>
/// <param name="SteadyFrom"><c>steadyFrom</c> in JSON.</param>
/// <param name="Points"><c>points</c> in JSON.</param>
public sealed record ForecastRelationShape(
    string Relation,
    string Table,
    string? Keep,
    bool IsNew,
    bool IsRetired,
    ForecastRate Rate,
    Instant? SteadyFrom,
    IReadOnlyList<ForecastPoint> Points);
