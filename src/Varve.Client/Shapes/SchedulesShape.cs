// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>SchedulesShape of the API.</summary>
/// <param name="Schedules"><c>schedules</c> in JSON.</param>
public sealed record SchedulesShape(
    IReadOnlyList<ScheduleStateShape> Schedules);
