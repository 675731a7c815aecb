// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>ArchiveReportShape of the API.</summary>
/// <param name="Agrees"><c>agrees</c> in JSON.</param>
/// <param name="Parts"><c>parts</c> in JSON.</param>
/// <param name="Unknown"><c>unknown</c> in JSON.</param>
/// <param name="BeingPruned"><c>beingPruned</c> in JSON.</param>
public sealed record ArchiveReportShape(
    bool Agrees,
    IReadOnlyList<PartShape> Parts,
    IReadOnlyList<UnknownShape> Unknown,
    IReadOnlyList<PartShape> BeingPruned);
