// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>AdoptSourceBody of the API.</summary>
/// <param name="Same"><c>same</c> in JSON; may be left out.</param>
public sealed record AdoptSourceBody(
    bool? Same = null);
