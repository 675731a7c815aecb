// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using System.Text.Json;
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>One line of the append-only log.</summary>
/// <param name="Seq"><c>seq</c> in JSON.</param>
/// <param name="At"><c>at</c> in JSON.</param>
/// <param name="Actor"><c>actor</c> in JSON.</param>
/// <param name="SystemUser"><c>systemUser</c> in JSON.</param>
/// <param name="Host"><c>host</c> in JSON.</param>
/// <param name="Action"><c>action</c> in JSON.</param>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Detail"><c>detail</c> in JSON.</param>
/// <param name="PreviousHash"><c>previousHash</c> in JSON.</param>
/// <param name="Hash"><c>hash</c> in JSON.</param>
public sealed record AuditEntry(
    long Seq,
    Instant At,
    string Actor,
    string SystemUser,
    string Host,
    string Action,
    string? Policy,
    JsonElement Detail,
    string PreviousHash,
    string Hash);
