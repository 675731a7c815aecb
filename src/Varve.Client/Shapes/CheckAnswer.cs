// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>What a check found.</summary>
/// <param name="IsSound"><c>isSound</c> in JSON.</param>
/// <param name="Policies"><c>policies</c> in JSON.</param>
/// <param name="Problems"><c>problems</c> in JSON.</param>
/// <param name="Reports"><c>reports</c> in JSON.</param>
public sealed record CheckAnswer(
    bool IsSound,
    IReadOnlyList<string> Policies,
    IReadOnlyList<ProblemPlace> Problems,
    IReadOnlyList<CheckedPlaces> Reports);
