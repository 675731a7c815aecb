// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>A table, and the policy that keeps it, or the pattern for which the next run takes it up; null for none.</summary>
/// <param name="Table"><c>table</c> in JSON.</param>
/// <param name="Policy"><c>policy</c> in JSON.</param>
public sealed record TableShape(
    string Table,
    string? Policy);
