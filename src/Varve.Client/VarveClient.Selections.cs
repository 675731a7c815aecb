// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using Varve.Client.Shapes;

namespace Varve.Client;

public sealed partial class VarveClient
{
    /// <summary>GET /api/v1/connections/{connection}/diff. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">The parameter <c>policy</c>; null: it is left out.</param>
    /// <param name="tag">The parameter <c>tag</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<DiffListShape> DiffAllAsync(string connection, IReadOnlyList<string>? policy = null, IReadOnlyList<string>? tag = null, CancellationToken cancellationToken = default) =>
        AskAsync<DiffListShape>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/diff"), ("policy", policy), ("tag", tag)), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/plan. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">The parameter <c>policy</c>; null: it is left out.</param>
    /// <param name="tag">The parameter <c>tag</c>; null: it is left out.</param>
    /// <param name="asOf">The parameter <c>asOf</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<string> PlanAllAsync(string connection, IReadOnlyList<string>? policy = null, IReadOnlyList<string>? tag = null, string? asOf = null, CancellationToken cancellationToken = default) =>
        TextAsync(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/plan"), ("policy", policy), ("tag", tag), ("asOf", asOf)), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/forecast. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">The parameter <c>policy</c>; null: it is left out.</param>
    /// <param name="tag">The parameter <c>tag</c>; null: it is left out.</param>
    /// <param name="ahead">The parameter <c>ahead</c>; null: it is left out.</param>
    /// <param name="asOf">The parameter <c>asOf</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ForecastListShape> ForecastAllAsync(string connection, IReadOnlyList<string>? policy = null, IReadOnlyList<string>? tag = null, string? ahead = null, string? asOf = null, CancellationToken cancellationToken = default) =>
        AskAsync<ForecastListShape>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/forecast"), ("policy", policy), ("tag", tag), ("ahead", ahead), ("asOf", asOf)), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/selection. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">The parameter <c>policy</c>; null: it is left out.</param>
    /// <param name="tag">The parameter <c>tag</c>; null: it is left out.</param>
    /// <param name="only">The parameter <c>only</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<PolicyListShape> SelectPoliciesAsync(string connection, IReadOnlyList<string>? policy = null, IReadOnlyList<string>? tag = null, string? only = null, CancellationToken cancellationToken = default) =>
        AskAsync<PolicyListShape>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/selection"), ("policy", policy), ("tag", tag), ("only", only)), null, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/statements. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<StatementsShape> StatementsOfPlanAsync(string connection, StatementsBody body, CancellationToken cancellationToken = default) =>
        AskAsync<StatementsShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/statements"), body, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/history. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">The parameter <c>policy</c>; null: it is left out.</param>
    /// <param name="tag">The parameter <c>tag</c>; null: it is left out.</param>
    /// <param name="limit">The parameter <c>limit</c>; null: it is left out.</param>
    /// <param name="idle">The parameter <c>idle</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<HistoryShape> HistoryAllAsync(string connection, IReadOnlyList<string>? policy = null, IReadOnlyList<string>? tag = null, int? limit = null, bool? idle = null, CancellationToken cancellationToken = default) =>
        AskAsync<HistoryShape>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/history"), ("policy", policy), ("tag", tag), ("limit", limit), ("idle", idle)), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/verify. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">The parameter <c>policy</c>; null: it is left out.</param>
    /// <param name="tag">The parameter <c>tag</c>; null: it is left out.</param>
    /// <param name="from">The parameter <c>from</c>; null: it is left out.</param>
    /// <param name="to">The parameter <c>to</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<VerifyShape> VerifyAllAsync(string connection, IReadOnlyList<string>? policy = null, IReadOnlyList<string>? tag = null, string? from = null, string? to = null, CancellationToken cancellationToken = default) =>
        AskAsync<VerifyShape>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/verify"), ("policy", policy), ("tag", tag), ("from", from), ("to", to)), null, [], cancellationToken);
}
