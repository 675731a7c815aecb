// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>PolicyStanding of the API.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Table"><c>table</c> in JSON.</param>
/// <param name="Revision"><c>revision</c> in JSON.</param>
/// <param name="AsOf"><c>asOf</c> in JSON.</param>
/// <param name="Tags"><c>tags</c> in JSON.</param>
/// <param name="Relations"><c>relations</c> in JSON.</param>
/// <param name="FrozenLate"><c>frozenLate</c> in JSON.</param>
/// <param name="Future"><c>future</c> in JSON.</param>
/// <param name="Timeless"><c>timeless</c> in JSON.</param>
/// <param name="OutOfRange"><c>outOfRange</c> in JSON.</param>
/// <param name="Holds"><c>holds</c> in JSON.</param>
/// <param name="Waits"><c>waits</c> in JSON.</param>
/// <param name="Brake"><c>brake</c> in JSON.</param>
/// <param name="StepsDue"><c>stepsDue</c> in JSON.</param>
/// <param name="NextExpiry"><c>nextExpiry</c> in JSON.</param>
/// <param name="LastRun"><c>lastRun</c> in JSON.</param>
/// <param name="LastError"><c>lastError</c> in JSON.</param>
/// <param name="Notes"><c>notes</c> in JSON.</param>
/// <param name="Pattern"><c>pattern</c> in JSON.</param>
/// <param name="Failure"><c>failure</c> in JSON.</param>
/// <param name="Schedule"><c>schedule</c> in JSON.</param>
public sealed record PolicyStanding(
    string Policy,
    string Table,
    int Revision,
    Instant AsOf,
    IReadOnlyList<string> Tags,
    IReadOnlyList<RelationShape> Relations,
    RowExtent FrozenLate,
    RowExtent Future,
    long Timeless,
    long OutOfRange,
    IReadOnlyList<Hold> Holds,
    IReadOnlyList<Wait> Waits,
    Brake? Brake,
    int StepsDue,
    NextExpiry? NextExpiry,
    RunRecord? LastRun,
    string? LastError,
    IReadOnlyList<ProblemShape> Notes,
    string? Pattern,
    ProblemShape? Failure,
    ScheduleShape? Schedule);
