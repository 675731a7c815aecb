// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using Varve.Client.Shapes;

namespace Varve.Client;

public sealed partial class VarveClient
{
    /// <summary>GET /api/v1/deliveries. Takes the role admin.</summary>
    /// <param name="state">The parameter <c>state</c>; null: it is left out.</param>
    /// <param name="limit">The parameter <c>limit</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<DeliveriesShape> ListDeliveriesAsync(string? state = null, int? limit = null, CancellationToken cancellationToken = default) =>
        AskAsync<DeliveriesShape>(HttpMethod.Get, With(Path($"api/v1/deliveries"), ("state", state), ("limit", limit)), null, [], cancellationToken);

    /// <summary>POST /api/v1/deliveries/{id}/retry. Takes the role admin.</summary>
    /// <param name="id">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<DeliveryShape> RetryDeliveryAsync(string id, CancellationToken cancellationToken = default) =>
        AskAsync<DeliveryShape>(HttpMethod.Post, Path($"api/v1/deliveries/{id}/retry"), null, [], cancellationToken);

    /// <summary>POST /api/v1/targets/{target}/try. Takes the role admin.</summary>
    /// <param name="target">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task TryTargetAsync(string target, CancellationToken cancellationToken = default) =>
        DoAsync(HttpMethod.Post, Path($"api/v1/targets/{target}/try"), null, [], cancellationToken);
}
