// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>How a stored policy differs from a file, and from what is really there.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Revision"><c>revision</c> in JSON.</param>
/// <param name="Changes"><c>changes</c> in JSON.</param>
/// <param name="Problems"><c>problems</c> in JSON.</param>
/// <param name="RemovesMore"><c>removesMore</c> in JSON.</param>
/// <param name="Drift"><c>drift</c> in JSON.</param>
/// <param name="IsEmpty"><c>isEmpty</c> in JSON; may be left out.</param>
public sealed record PolicyDiff(
    string Policy,
    int Revision,
    IReadOnlyList<PolicyDifference> Changes,
    IReadOnlyList<Problem> Problems,
    bool RemovesMore,
    IReadOnlyList<Drift> Drift,
    bool? IsEmpty = null);
