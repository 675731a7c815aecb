// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>The first removal of a policy, or of a revision that removes more, waits for a person's word.</summary>
/// <param name="Hash"><c>hash</c> in JSON.</param>
/// <param name="Reason"><c>reason</c> in JSON.</param>
/// <param name="Rows"><c>rows</c> in JSON.</param>
/// <param name="SourceRows"><c>sourceRows</c> in JSON; may be left out.</param>
/// <param name="Share"><c>share</c> in JSON; may be left out.</param>
public sealed record Brake(
    string Hash,
    string Reason,
    long Rows,
    long? SourceRows = null,
    double? Share = null);
