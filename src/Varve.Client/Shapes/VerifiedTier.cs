// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using System.Text.Json;

namespace Varve.Client.Shapes;

/// <summary>VerifiedTier of the API.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Tier"><c>tier</c> in JSON.</param>
/// <param name="Checked"><c>checked</c> in JSON.</param>
/// <param name="Buckets"><c>buckets</c> in JSON.</param>
/// <param name="Mismatches"><c>mismatches</c> in JSON.</param>
/// <param name="Failure"><c>failure</c> in JSON.</param>
public sealed record VerifiedTier(
    string Policy,
    string Tier,
    IReadOnlyList<JsonElement> Checked,
    long Buckets,
    IReadOnlyList<Mismatch> Mismatches,
    ProblemShape? Failure);
