// Made from the OpenAPI document of the API; VARVE_APPROVE=1 and the tests of the client write it anew.
using NodaTime;

namespace Varve.Client.Shapes;

/// <summary>TokenShape of the API.</summary>
/// <param name="Id"><c>id</c> in JSON.</param>
/// <param name="Kind"><c>kind</c> in JSON.</param>
/// <param name="Name"><c>name</c> in JSON.</param>
/// <param name="Role"><c>role</c> in JSON.</param>
/// <param name="Tenant"><c>tenant</c> in JSON.</param>
/// <param name="CreatedAt"><c>createdAt</c> in JSON.</param>
/// <param name="CreatedBy"><c>createdBy</c> in JSON.</param>
/// <param name="ExpiresAt"><c>expiresAt</c> in JSON.</param>
/// <param name="RevokedAt"><c>revokedAt</c> in JSON.</param>
/// <param name="UsedAt"><c>usedAt</c> in JSON.</param>
public sealed record TokenShape(
    string Id,
    TokenKind Kind,
    string Name,
    Role Role,
    string Tenant,
    Instant CreatedAt,
    string CreatedBy,
    Instant ExpiresAt,
    Instant? RevokedAt,
    Instant? UsedAt);
