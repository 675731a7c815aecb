// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>BackfillsShape of the API.</summary>
/// <param name="Backfills"><c>backfills</c> in JSON.</param>
public sealed record BackfillsShape(
    IReadOnlyList<BackfillShape> Backfills);
