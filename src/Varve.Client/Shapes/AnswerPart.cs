// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>AnswerPart of the API.</summary>
/// <param name="Relation"><c>relation</c> in JSON.</param>
/// <param name="Range"><c>range</c> in JSON.</param>
public sealed record AnswerPart(
    string Relation,
    TimeRange Range);
