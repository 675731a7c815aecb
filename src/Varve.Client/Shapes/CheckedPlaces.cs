// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>What a check found of one policy.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Table"><c>table</c> in JSON.</param>
/// <param name="IsSound"><c>isSound</c> in JSON.</param>
/// <param name="Problems"><c>problems</c> in JSON.</param>
public sealed record CheckedPlaces(
    string Policy,
    string Table,
    bool IsSound,
    IReadOnlyList<ProblemPlace> Problems);
