// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>How a delivery stands.</summary>
public enum DeliveryState
{
    /// <summary>Waiting.</summary>
    Waiting,

    /// <summary>Delivered.</summary>
    Delivered,

    /// <summary>Dead.</summary>
    Dead,
}
