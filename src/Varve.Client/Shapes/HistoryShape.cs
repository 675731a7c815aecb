// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>HistoryShape of the API.</summary>
/// <param name="Runs"><c>runs</c> in JSON.</param>
public sealed record HistoryShape(
    IReadOnlyList<RunRecord> Runs);
