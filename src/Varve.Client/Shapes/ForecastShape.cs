// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>ForecastShape of the API.</summary>
/// <param name="Revision"><c>revision</c> in JSON.</param>
/// <param name="AsOf"><c>asOf</c> in JSON.</param>
/// <param name="Until"><c>until</c> in JSON.</param>
/// <param name="Relations"><c>relations</c> in JSON.</param>
/// <param name="Total"><c>total</c> in JSON.</param>
/// <param name="Peak"><c>peak</c> in JSON.</param>
/// <param name="Archive"><c>archive</c> in JSON.</param>
/// <param name="Notes"><c>notes</c> in JSON.</param>
public sealed record ForecastShape(
    int Revision,
    Instant AsOf,
    Instant Until,
    IReadOnlyList<ForecastRelationShape> Relations,
    IReadOnlyList<ForecastPoint> Total,
    ForecastPoint Peak,
    ArchiveForecast? Archive,
    IReadOnlyList<string> Notes);
