// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>MoveUndoShape of the API.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Undone"><c>undone</c> in JSON.</param>
/// <param name="Parts"><c>parts</c> in JSON.</param>
public sealed record MoveUndoShape(
    string Policy,
    bool Undone,
    IReadOnlyList<TakenBackShape> Parts);
