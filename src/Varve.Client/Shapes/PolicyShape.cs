// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>PolicyShape of the API.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Table"><c>table</c> in JSON.</param>
/// <param name="Revision"><c>revision</c> in JSON.</param>
/// <param name="Hash"><c>hash</c> in JSON.</param>
/// <param name="Keep"><c>keep</c> in JSON.</param>
/// <param name="Tiers"><c>tiers</c> in JSON.</param>
/// <param name="Tags"><c>tags</c> in JSON.</param>
/// <param name="AppliedAt"><c>appliedAt</c> in JSON.</param>
/// <param name="AppliedBy"><c>appliedBy</c> in JSON.</param>
/// <param name="Yaml"><c>yaml</c> in JSON.</param>
/// <param name="Pattern"><c>pattern</c> in JSON.</param>
public sealed record PolicyShape(
    string Policy,
    string Table,
    int Revision,
    string Hash,
    string Keep,
    IReadOnlyList<TierShape> Tiers,
    IReadOnlyList<string> Tags,
    Instant AppliedAt,
    string AppliedBy,
    string? Yaml,
    string? Pattern);
