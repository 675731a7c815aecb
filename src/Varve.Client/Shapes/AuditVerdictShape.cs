// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>AuditVerdictShape of the API.</summary>
/// <param name="Holds"><c>holds</c> in JSON.</param>
/// <param name="Entries"><c>entries</c> in JSON.</param>
/// <param name="Head"><c>head</c> in JSON.</param>
/// <param name="Findings"><c>findings</c> in JSON.</param>
public sealed record AuditVerdictShape(
    bool Holds,
    long Entries,
    string Head,
    IReadOnlyList<string> Findings);
