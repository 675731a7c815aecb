// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>What a backfill would do; nothing was done.</summary>
/// <param name="Whole"><c>whole</c> in JSON.</param>
/// <param name="WouldRun"><c>wouldRun</c> in JSON.</param>
/// <param name="Windows"><c>windows</c> in JSON.</param>
public sealed record BackfillPlanShape(
    int Whole,
    int WouldRun,
    IReadOnlyList<StandingShape> Windows);
