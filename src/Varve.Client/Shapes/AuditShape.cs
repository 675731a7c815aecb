// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>AuditShape of the API.</summary>
/// <param name="Entries"><c>entries</c> in JSON.</param>
public sealed record AuditShape(
    IReadOnlyList<AuditEntry> Entries);
