using NodaTime;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Contracts;

internal sealed record ForecastListShape(IReadOnlyList<ForecastPairShape> Policies);

internal sealed record ForecastPairShape(string Policy, ForecastShape? Stored, ForecastShape? Changed, ProblemShape? Failure)
{
    internal static ForecastPairShape Of(PolicyForecast p) =>
        new(p.Policy, ForecastShape.Of(p.Stored), ForecastShape.Of(p.Changed), p.Failure is { } failure ? ProblemShape.Of(failure) : null);
}

internal sealed record ForecastShape(
    int Revision,
    Instant AsOf,
    Instant Until,
    IReadOnlyList<ForecastRelationShape> Relations,
    IReadOnlyList<ForecastPoint> Total,
    ForecastPoint Peak,
    ArchiveForecast? Archive,
    IReadOnlyList<string> Notes
)
{
    internal static ForecastShape? Of(Forecast? f) =>
        f is null
            ? null
            : new(f.Revision, f.AsOf, f.Until, [.. f.Relations.Select(ForecastRelationShape.Of)], f.Total, f.Peak, f.Archive, f.Notes);
}

internal sealed record ForecastRelationShape(
    string Relation,
    TableName Table,
    string? Keep,
    bool IsNew,
    bool IsRetired,
    ForecastRate Rate,
    Instant? SteadyFrom,
    IReadOnlyList<ForecastPoint> Points
)
{
    internal static ForecastRelationShape Of(RelationForecast r) =>
        new(r.Relation.Text, r.Table, r.Keep?.Text, r.IsNew, r.IsRetired, r.Rate, r.SteadyFrom, r.Points);
}
