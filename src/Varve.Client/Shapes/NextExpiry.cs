// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>The next removal.</summary>
/// <param name="Relation"><c>relation</c> in JSON.</param>
/// <param name="At"><c>at</c> in JSON.</param>
/// <param name="Range"><c>range</c> in JSON.</param>
/// <param name="Rows"><c>rows</c> in JSON.</param>
public sealed record NextExpiry(
    string Relation,
    Instant At,
    TimeRange Range,
    long Rows);
