// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>How a relation grows.</summary>
/// <param name="RowsPerDay"><c>rowsPerDay</c> in JSON.</param>
/// <param name="RowsPerBucket"><c>rowsPerBucket</c> in JSON.</param>
/// <param name="Basis"><c>basis</c> in JSON.</param>
/// <param name="Window"><c>window</c> in JSON.</param>
/// <param name="BytesPerRow"><c>bytesPerRow</c> in JSON.</param>
/// <param name="BytesBasis"><c>bytesBasis</c> in JSON.</param>
/// <param name="BytesLike"><c>bytesLike</c> in JSON.</param>
public sealed record ForecastRate(
    double RowsPerDay,
    double? RowsPerBucket,
    ForecastRows Basis,
    TimeRange? Window,
    double BytesPerRow,
    ForecastBytes BytesBasis,
    string? BytesLike);
