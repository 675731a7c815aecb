// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using System.Text.Json;
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>StepLine of the API.</summary>
/// <param name="Run"><c>run</c> in JSON.</param>
/// <param name="Ordinal"><c>ordinal</c> in JSON.</param>
/// <param name="Kind"><c>kind</c> in JSON.</param>
/// <param name="Relation"><c>relation</c> in JSON.</param>
/// <param name="Ranges"><c>ranges</c> in JSON.</param>
/// <param name="Reason"><c>reason</c> in JSON.</param>
/// <param name="Status"><c>status</c> in JSON.</param>
/// <param name="Statement"><c>statement</c> in JSON.</param>
/// <param name="Executed"><c>executed</c> in JSON.</param>
/// <param name="RowsIn"><c>rowsIn</c> in JSON.</param>
/// <param name="RowsWritten"><c>rowsWritten</c> in JSON.</param>
/// <param name="RowsRemoved"><c>rowsRemoved</c> in JSON.</param>
/// <param name="StartedAt"><c>startedAt</c> in JSON.</param>
/// <param name="FinishedAt"><c>finishedAt</c> in JSON.</param>
/// <param name="Note"><c>note</c> in JSON.</param>
public sealed record StepLine(
    string Run,
    int Ordinal,
    string Kind,
    string Relation,
    IReadOnlyList<JsonElement> Ranges,
    string Reason,
    StepStatus Status,
    string? Statement,
    string? Executed,
    long RowsIn,
    long RowsWritten,
    long RowsRemoved,
    Instant? StartedAt,
    Instant? FinishedAt,
    string? Note);
