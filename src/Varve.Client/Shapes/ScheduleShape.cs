// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>ScheduleShape of the API.</summary>
/// <param name="Rule"><c>rule</c> in JSON.</param>
/// <param name="Zone"><c>zone</c> in JSON.</param>
/// <param name="Next"><c>next</c> in JSON.</param>
public sealed record ScheduleShape(
    string Rule,
    string Zone,
    IReadOnlyList<UpcomingShape> Next);
