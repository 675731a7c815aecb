// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>StandingShape of the API.</summary>
/// <param name="Window"><c>window</c> in JSON.</param>
/// <param name="State"><c>state</c> in JSON.</param>
/// <param name="WouldRun"><c>wouldRun</c> in JSON.</param>
public sealed record StandingShape(
    TimeRange Window,
    WindowStanding State,
    bool WouldRun);
