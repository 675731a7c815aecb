// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>A state of a series that is not what its input gives.</summary>
/// <param name="Series"><c>series</c> in JSON.</param>
/// <param name="State"><c>state</c> in JSON.</param>
/// <param name="Stored"><c>stored</c> in JSON.</param>
/// <param name="Computed"><c>computed</c> in JSON.</param>
public sealed record StateDifference(
    IReadOnlyDictionary<string, string> Series,
    string State,
    string? Stored,
    string? Computed);
