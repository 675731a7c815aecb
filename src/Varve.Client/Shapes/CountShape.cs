// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>CountShape of the API.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="What"><c>what</c> in JSON.</param>
/// <param name="Count"><c>count</c> in JSON.</param>
public sealed record CountShape(
    string Policy,
    string What,
    long Count);
