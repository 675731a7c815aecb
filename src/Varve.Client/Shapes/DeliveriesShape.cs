// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>DeliveriesShape of the API.</summary>
/// <param name="Deliveries"><c>deliveries</c> in JSON.</param>
public sealed record DeliveriesShape(
    IReadOnlyList<DeliveryShape> Deliveries);
