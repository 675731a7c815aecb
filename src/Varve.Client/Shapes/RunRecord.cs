// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>One run as it is kept.</summary>
/// <param name="Id"><c>id</c> in JSON.</param>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Revision"><c>revision</c> in JSON.</param>
/// <param name="AsOf"><c>asOf</c> in JSON.</param>
/// <param name="StartedAt"><c>startedAt</c> in JSON.</param>
/// <param name="FinishedAt"><c>finishedAt</c> in JSON.</param>
/// <param name="Status"><c>status</c> in JSON.</param>
/// <param name="Steps"><c>steps</c> in JSON.</param>
/// <param name="StepsDone"><c>stepsDone</c> in JSON.</param>
/// <param name="RowsRead"><c>rowsRead</c> in JSON.</param>
/// <param name="RowsWritten"><c>rowsWritten</c> in JSON.</param>
/// <param name="RowsRemoved"><c>rowsRemoved</c> in JSON.</param>
/// <param name="ErrorCode"><c>errorCode</c> in JSON.</param>
/// <param name="Error"><c>error</c> in JSON.</param>
public sealed record RunRecord(
    string Id,
    string Policy,
    int Revision,
    Instant AsOf,
    Instant StartedAt,
    Instant? FinishedAt,
    RunStatus Status,
    int Steps,
    int StepsDone,
    long RowsRead,
    long RowsWritten,
    long RowsRemoved,
    string? ErrorCode,
    string? Error);
