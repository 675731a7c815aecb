// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>AppliedPolicy of the API.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Revision"><c>revision</c> in JSON.</param>
/// <param name="Outcome"><c>outcome</c> in JSON.</param>
/// <param name="Notes"><c>notes</c> in JSON.</param>
/// <param name="Pattern"><c>pattern</c> in JSON.</param>
public sealed record AppliedPolicy(
    string Policy,
    int Revision,
    ApplyOutcome Outcome,
    IReadOnlyList<ProblemShape> Notes,
    string? Pattern);
