// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>QueryRevisionShape of the API.</summary>
/// <param name="Revision"><c>revision</c> in JSON.</param>
/// <param name="AppliedAt"><c>appliedAt</c> in JSON.</param>
/// <param name="AppliedBy"><c>appliedBy</c> in JSON.</param>
/// <param name="Yaml"><c>yaml</c> in JSON.</param>
/// <param name="Changes"><c>changes</c> in JSON.</param>
public sealed record QueryRevisionShape(
    int Revision,
    Instant AppliedAt,
    string AppliedBy,
    string Yaml,
    IReadOnlyList<PolicyDifference> Changes);
