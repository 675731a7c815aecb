using NodaTime;
using Varve.Engines;
using Varve.Server.Access;

namespace Varve.Server.Home;

/// <summary>What a secret is good for.</summary>
internal enum TokenKind
{
    /// <summary>A program's, until it expires or is revoked.</summary>
    Token,

    /// <summary>Good for one sign-in.</summary>
    Login,

    /// <summary>A browser that signed in.</summary>
    Session,
}

/// <summary>A token as it is kept: never the secret itself.</summary>
/// <param name="Id">What it is called in lists and logs.</param>
/// <param name="Kind">What it is good for.</param>
/// <param name="Name">Whose it is.</param>
/// <param name="Role">What they may do.</param>
/// <param name="Tenant">In which tenant, or <see cref="Caller.AllTenants"/>.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">By whom.</param>
/// <param name="ExpiresAt">From when on it is good for nothing.</param>
/// <param name="RevokedAt">When it was taken away; null where it was not.</param>
/// <param name="UsedAt">When it was used last, to the minute; null where it never was.</param>
internal sealed record StoredToken(
    string Id,
    TokenKind Kind,
    string Name,
    Role Role,
    string Tenant,
    Instant CreatedAt,
    string CreatedBy,
    Instant ExpiresAt,
    Instant? RevokedAt,
    Instant? UsedAt
)
{
    /// <summary>The token that a browser signed in with; null for none.</summary>
    public string? Parent { get; init; }
}

/// <summary>The tokens of a home. A secret is looked up by its hash.</summary>
internal sealed class TokenTable(HomeDatabase home)
{
    public async Task AddAsync(IStatements statements, StoredToken token, string hash, CancellationToken cancellationToken) =>
        await statements.ExecuteAsync(
            $"""
            INSERT INTO {HomeTables.Tokens} (id, kind, hash, name, role, tenant, parent, created_us, created_by, expires_us)
            VALUES ({token.Id}, {token.Kind.ToString()}, {hash}, {token.Name}, {token.Role.ToString()}, {token.Tenant}, {token.Parent}, {HomeTime.From(
                token.CreatedAt
            )}, {token.CreatedBy}, {HomeTime.From(token.ExpiresAt)})
            """,
            cancellationToken
        );

    public Task AddAsync(StoredToken token, string hash, CancellationToken cancellationToken) =>
        home.WriteAsync(
            async (statements, ending) =>
            {
                await AddAsync(statements, token, hash, ending);
                return 0;
            },
            cancellationToken
        );

    /// <summary>The token of a secret that is good now, and whose parent is; null where there is none.</summary>
    public async Task<StoredToken?> FindAsync(TokenKind kind, string hash, Instant now, CancellationToken cancellationToken) =>
        Read(
                await home.QueryAsync(
                    $"""
                    SELECT {Columns} FROM {HomeTables.Tokens} AS t
                    WHERE t.hash = {hash} AND t.kind = {kind.ToString()} AND t.revoked_us IS NULL AND t.expires_us > {HomeTime.From(now)}
                        AND (t.parent IS NULL OR EXISTS (SELECT 1 FROM {HomeTables.Tokens} AS p WHERE p.id = t.parent AND p.revoked_us IS NULL AND p.expires_us > {HomeTime.From(
                        now
                    )}))
                    """,
                    cancellationToken
                )
            )
            .SingleOrDefault();

    /// <summary>Takes a secret that is good for one use; null where it was used, or is none.</summary>
    public Task<StoredToken?> ConsumeAsync(string hash, Instant now, CancellationToken cancellationToken) =>
        home.WriteAsync(
            async (statements, token) =>
            {
                var found = Read(
                        await statements.QueryAsync(
                            $"SELECT {Columns} FROM {HomeTables.Tokens} AS t WHERE t.hash = {hash} AND t.kind = {nameof(TokenKind.Login)} AND t.expires_us > {HomeTime.From(now)}",
                            token
                        )
                    )
                    .SingleOrDefault();

                // Who removes it has it: two who come at once cannot both.
                return
                    await statements.ExecuteAsync(
                        $"DELETE FROM {HomeTables.Tokens} WHERE hash = {hash} AND kind = {nameof(TokenKind.Login)}",
                        token
                    ) == 1
                    ? found
                    : null;
            },
            cancellationToken
        );

    /// <summary>Tokens of a tenant, newest first; sessions among them, logins not.</summary>
    public async Task<IReadOnlyList<StoredToken>> ListAsync(string tenant, CancellationToken cancellationToken) =>
        Read(
            await home.QueryAsync(
                $"SELECT {Columns} FROM {HomeTables.Tokens} AS t WHERE ({tenant} = {Caller.AllTenants} OR t.tenant = {tenant}) AND t.kind <> {nameof(TokenKind.Login)} ORDER BY t.created_us DESC, t.id",
                cancellationToken
            )
        );

    public async Task<StoredToken?> FindAsync(string id, CancellationToken cancellationToken) =>
        Read(
                await home.QueryAsync(
                    $"SELECT {Columns} FROM {HomeTables.Tokens} AS t WHERE t.id = {id} AND t.kind <> {nameof(TokenKind.Login)}",
                    cancellationToken
                )
            )
            .SingleOrDefault();

    /// <summary>Takes a token away; false where it was before.</summary>
    public async Task<bool> RevokeAsync(IStatements statements, string id, Instant at, CancellationToken cancellationToken) =>
        await statements.ExecuteAsync(
            $"UPDATE {HomeTables.Tokens} SET revoked_us = {HomeTime.From(at)} WHERE id = {id} AND revoked_us IS NULL",
            cancellationToken
        ) > 0;

    public Task UsedAsync(string id, Instant at, CancellationToken cancellationToken) =>
        home.ExecuteAsync($"UPDATE {HomeTables.Tokens} SET used_us = {HomeTime.From(at)} WHERE id = {id}", cancellationToken);

    /// <summary>Removes sessions and logins that expired a day ago, so that a home does not grow.</summary>
    public Task<long> SweepAsync(Instant now, CancellationToken cancellationToken) =>
        home.ExecuteAsync(
            $"DELETE FROM {HomeTables.Tokens} WHERE kind <> {nameof(TokenKind.Token)} AND expires_us < {HomeTime.From(now - Duration.FromDays(1))}",
            cancellationToken
        );

    private static Sql.SqlText Columns =>
        $"t.id, t.kind, t.name, t.role, t.tenant, t.created_us, t.created_by, t.expires_us, t.revoked_us, t.used_us, t.parent";

    private static IReadOnlyList<StoredToken> Read(IReadOnlyList<Row> rows) =>
        [
            .. rows.Select(r => new StoredToken(
                r.Text(0),
                Enum.Parse<TokenKind>(r.Text(1)),
                r.Text(2),
                Enum.Parse<Role>(r.Text(3)),
                r.Text(4),
                HomeTime.At(r.Long(5)),
                r.Text(6),
                HomeTime.At(r.Long(7)),
                HomeTime.At(r.LongOrNull(8)),
                HomeTime.At(r.LongOrNull(9))
            )
            {
                Parent = r.TextOrNull(10),
            }),
        ];
}
