// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>DoneWindowsShape of the API.</summary>
/// <param name="Query"><c>query</c> in JSON.</param>
/// <param name="Windows"><c>windows</c> in JSON.</param>
public sealed record DoneWindowsShape(
    string Query,
    IReadOnlyList<DoneWindowShape> Windows);
