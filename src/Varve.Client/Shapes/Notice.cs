// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>One thing that others are told. Its names are a promise: add, never rename.</summary>
/// <param name="Id"><c>id</c> in JSON.</param>
/// <param name="Kind"><c>kind</c> in JSON.</param>
/// <param name="At"><c>at</c> in JSON.</param>
/// <param name="Tenant"><c>tenant</c> in JSON.</param>
/// <param name="Connection"><c>connection</c> in JSON.</param>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Query"><c>query</c> in JSON.</param>
/// <param name="Run"><c>run</c> in JSON.</param>
/// <param name="Code"><c>code</c> in JSON.</param>
/// <param name="Message"><c>message</c> in JSON.</param>
/// <param name="Title"><c>title</c> in JSON; may be left out.</param>
public sealed record Notice(
    string Id,
    NoticeKind Kind,
    Instant At,
    string Tenant,
    string? Connection,
    string? Policy,
    string? Query,
    string? Run,
    string? Code,
    string Message,
    string? Title = null);
