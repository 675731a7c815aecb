// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>PatternShape of the API.</summary>
/// <param name="Pattern"><c>pattern</c> in JSON.</param>
/// <param name="Tables"><c>tables</c> in JSON.</param>
/// <param name="LeftOut"><c>leftOut</c> in JSON.</param>
public sealed record PatternShape(
    PolicyShape Pattern,
    IReadOnlyList<string> Tables,
    IReadOnlyList<ProblemShape> LeftOut);
