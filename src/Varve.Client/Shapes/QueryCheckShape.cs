// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>What is wrong with a text about queries, and what it would change.</summary>
/// <param name="IsSound"><c>isSound</c> in JSON.</param>
/// <param name="Queries"><c>queries</c> in JSON.</param>
/// <param name="Problems"><c>problems</c> in JSON.</param>
public sealed record QueryCheckShape(
    bool IsSound,
    IReadOnlyList<QueryDiffShape> Queries,
    IReadOnlyList<ProblemPlace> Problems);
