// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>ArchiveListShape of the API.</summary>
/// <param name="Parts"><c>parts</c> in JSON.</param>
public sealed record ArchiveListShape(
    IReadOnlyList<PartShape> Parts);
