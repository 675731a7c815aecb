// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>A column whose type is another one than its tiers were built with: nothing is done until a person accepts it.</summary>
/// <param name="Column"><c>column</c> in JSON.</param>
/// <param name="Before"><c>before</c> in JSON.</param>
/// <param name="Now"><c>now</c> in JSON.</param>
public sealed record RetypedColumn(
    string Column,
    string Before,
    string Now);
