// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>PruningShape of the API.</summary>
/// <param name="Pruned"><c>pruned</c> in JSON.</param>
/// <param name="Parts"><c>parts</c> in JSON.</param>
/// <param name="Held"><c>held</c> in JSON.</param>
/// <param name="Begun"><c>begun</c> in JSON.</param>
public sealed record PruningShape(
    bool Pruned,
    IReadOnlyList<PartShape> Parts,
    IReadOnlyList<PartShape> Held,
    IReadOnlyList<PartShape> Begun);
