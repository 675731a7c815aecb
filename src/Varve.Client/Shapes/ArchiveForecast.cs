// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>What an archive will hold.</summary>
/// <param name="Location"><c>location</c> in JSON.</param>
/// <param name="Points"><c>points</c> in JSON.</param>
public sealed record ArchiveForecast(
    string Location,
    IReadOnlyList<ForecastPoint> Points);
