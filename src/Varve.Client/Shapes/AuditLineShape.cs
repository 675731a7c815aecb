// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using System.Text.Json;
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>AuditLineShape of the API.</summary>
/// <param name="Seq"><c>seq</c> in JSON.</param>
/// <param name="At"><c>at</c> in JSON.</param>
/// <param name="Subject"><c>subject</c> in JSON.</param>
/// <param name="Method"><c>method</c> in JSON.</param>
/// <param name="Tenant"><c>tenant</c> in JSON.</param>
/// <param name="Action"><c>action</c> in JSON.</param>
/// <param name="Target"><c>target</c> in JSON.</param>
/// <param name="Detail"><c>detail</c> in JSON.</param>
/// <param name="Hash"><c>hash</c> in JSON.</param>
public sealed record AuditLineShape(
    long Seq,
    Instant At,
    string Subject,
    string Method,
    string Tenant,
    string Action,
    string? Target,
    JsonElement Detail,
    string Hash);
