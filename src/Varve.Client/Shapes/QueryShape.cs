// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>A query as it is stored; its text only where one is asked for.</summary>
/// <param name="Connection"><c>connection</c> in JSON.</param>
/// <param name="Query"><c>query</c> in JSON.</param>
/// <param name="Revision"><c>revision</c> in JSON.</param>
/// <param name="AppliedAt"><c>appliedAt</c> in JSON.</param>
/// <param name="AppliedBy"><c>appliedBy</c> in JSON.</param>
/// <param name="Schedule"><c>schedule</c> in JSON.</param>
/// <param name="Into"><c>into</c> in JSON.</param>
/// <param name="Write"><c>write</c> in JSON.</param>
/// <param name="Tags"><c>tags</c> in JSON.</param>
/// <param name="Yaml"><c>yaml</c> in JSON.</param>
public sealed record QueryShape(
    string Connection,
    string Query,
    int Revision,
    Instant AppliedAt,
    string AppliedBy,
    string Schedule,
    string? Into,
    string Write,
    IReadOnlyList<string> Tags,
    string? Yaml);
