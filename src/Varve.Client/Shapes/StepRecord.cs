// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>One step as it is kept.</summary>
/// <param name="Run"><c>run</c> in JSON.</param>
/// <param name="Ordinal"><c>ordinal</c> in JSON.</param>
/// <param name="Kind"><c>kind</c> in JSON.</param>
/// <param name="Relation"><c>relation</c> in JSON.</param>
/// <param name="Ranges"><c>ranges</c> in JSON.</param>
/// <param name="Reason"><c>reason</c> in JSON.</param>
/// <param name="Status"><c>status</c> in JSON.</param>
/// <param name="Statement"><c>statement</c> in JSON.</param>
/// <param name="RowsIn"><c>rowsIn</c> in JSON.</param>
/// <param name="RowsWritten"><c>rowsWritten</c> in JSON.</param>
/// <param name="RowsRemoved"><c>rowsRemoved</c> in JSON.</param>
/// <param name="StartedAt"><c>startedAt</c> in JSON.</param>
/// <param name="FinishedAt"><c>finishedAt</c> in JSON.</param>
/// <param name="Note"><c>note</c> in JSON.</param>
/// <param name="Executed"><c>executed</c> in JSON; may be left out.</param>
public sealed record StepRecord(
    string Run,
    int Ordinal,
    string Kind,
    string Relation,
    string Ranges,
    string Reason,
    StepStatus Status,
    string? Statement,
    long RowsIn,
    long RowsWritten,
    long RowsRemoved,
    Instant? StartedAt,
    Instant? FinishedAt,
    string? Note,
    string? Executed = null);
