// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using Varve.Client.Shapes;

namespace Varve.Client;

public sealed partial class VarveClient
{
    /// <summary>GET /api/v1/connections/{connection}/queries. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="tag">The parameter <c>tag</c>; null: it is left out.</param>
    /// <param name="after">The parameter <c>after</c>; null: it is left out.</param>
    /// <param name="limit">The parameter <c>limit</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<Page<QueryShape>> ListQueriesAsync(string connection, string? tag = null, string? after = null, int? limit = null, CancellationToken cancellationToken = default) =>
        AskAsync<Page<QueryShape>>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/queries"), ("tag", tag), ("after", after), ("limit", limit)), null, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/queries/check. Takes the role admin.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<QueryCheckShape> CheckQueriesAsync(string connection, YamlBody body, CancellationToken cancellationToken = default) =>
        AskAsync<QueryCheckShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/queries/check"), body, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/queries/{query}. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="query">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<QueryShape> GetQueryAsync(string connection, string query, CancellationToken cancellationToken = default) =>
        AskAsync<QueryShape>(HttpMethod.Get, Path($"api/v1/connections/{connection}/queries/{query}"), null, [], cancellationToken);

    /// <summary>PUT /api/v1/connections/{connection}/queries/{query}. Takes the role admin.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="query">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="ifMatch">The header <c>If-Match</c>; null: it is left out.</param>
    /// <param name="ifNoneMatch">The header <c>If-None-Match</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<QueryShape> PutQueryAsync(string connection, string query, YamlBody body, string? ifMatch = null, string? ifNoneMatch = null, CancellationToken cancellationToken = default) =>
        AskAsync<QueryShape>(HttpMethod.Put, Path($"api/v1/connections/{connection}/queries/{query}"), body, [("If-Match", ifMatch), ("If-None-Match", ifNoneMatch)], cancellationToken);

    /// <summary>DELETE /api/v1/connections/{connection}/queries/{query}. Takes the role admin.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="query">Of the path.</param>
    /// <param name="ifMatch">The header <c>If-Match</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task DeleteQueryAsync(string connection, string query, string? ifMatch = null, CancellationToken cancellationToken = default) =>
        DoAsync(HttpMethod.Delete, Path($"api/v1/connections/{connection}/queries/{query}"), null, [("If-Match", ifMatch)], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/queries/{query}/revisions. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="query">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<QueryRevisionsShape> ListQueryRevisionsAsync(string connection, string query, CancellationToken cancellationToken = default) =>
        AskAsync<QueryRevisionsShape>(HttpMethod.Get, Path($"api/v1/connections/{connection}/queries/{query}/revisions"), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/queries/{query}/windows. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="query">Of the path.</param>
    /// <param name="from">The parameter <c>from</c>; null: it is left out.</param>
    /// <param name="to">The parameter <c>to</c>; null: it is left out.</param>
    /// <param name="limit">The parameter <c>limit</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<DoneWindowsShape> ListQueryWindowsAsync(string connection, string query, string? from = null, string? to = null, int? limit = null, CancellationToken cancellationToken = default) =>
        AskAsync<DoneWindowsShape>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/queries/{query}/windows"), ("from", from), ("to", to), ("limit", limit)), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/queries/{query}/schedule. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="query">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ScheduleStateShape> GetQueryScheduleAsync(string connection, string query, CancellationToken cancellationToken = default) =>
        AskAsync<ScheduleStateShape>(HttpMethod.Get, Path($"api/v1/connections/{connection}/queries/{query}/schedule"), null, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/queries/{query}/pause. Takes the role operator.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="query">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ScheduleStateShape> PauseQueryAsync(string connection, string query, PauseBody body, CancellationToken cancellationToken = default) =>
        AskAsync<ScheduleStateShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/queries/{query}/pause"), body, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/queries/{query}/resume. Takes the role operator.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="query">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ScheduleStateShape> ResumeQueryAsync(string connection, string query, CancellationToken cancellationToken = default) =>
        AskAsync<ScheduleStateShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/queries/{query}/resume"), null, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/queries/{query}/skip. Takes the role operator.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="query">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ScheduleStateShape> SkipQueryOnceAsync(string connection, string query, CancellationToken cancellationToken = default) =>
        AskAsync<ScheduleStateShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/queries/{query}/skip"), null, [], cancellationToken);
}
