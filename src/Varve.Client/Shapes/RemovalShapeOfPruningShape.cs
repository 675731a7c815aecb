// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>Something that cannot be undone: what goes, or what went.</summary>
/// <param name="Done"><c>done</c> in JSON.</param>
/// <param name="Confirm"><c>confirm</c> in JSON.</param>
/// <param name="Goes"><c>goes</c> in JSON.</param>
/// <param name="What"><c>what</c> in JSON.</param>
public sealed record RemovalShapeOfPruningShape(
    bool Done,
    string? Confirm,
    IReadOnlyList<string> Goes,
    PruningShape? What);
