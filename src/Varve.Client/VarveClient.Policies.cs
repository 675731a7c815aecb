// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using Varve.Client.Shapes;

namespace Varve.Client;

public sealed partial class VarveClient
{
    /// <summary>GET /api/v1/connections/{connection}/policies. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="tag">The parameter <c>tag</c>; null: it is left out.</param>
    /// <param name="after">The parameter <c>after</c>; null: it is left out.</param>
    /// <param name="limit">The parameter <c>limit</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<Page<PolicyShape>> ListPoliciesAsync(string connection, string? tag = null, string? after = null, int? limit = null, CancellationToken cancellationToken = default) =>
        AskAsync<Page<PolicyShape>>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/policies"), ("tag", tag), ("after", after), ("limit", limit)), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/policies/{policy}. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<PolicyShape> GetPolicyAsync(string connection, string policy, CancellationToken cancellationToken = default) =>
        AskAsync<PolicyShape>(HttpMethod.Get, Path($"api/v1/connections/{connection}/policies/{policy}"), null, [], cancellationToken);

    /// <summary>PUT /api/v1/connections/{connection}/policies/{policy}. Takes the role operator.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="accept">The parameter <c>accept</c>; null: it is left out.</param>
    /// <param name="ifMatch">The header <c>If-Match</c>; null: it is left out.</param>
    /// <param name="ifNoneMatch">The header <c>If-None-Match</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ApplyShape> PutPolicyAsync(string connection, string policy, YamlBody body, string? accept = null, string? ifMatch = null, string? ifNoneMatch = null, CancellationToken cancellationToken = default) =>
        AskAsync<ApplyShape>(HttpMethod.Put, With(Path($"api/v1/connections/{connection}/policies/{policy}"), ("accept", accept)), body, [("If-Match", ifMatch), ("If-None-Match", ifNoneMatch)], cancellationToken);

    /// <summary>DELETE /api/v1/connections/{connection}/policies/{policy}. Takes the role admin.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="dryRun">The parameter <c>dryRun</c>; null: it is left out.</param>
    /// <param name="ifMatch">The header <c>If-Match</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ApplyShape> DeletePolicyAsync(string connection, string policy, bool? dryRun = null, string? ifMatch = null, CancellationToken cancellationToken = default) =>
        AskAsync<ApplyShape>(HttpMethod.Delete, With(Path($"api/v1/connections/{connection}/policies/{policy}"), ("dryRun", dryRun)), null, [("If-Match", ifMatch)], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/policies/{policy}/revisions. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<RevisionsShape> ListRevisionsAsync(string connection, string policy, CancellationToken cancellationToken = default) =>
        AskAsync<RevisionsShape>(HttpMethod.Get, Path($"api/v1/connections/{connection}/policies/{policy}/revisions"), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/policies/{policy}/diff. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<DiffListShape> DiffPolicyAsync(string connection, string policy, CancellationToken cancellationToken = default) =>
        AskAsync<DiffListShape>(HttpMethod.Get, Path($"api/v1/connections/{connection}/policies/{policy}/diff"), null, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/check. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<CheckAnswer> CheckPoliciesAsync(string connection, YamlBody body, CancellationToken cancellationToken = default) =>
        AskAsync<CheckAnswer>(HttpMethod.Post, Path($"api/v1/connections/{connection}/check"), body, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/diff. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<DiffListShape> DiffTextAsync(string connection, YamlBody body, CancellationToken cancellationToken = default) =>
        AskAsync<DiffListShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/diff"), body, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/apply. Takes the role operator.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="accept">The parameter <c>accept</c>; null: it is left out.</param>
    /// <param name="prune">The parameter <c>prune</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ApplyShape> ApplyPoliciesAsync(string connection, YamlBody body, string? accept = null, bool? prune = null, CancellationToken cancellationToken = default) =>
        AskAsync<ApplyShape>(HttpMethod.Post, With(Path($"api/v1/connections/{connection}/apply"), ("accept", accept), ("prune", prune)), body, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/tables. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<TablesShape> ListTablesAsync(string connection, CancellationToken cancellationToken = default) =>
        AskAsync<TablesShape>(HttpMethod.Get, Path($"api/v1/connections/{connection}/tables"), null, [], cancellationToken);

    /// <summary>GET /api/v1/policy-schema. Takes the role viewer.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<string> PolicySchemaAsync(CancellationToken cancellationToken = default) =>
        TextAsync(HttpMethod.Get, Path($"api/v1/policy-schema"), null, [], cancellationToken);

    /// <summary>GET /api/v1/connections/{connection}/proposals. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="table">The parameter <c>table</c>; null: it is left out.</param>
    /// <param name="time">The parameter <c>time</c>; null: it is left out.</param>
    /// <param name="series">The parameter <c>series</c>; null: it is left out.</param>
    /// <param name="ttl">The parameter <c>ttl</c>; null: it is left out.</param>
    /// <param name="archive">The parameter <c>archive</c>; null: it is left out.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<InitShape> ProposePolicyAsync(string connection, string? table = null, string? time = null, string? series = null, string? ttl = null, string? archive = null, CancellationToken cancellationToken = default) =>
        AskAsync<InitShape>(HttpMethod.Get, With(Path($"api/v1/connections/{connection}/proposals"), ("table", table), ("time", time), ("series", series), ("ttl", ttl), ("archive", archive)), null, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/import. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<ImportShape> ImportPoliciesAsync(string connection, ImportBody body, CancellationToken cancellationToken = default) =>
        AskAsync<ImportShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/import"), body, [], cancellationToken);
}
