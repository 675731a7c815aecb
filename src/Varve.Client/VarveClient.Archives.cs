// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using Varve.Client.Shapes;

namespace Varve.Client;

public sealed partial class VarveClient
{
    /// <summary>GET /api/v1/connections/{connection}/archives. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">The parameter <c>policy</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ArchiveListShape> ListArchivesAsync(string connection, IReadOnlyList<string>? policy = null, CancellationToken cancellationToken = default) =>
        AskAsync<ArchiveListShape>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/archives"), ("policy", policy)), null, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/archives/verify. Takes the role operator.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">The parameter <c>policy</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ArchiveReportShape> VerifyArchivesAsync(string connection, string? policy = null, CancellationToken cancellationToken = default) =>
        AskAsync<ArchiveReportShape>(HttpMethod.Post, With(Path($"api/v1/connections/{connection}/archives/verify"), ("policy", policy)), null, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/archives/prune. Takes the role admin.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<RemovalShapeOfPruningShape> PruneArchivesAsync(string connection, PruneBody body, CancellationToken cancellationToken = default) =>
        AskAsync<RemovalShapeOfPruningShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/archives/prune"), body, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/policies/{policy}/archives/again. Takes the role operator.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<AgainShape> ArchiveAgainAsync(string connection, string policy, CancellationToken cancellationToken = default) =>
        AskAsync<AgainShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/policies/{policy}/archives/again"), null, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/policies/{policy}/restore. Takes the role operator.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<RestoredShape> RestoreAsync(string connection, string policy, RestoreBody body, CancellationToken cancellationToken = default) =>
        AskAsync<RestoredShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/policies/{policy}/restore"), body, [], cancellationToken);
}
