// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>ScheduleStateShape of the API.</summary>
/// <param name="Connection"><c>connection</c> in JSON.</param>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Query"><c>query</c> in JSON.</param>
/// <param name="Rule"><c>rule</c> in JSON.</param>
/// <param name="Zone"><c>zone</c> in JSON.</param>
/// <param name="Paused"><c>paused</c> in JSON.</param>
/// <param name="Failures"><c>failures</c> in JSON.</param>
/// <param name="RestsUntil"><c>restsUntil</c> in JSON.</param>
/// <param name="Succeeded"><c>succeeded</c> in JSON.</param>
/// <param name="OverdueSince"><c>overdueSince</c> in JSON.</param>
/// <param name="SkipsNext"><c>skipsNext</c> in JSON.</param>
/// <param name="Next"><c>next</c> in JSON.</param>
public sealed record ScheduleStateShape(
    string Connection,
    string? Policy,
    string? Query,
    string Rule,
    string Zone,
    PauseShape? Paused,
    int Failures,
    Instant? RestsUntil,
    Instant? Succeeded,
    Instant? OverdueSince,
    bool SkipsNext,
    IReadOnlyList<UpcomingShape> Next);
