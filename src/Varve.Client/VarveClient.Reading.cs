// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using Varve.Client.Shapes;

namespace Varve.Client;

public sealed partial class VarveClient
{
    /// <summary>GET /api/v1/connections/{connection}/status. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="asOf">The parameter <c>asOf</c>; null: it is left out.</param>
    /// <param name="policy">The parameter <c>policy</c>; null: it is left out.</param>
    /// <param name="tag">The parameter <c>tag</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<StatusShape> StatusAsync(string connection, string? asOf = null, IReadOnlyList<string>? policy = null, IReadOnlyList<string>? tag = null, CancellationToken cancellationToken = default) =>
        AskAsync<StatusShape>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/status"), ("asOf", asOf), ("policy", policy), ("tag", tag)), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/policies/{policy}/status. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="asOf">The parameter <c>asOf</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<StatusShape> PolicyStatusAsync(string connection, string policy, string? asOf = null, CancellationToken cancellationToken = default) =>
        AskAsync<StatusShape>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/policies/{policy}/status"), ("asOf", asOf)), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/policies/{policy}/plan. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="asOf">The parameter <c>asOf</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<string> PlanPolicyAsync(string connection, string policy, string? asOf = null, CancellationToken cancellationToken = default) =>
        TextAsync(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/policies/{policy}/plan"), ("asOf", asOf)), null, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/plan. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="asOf">The parameter <c>asOf</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<string> PlanTextAsync(string connection, YamlBody body, string? asOf = null, CancellationToken cancellationToken = default) =>
        TextAsync(HttpMethod.Post, With(Path($"api/v1/connections/{connection}/plan"), ("asOf", asOf)), body, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/policies/{policy}/statements. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="asOf">The parameter <c>asOf</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<StatementsShape> PlanStatementsAsync(string connection, string policy, string? asOf = null, CancellationToken cancellationToken = default) =>
        AskAsync<StatementsShape>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/policies/{policy}/statements"), ("asOf", asOf)), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/policies/{policy}/coverage. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="from">The parameter <c>from</c>; null: it is left out.</param>
    /// <param name="to">The parameter <c>to</c>; null: it is left out.</param>
    /// <param name="windows">The parameter <c>windows</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<CoverageShape> CoverageAsync(string connection, string policy, string? from = null, string? to = null, int? windows = null, CancellationToken cancellationToken = default) =>
        AskAsync<CoverageShape>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/policies/{policy}/coverage"), ("from", from), ("to", to), ("windows", windows)), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/policies/{policy}/history. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="limit">The parameter <c>limit</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<HistoryShape> HistoryAsync(string connection, string policy, int? limit = null, CancellationToken cancellationToken = default) =>
        AskAsync<HistoryShape>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/policies/{policy}/history"), ("limit", limit)), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/policies/{policy}/steps. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="relation">The parameter <c>relation</c>; null: it is left out.</param>
    /// <param name="from">The parameter <c>from</c>; null: it is left out.</param>
    /// <param name="to">The parameter <c>to</c>; null: it is left out.</param>
    /// <param name="limit">The parameter <c>limit</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<WindowStepsShape> WindowStepsAsync(string connection, string policy, string? relation = null, string? from = null, string? to = null, int? limit = null, CancellationToken cancellationToken = default) =>
        AskAsync<WindowStepsShape>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/policies/{policy}/steps"), ("relation", relation), ("from", from), ("to", to), ("limit", limit)), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/history/{run}/steps. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="run">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<StepsShape> StepsAsync(string connection, string run, CancellationToken cancellationToken = default) =>
        AskAsync<StepsShape>(HttpMethod.Get, Path($"api/v1/connections/{connection}/history/{run}/steps"), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/policies/{policy}/query. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="from">The parameter <c>from</c>; null: it is left out.</param>
    /// <param name="to">The parameter <c>to</c>; null: it is left out.</param>
    /// <param name="every">The parameter <c>every</c>; null: it is left out.</param>
    /// <param name="points">The parameter <c>points</c>; null: it is left out.</param>
    /// <param name="zone">The parameter <c>zone</c>; null: it is left out.</param>
    /// <param name="where">The parameter <c>where</c>; null: it is left out.</param>
    /// <param name="whereNull">The parameter <c>whereNull</c>; null: it is left out.</param>
    /// <param name="columns">The parameter <c>columns</c>; null: it is left out.</param>
    /// <param name="about">The parameter <c>about</c>; null: it is left out.</param>
    /// <param name="wholeAsOf">The parameter <c>wholeAsOf</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<AnswerShape> QueryAsync(string connection, string policy, string? from = null, string? to = null, string? every = null, int? points = null, string? zone = null, IReadOnlyList<string>? where = null, IReadOnlyList<string>? whereNull = null, string? columns = null, int? about = null, string? wholeAsOf = null, CancellationToken cancellationToken = default) =>
        AskAsync<AnswerShape>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/policies/{policy}/query"), ("from", from), ("to", to), ("every", every), ("points", points), ("zone", zone), ("where", where), ("whereNull", whereNull), ("columns", columns), ("about", about), ("wholeAsOf", wholeAsOf)), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/policies/{policy}/forecast. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="ahead">The parameter <c>ahead</c>; null: it is left out.</param>
    /// <param name="asOf">The parameter <c>asOf</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ForecastListShape> ForecastAsync(string connection, string policy, string? ahead = null, string? asOf = null, CancellationToken cancellationToken = default) =>
        AskAsync<ForecastListShape>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/policies/{policy}/forecast"), ("ahead", ahead), ("asOf", asOf)), null, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/forecast. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="ahead">The parameter <c>ahead</c>; null: it is left out.</param>
    /// <param name="asOf">The parameter <c>asOf</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ForecastListShape> ForecastTextAsync(string connection, YamlBody body, string? ahead = null, string? asOf = null, CancellationToken cancellationToken = default) =>
        AskAsync<ForecastListShape>(HttpMethod.Post, With(Path($"api/v1/connections/{connection}/forecast"), ("ahead", ahead), ("asOf", asOf)), body, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/audit. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="limit">The parameter <c>limit</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<AuditShape> AuditAsync(string connection, int? limit = null, CancellationToken cancellationToken = default) =>
        AskAsync<AuditShape>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/audit"), ("limit", limit)), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/audit/verdict. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="head">The parameter <c>head</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<AuditVerdictShape> VerifyAuditAsync(string connection, string? head = null, CancellationToken cancellationToken = default) =>
        AskAsync<AuditVerdictShape>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/audit/verdict"), ("head", head)), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/doctor. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="auditHead">The parameter <c>auditHead</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<DoctorShape> DoctorAsync(string connection, string? auditHead = null, CancellationToken cancellationToken = default) =>
        AskAsync<DoctorShape>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/doctor"), ("auditHead", auditHead)), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/policies/{policy}/verify. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="from">The parameter <c>from</c>; null: it is left out.</param>
    /// <param name="to">The parameter <c>to</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<VerifyShape> VerifyAsync(string connection, string policy, string? from = null, string? to = null, CancellationToken cancellationToken = default) =>
        AskAsync<VerifyShape>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/policies/{policy}/verify"), ("from", from), ("to", to)), null, [], cancellationToken);
}
