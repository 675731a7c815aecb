// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using Varve.Client.Shapes;

namespace Varve.Client;

public sealed partial class VarveClient
{
    /// <summary>POST /api/v1/connections/{connection}/runs. Takes the role operator.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="idempotencyKey">The header <c>Idempotency-Key</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ServerRunShape> AskRunAsync(string connection, RunBody body, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        AskAsync<ServerRunShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/runs"), body, [("Idempotency-Key", idempotencyKey)], cancellationToken);

    /// <summary>GET /api/v1/runs. Takes the role viewer.</summary>
    /// <param name="connection">The parameter <c>connection</c>; null: it is left out.</param>
    /// <param name="policy">The parameter <c>policy</c>; null: it is left out.</param>
    /// <param name="after">The parameter <c>after</c>; null: it is left out.</param>
    /// <param name="limit">The parameter <c>limit</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<Page<ServerRunShape>> ListRunsAsync(string? connection = null, string? policy = null, string? after = null, int? limit = null, CancellationToken cancellationToken = default) =>
        AskAsync<Page<ServerRunShape>>(HttpMethod.Get, With(Path($"api/v1/runs"), ("connection", connection), ("policy", policy), ("after", after), ("limit", limit)), null, [], cancellationToken);

    /// <summary>GET /api/v1/runs/{id}. Takes the role viewer.</summary>
    /// <param name="id">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ServerRunShape> GetRunAsync(string id, CancellationToken cancellationToken = default) =>
        AskAsync<ServerRunShape>(HttpMethod.Get, Path($"api/v1/runs/{id}"), null, [], cancellationToken);

    /// <summary>POST /api/v1/runs/{id}/end. Takes the role operator.</summary>
    /// <param name="id">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task EndRunAsync(string id, EndBody body, CancellationToken cancellationToken = default) =>
        DoAsync(HttpMethod.Post, Path($"api/v1/runs/{id}/end"), body, [], cancellationToken);
}
