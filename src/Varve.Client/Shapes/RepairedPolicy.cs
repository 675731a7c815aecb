// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>RepairedPolicy of the API.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="IsDetached"><c>isDetached</c> in JSON.</param>
/// <param name="Views"><c>views</c> in JSON.</param>
/// <param name="IsLeft"><c>isLeft</c> in JSON.</param>
/// <param name="Failure"><c>failure</c> in JSON.</param>
public sealed record RepairedPolicy(
    string Policy,
    bool IsDetached,
    IReadOnlyList<string> Views,
    bool IsLeft,
    ProblemShape? Failure);
