// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>DoneWindowShape of the API.</summary>
/// <param name="Window"><c>window</c> in JSON.</param>
/// <param name="Rows"><c>rows</c> in JSON.</param>
/// <param name="Revision"><c>revision</c> in JSON.</param>
/// <param name="Run"><c>run</c> in JSON.</param>
/// <param name="DoneBy"><c>doneBy</c> in JSON.</param>
/// <param name="DoneAt"><c>doneAt</c> in JSON.</param>
public sealed record DoneWindowShape(
    TimeRange Window,
    long Rows,
    int Revision,
    string Run,
    string DoneBy,
    Instant DoneAt);
