// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>VerifyShape of the API.</summary>
/// <param name="Agrees"><c>agrees</c> in JSON.</param>
/// <param name="Tiers"><c>tiers</c> in JSON.</param>
public sealed record VerifyShape(
    bool Agrees,
    IReadOnlyList<VerifiedTier> Tiers);
