// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
namespace Varve.Client.Shapes;

/// <summary>How a delivery stands.</summary>
public enum DeliveryState
{
    /// <summary><c>waiting</c> in JSON.</summary>
    Waiting,

    /// <summary><c>delivered</c> in JSON.</summary>
    Delivered,

    /// <summary><c>dead</c> in JSON.</summary>
    Dead,
}
