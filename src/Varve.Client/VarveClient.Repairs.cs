// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using Varve.Client.Shapes;

namespace Varve.Client;

public sealed partial class VarveClient
{
    /// <summary>GET /api/v1/connections/{connection}/policies/{policy}/holds. Takes the role viewer.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<HoldsShape> ListHoldsAsync(string connection, string policy, CancellationToken cancellationToken = default) =>
        AskAsync<HoldsShape>(HttpMethod.Get, Path($"api/v1/connections/{connection}/policies/{policy}/holds"), null, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/policies/{policy}/holds. Takes the role operator.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<HoldShape> HoldAsync(string connection, string policy, HoldBody body, CancellationToken cancellationToken = default) =>
        AskAsync<HoldShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/policies/{policy}/holds"), body, [], cancellationToken);

    /// <summary>DELETE /api/v1/connections/{connection}/policies/{policy}/holds/{hold}. Takes the role operator.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="hold">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<CountShape> ReleaseAsync(string connection, string policy, string hold, CancellationToken cancellationToken = default) =>
        AskAsync<CountShape>(HttpMethod.Delete, Path($"api/v1/connections/{connection}/policies/{policy}/holds/{hold}"), null, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/policies/{policy}/invalidate. Takes the role operator.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<CountShape> InvalidateAsync(string connection, string policy, RangeBody body, CancellationToken cancellationToken = default) =>
        AskAsync<CountShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/policies/{policy}/invalidate"), body, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/policies/{policy}/accept. Takes the role admin.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<CountShape> AcceptAsync(string connection, string policy, RangeBody body, CancellationToken cancellationToken = default) =>
        AskAsync<CountShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/policies/{policy}/accept"), body, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/policies/{policy}/adopt. Takes the role admin.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<CountShape> AdoptAsync(string connection, string policy, CancellationToken cancellationToken = default) =>
        AskAsync<CountShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/policies/{policy}/adopt"), null, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/policies/{policy}/adopt-source. Takes the role admin.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<AdoptedSourceShape> AdoptSourceAsync(string connection, string policy, AdoptSourceBody body, CancellationToken cancellationToken = default) =>
        AskAsync<AdoptedSourceShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/policies/{policy}/adopt-source"), body, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/policies/{policy}/accept-types. Takes the role admin.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<RetypedListShape> AcceptTypesAsync(string connection, string policy, CancellationToken cancellationToken = default) =>
        AskAsync<RetypedListShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/policies/{policy}/accept-types"), null, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/policies/{policy}/relocate/undo. Takes the role operator.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<MoveUndoShape> UndoMovesAsync(string connection, string policy, MoveUndoBody body, CancellationToken cancellationToken = default) =>
        AskAsync<MoveUndoShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/policies/{policy}/relocate/undo"), body, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/policies/{policy}/relocate/resume. Takes the role operator.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<CountShape> ResumeMovesAsync(string connection, string policy, MoveResumeBody body, CancellationToken cancellationToken = default) =>
        AskAsync<CountShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/policies/{policy}/relocate/resume"), body, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/repair. Takes the role operator.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<RepairShape> RepairViewsAsync(string connection, RepairBody body, CancellationToken cancellationToken = default) =>
        AskAsync<RepairShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/repair"), body, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/compact. Takes the role admin.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<CompactShape> CompactAsync(string connection, CancellationToken cancellationToken = default) =>
        AskAsync<CompactShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/compact"), null, [], cancellationToken);
}
