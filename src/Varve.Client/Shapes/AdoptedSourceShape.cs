// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>AdoptedSourceShape of the API.</summary>
/// <param name="Policy"><c>policy</c> in JSON.</param>
/// <param name="Until"><c>until</c> in JSON.</param>
/// <param name="Late"><c>late</c> in JSON.</param>
/// <param name="Same"><c>same</c> in JSON.</param>
public sealed record AdoptedSourceShape(
    string Policy,
    Instant Until,
    long Late,
    bool Same);
