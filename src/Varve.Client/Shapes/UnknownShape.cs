// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>UnknownShape of the API.</summary>
/// <param name="Location"><c>location</c> in JSON.</param>
/// <param name="File"><c>file</c> in JSON.</param>
public sealed record UnknownShape(
    string Location,
    string File);
