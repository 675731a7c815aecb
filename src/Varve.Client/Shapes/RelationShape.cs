// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>RelationShape of the API.</summary>
/// <param name="Relation"><c>relation</c> in JSON.</param>
/// <param name="Table"><c>table</c> in JSON.</param>
/// <param name="Rows"><c>rows</c> in JSON.</param>
/// <param name="Bytes"><c>bytes</c> in JSON.</param>
/// <param name="First"><c>first</c> in JSON.</param>
/// <param name="Last"><c>last</c> in JSON.</param>
/// <param name="CoveredUntil"><c>coveredUntil</c> in JSON.</param>
/// <param name="BehindSeconds"><c>behindSeconds</c> in JSON.</param>
/// <param name="Dirty"><c>dirty</c> in JSON.</param>
/// <param name="Cut"><c>cut</c> in JSON.</param>
/// <param name="Lost"><c>lost</c> in JSON.</param>
/// <param name="IsRetired"><c>isRetired</c> in JSON.</param>
public sealed record RelationShape(
    string Relation,
    string Table,
    long Rows,
    long Bytes,
    Instant? First,
    Instant? Last,
    Instant? CoveredUntil,
    double BehindSeconds,
    int Dirty,
    int Cut,
    int Lost,
    bool IsRetired);
