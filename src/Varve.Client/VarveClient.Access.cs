// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using Varve.Client.Shapes;

namespace Varve.Client;

public sealed partial class VarveClient
{
    /// <summary>GET /api/v1/me. Takes the role viewer.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<MeShape> MeAsync(CancellationToken cancellationToken = default) =>
        AskAsync<MeShape>(HttpMethod.Get, Path($"api/v1/me"), null, [], cancellationToken);

    /// <summary>GET /api/v1/tokens. Takes the role admin.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<TokensShape> ListTokensAsync(CancellationToken cancellationToken = default) =>
        AskAsync<TokensShape>(HttpMethod.Get, Path($"api/v1/tokens"), null, [], cancellationToken);

    /// <summary>POST /api/v1/tokens. Takes the role admin.</summary>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<NewTokenShape> MakeTokenAsync(TokenBody body, CancellationToken cancellationToken = default) =>
        AskAsync<NewTokenShape>(HttpMethod.Post, Path($"api/v1/tokens"), body, [], cancellationToken);

    /// <summary>DELETE /api/v1/tokens/{id}. Takes the role admin.</summary>
    /// <param name="id">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task RevokeTokenAsync(string id, CancellationToken cancellationToken = default) =>
        DoAsync(HttpMethod.Delete, Path($"api/v1/tokens/{id}"), null, [], cancellationToken);

    /// <summary>GET /api/v1/audit. Takes the role admin.</summary>
    /// <param name="after">The parameter <c>after</c>; null: it is left out.</param>
    /// <param name="limit">The parameter <c>limit</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<Page<AuditLineShape>> ServerAuditAsync(string? after = null, int? limit = null, CancellationToken cancellationToken = default) =>
        AskAsync<Page<AuditLineShape>>(HttpMethod.Get, With(Path($"api/v1/audit"), ("after", after), ("limit", limit)), null, [], cancellationToken);

    /// <summary>GET /api/v1/audit/verdict. Takes the role admin.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<AuditVerdictShape> VerifyServerAuditAsync(CancellationToken cancellationToken = default) =>
        AskAsync<AuditVerdictShape>(HttpMethod.Get, Path($"api/v1/audit/verdict"), null, [], cancellationToken);

    /// <summary>POST /api/v1/audit/export. Takes the role admin.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<string> ExportServerAuditAsync(CancellationToken cancellationToken = default) =>
        TextAsync(HttpMethod.Post, Path($"api/v1/audit/export"), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections. Takes the role viewer.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ConnectionsShape> ListConnectionsAsync(CancellationToken cancellationToken = default) =>
        AskAsync<ConnectionsShape>(HttpMethod.Get, Path($"api/v1/connections"), null, [], cancellationToken);

    /// <summary>POST /api/v1/connections. Takes the role admin.</summary>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ConnectionShape> AddConnectionAsync(ConnectionBody body, CancellationToken cancellationToken = default) =>
        AskAsync<ConnectionShape>(HttpMethod.Post, Path($"api/v1/connections"), body, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ConnectionShape> GetConnectionAsync(string connection, CancellationToken cancellationToken = default) =>
        AskAsync<ConnectionShape>(HttpMethod.Get, Path($"api/v1/connections/{connection}"), null, [], cancellationToken);

    /// <summary>DELETE /api/v1/connections/{connection}. Takes the role admin.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task RemoveConnectionAsync(string connection, CancellationToken cancellationToken = default) =>
        DoAsync(HttpMethod.Delete, Path($"api/v1/connections/{connection}"), null, [], cancellationToken);

    /// <summary>POST /api/v1/connections/try. Takes the role admin.</summary>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<TriedShape> TryConnectionAsync(ConnectionBody body, CancellationToken cancellationToken = default) =>
        AskAsync<TriedShape>(HttpMethod.Post, Path($"api/v1/connections/try"), body, [], cancellationToken);

    /// <summary>GET /api/v1/tenants. Takes the role viewer.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<TenantsShape> ListTenantsAsync(CancellationToken cancellationToken = default) =>
        AskAsync<TenantsShape>(HttpMethod.Get, Path($"api/v1/tenants"), null, [], cancellationToken);
}
