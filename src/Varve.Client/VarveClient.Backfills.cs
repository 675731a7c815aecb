// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using Varve.Client.Shapes;

namespace Varve.Client;

public sealed partial class VarveClient
{
    /// <summary>POST /api/v1/connections/{connection}/backfills. Takes the role operator.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="idempotencyKey">The header <c>Idempotency-Key</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public async Task<(BackfillShape? Accepted, BackfillPlanShape? Ok)> BeginBackfillAsync(string connection, BackfillBody body, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        using var answer = await SendAsync(HttpMethod.Post, Path($"api/v1/connections/{connection}/backfills"), body, [("Idempotency-Key", idempotencyKey)], cancellationToken);
        return (int)answer.StatusCode switch
        {
            202 => (await ReadAsync<BackfillShape>(answer, cancellationToken), null),
            200 => (null, await ReadAsync<BackfillPlanShape>(answer, cancellationToken)),
            var other => throw new System.Diagnostics.UnreachableException($"The status {other} is not in the document."),
        };
    }

    /// <summary>GET /api/v1/backfills. Takes the role viewer.</summary>
    /// <param name="limit">The parameter <c>limit</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<BackfillsShape> ListBackfillsAsync(int? limit = null, CancellationToken cancellationToken = default) =>
        AskAsync<BackfillsShape>(HttpMethod.Get, With(Path($"api/v1/backfills"), ("limit", limit)), null, [], cancellationToken);

    /// <summary>GET /api/v1/backfills/{id}. Takes the role viewer.</summary>
    /// <param name="id">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<BackfillShape> GetBackfillAsync(string id, CancellationToken cancellationToken = default) =>
        AskAsync<BackfillShape>(HttpMethod.Get, Path($"api/v1/backfills/{id}"), null, [], cancellationToken);

    /// <summary>POST /api/v1/backfills/{id}/pause. Takes the role operator.</summary>
    /// <param name="id">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<BackfillShape> PauseBackfillAsync(string id, ReasonBody body, CancellationToken cancellationToken = default) =>
        AskAsync<BackfillShape>(HttpMethod.Post, Path($"api/v1/backfills/{id}/pause"), body, [], cancellationToken);

    /// <summary>POST /api/v1/backfills/{id}/resume. Takes the role operator.</summary>
    /// <param name="id">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<BackfillShape> ResumeBackfillAsync(string id, CancellationToken cancellationToken = default) =>
        AskAsync<BackfillShape>(HttpMethod.Post, Path($"api/v1/backfills/{id}/resume"), null, [], cancellationToken);

    /// <summary>POST /api/v1/backfills/{id}/end. Takes the role operator.</summary>
    /// <param name="id">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<BackfillShape> EndBackfillAsync(string id, CancellationToken cancellationToken = default) =>
        AskAsync<BackfillShape>(HttpMethod.Post, Path($"api/v1/backfills/{id}/end"), null, [], cancellationToken);
}
