// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using Varve.Client.Shapes;

namespace Varve.Client;

public sealed partial class VarveClient
{
    /// <summary>POST /api/v1/connections/{connection}/policies/{policy}/erase. Takes the role admin.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<RemovalShapeOfEraseShape> EraseAsync(string connection, string policy, EraseBody body, CancellationToken cancellationToken = default) =>
        AskAsync<RemovalShapeOfEraseShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/policies/{policy}/erase"), body, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/policies/{policy}/retired/drop. Takes the role admin.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<RemovalShapeOfDroppedShape> DropRetiredAsync(string connection, string policy, ConfirmBody body, CancellationToken cancellationToken = default) =>
        AskAsync<RemovalShapeOfDroppedShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/policies/{policy}/retired/drop"), body, [], cancellationToken);

    /// <summary>POST /api/v1/connections/{connection}/policies/{policy}/holds/release. Takes the role operator.</summary>
    /// <param name="connection">Of the path.</param>
    /// <param name="policy">Of the path.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="VarveApiException">The server refused.</exception>
    public Task<RemovalShapeOfCountShape> ReleaseHoldsAsync(string connection, string policy, ReleaseBody body, CancellationToken cancellationToken = default) =>
        AskAsync<RemovalShapeOfCountShape>(HttpMethod.Post, Path($"api/v1/connections/{connection}/policies/{policy}/holds/release"), body, [], cancellationToken);
}
