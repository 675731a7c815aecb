// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>DeliveryShape of the API.</summary>
/// <param name="Id"><c>id</c> in JSON.</param>
/// <param name="Target"><c>target</c> in JSON.</param>
/// <param name="Tenant"><c>tenant</c> in JSON.</param>
/// <param name="State"><c>state</c> in JSON.</param>
/// <param name="Attempts"><c>attempts</c> in JSON.</param>
/// <param name="Next"><c>next</c> in JSON.</param>
/// <param name="Answer"><c>answer</c> in JSON.</param>
/// <param name="Notice"><c>notice</c> in JSON.</param>
public sealed record DeliveryShape(
    string Id,
    string Target,
    string Tenant,
    DeliveryState State,
    int Attempts,
    Instant? Next,
    string? Answer,
    Notice Notice);
