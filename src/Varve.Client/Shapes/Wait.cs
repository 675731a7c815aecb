// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>Something that is due and cannot be done now.</summary>
/// <param name="Relation"><c>relation</c> in JSON.</param>
/// <param name="Range"><c>range</c> in JSON.</param>
/// <param name="Reason"><c>reason</c> in JSON.</param>
/// <param name="NeedsPerson"><c>needsPerson</c> in JSON.</param>
public sealed record Wait(
    string Relation,
    TimeRange Range,
    string Reason,
    bool NeedsPerson);
