// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>RunBody of the API.</summary>
/// <param name="Policies"><c>policies</c> in JSON; may be left out.</param>
/// <param name="Tags"><c>tags</c> in JSON; may be left out.</param>
/// <param name="Confirm"><c>confirm</c> in JSON; may be left out.</param>
/// <param name="AsOf"><c>asOf</c> in JSON; may be left out.</param>
/// <param name="MaxRemove"><c>maxRemove</c> in JSON; may be left out.</param>
/// <param name="For"><c>for</c> in JSON; may be left out.</param>
/// <param name="Yes"><c>yes</c> in JSON; may be left out.</param>
/// <param name="Plan"><c>plan</c> in JSON; may be left out.</param>
/// <param name="AuditHead"><c>auditHead</c> in JSON; may be left out.</param>
public sealed record RunBody(
    IReadOnlyList<string>? Policies = null,
    IReadOnlyList<string>? Tags = null,
    IReadOnlyList<string>? Confirm = null,
    string? AsOf = null,
    long? MaxRemove = null,
    string? For = null,
    bool? Yes = null,
    string? Plan = null,
    string? AuditHead = null);
