// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>InitLeft of the API.</summary>
/// <param name="Table"><c>table</c> in JSON.</param>
/// <param name="Reason"><c>reason</c> in JSON.</param>
public sealed record InitLeft(
    string Table,
    ProblemShape Reason);
