using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using NodaTime;
using Varve.Server.Home;

namespace Varve.Server.Access;

/// <summary>Who a secret belongs to, and how one is made and taken away.</summary>
internal sealed class SignIn(HomeDatabase home, TokenTable tokens, ServerAudit audit)
{
    internal static readonly Duration SessionLength = Duration.FromHours(12);

    private static readonly Duration s_loginLength = Duration.FromMinutes(30);
    private static readonly Duration s_usedEvery = Duration.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Instant> _used = new(StringComparer.Ordinal);

    /// <summary>Raised when a token was taken away, so that pages that it opened close.</summary>
    public event Action? Revoked;

    /// <summary>Who a token belongs to; null where it is none, expired or revoked.</summary>
    public Task<Caller?> OfTokenAsync(string? secret, CancellationToken cancellationToken) =>
        OfAsync(TokenKind.Token, secret, "token", cancellationToken);

    /// <summary>Who a browser's session belongs to.</summary>
    public Task<Caller?> OfSessionAsync(string? secret, CancellationToken cancellationToken) =>
        OfAsync(TokenKind.Session, secret, "login", cancellationToken);

    /// <summary>Whether a token or session is still good.</summary>
    public async Task<bool> IsGoodAsync(string id, CancellationToken cancellationToken)
    {
        if (await tokens.FindAsync(id, cancellationToken) is not { RevokedAt: null } token || token.ExpiresAt <= home.Now())
            return false;
        return token.Parent is null || await IsGoodAsync(token.Parent, cancellationToken);
    }

    /// <summary>A secret that is good for one sign-in, as the administrator of everything.</summary>
    public async Task<string> OneTimeAsync(CancellationToken cancellationToken)
    {
        var (secret, hash, id) = Secrets.Make();
        await tokens.AddAsync(
            new(
                id,
                TokenKind.Login,
                "console",
                Role.Admin,
                Caller.AllTenants,
                home.Now(),
                "console",
                home.Now() + s_loginLength,
                null,
                null
            ),
            hash,
            cancellationToken
        );
        return secret;
    }

    /// <summary>A session for whoever has a one-time secret or a token; null where it is neither.</summary>
    public async Task<string?> BeginAsync(string? secret, CancellationToken cancellationToken)
    {
        if (Secrets.HashOf(secret) is not { } hash)
            return null;
        var now = home.Now();
        var from =
            await tokens.ConsumeAsync(hash, now, cancellationToken)
            ?? await tokens.FindAsync(TokenKind.Token, hash, now, cancellationToken);
        if (from is null)
            return null;
        var (session, sessionHash, id) = Secrets.Make();
        var parent = from.Kind == TokenKind.Token ? from.Id : null;
        await home.WriteAsync(
            async (statements, token) =>
            {
                await tokens.AddAsync(
                    statements,
                    new(
                        id,
                        TokenKind.Session,
                        from.Name,
                        from.Role,
                        from.Tenant,
                        now,
                        from.Name,
                        Instant.Min(now + SessionLength, parent is null ? Instant.MaxValue : from.ExpiresAt),
                        null,
                        null
                    )
                    {
                        Parent = parent,
                    },
                    sessionHash,
                    token
                );
                await audit.AppendAsync(
                    statements,
                    new(from.Name, from.Kind == TokenKind.Login ? "login" : "token", from.Role, from.Tenant, from.Id),
                    "session.begun",
                    id,
                    [],
                    token
                );
                return 0;
            },
            cancellationToken
        );
        await tokens.SweepAsync(now, cancellationToken);
        return session;
    }

    /// <summary>A session for a person whom somebody else vouches for.</summary>
    public async Task<string> BeginAsync(Caller person, CancellationToken cancellationToken)
    {
        var now = home.Now();
        var (session, hash, id) = Secrets.Make();
        await home.WriteAsync(
            async (statements, token) =>
            {
                await tokens.AddAsync(
                    statements,
                    new(
                        id,
                        TokenKind.Session,
                        person.Subject,
                        person.Role,
                        person.Tenant,
                        now,
                        person.Method,
                        now + SessionLength,
                        null,
                        null
                    ),
                    hash,
                    token
                );
                await audit.AppendAsync(statements, person, "session.begun", id, [], token);
                return 0;
            },
            cancellationToken
        );
        await tokens.SweepAsync(now, cancellationToken);
        return session;
    }

    /// <summary>Makes a token; the secret is told this once.</summary>
    public async Task<(string Secret, StoredToken Token)> MakeAsync(
        Caller caller,
        string name,
        Role role,
        string tenant,
        Duration length,
        CancellationToken cancellationToken
    )
    {
        var (secret, hash, id) = Secrets.Make();
        var token = new StoredToken(id, TokenKind.Token, name, role, tenant, home.Now(), caller.Subject, home.Now() + length, null, null);
        await home.WriteAsync(
            async (statements, ending) =>
            {
                await tokens.AddAsync(statements, token, hash, ending);
                await audit.AppendAsync(
                    statements,
                    caller with
                    {
                        Tenant = tenant,
                    },
                    "token.created",
                    id,
                    new JsonObject
                    {
                        ["name"] = name,
                        ["role"] = role.ToString().ToLowerInvariant(),
                        ["expires"] = Time.InstantText.Format(token.ExpiresAt),
                    },
                    ending
                );
                return 0;
            },
            cancellationToken
        );
        return (secret, token);
    }

    /// <summary>Takes a token or a session away; false where there is none that the caller may see.</summary>
    public async Task<bool> RevokeAsync(Caller caller, string id, CancellationToken cancellationToken)
    {
        if (await tokens.FindAsync(id, cancellationToken) is not { } token || !caller.Sees(token.Tenant))
            return false;
        await home.WriteAsync(
            async (statements, ending) =>
            {
                if (await tokens.RevokeAsync(statements, id, home.Now(), ending))
                    await audit.AppendAsync(
                        statements,
                        caller with
                        {
                            Tenant = token.Tenant,
                        },
                        "token.revoked",
                        id,
                        new JsonObject { ["name"] = token.Name },
                        ending
                    );
                return 0;
            },
            cancellationToken
        );
        Revoked?.Invoke();
        return true;
    }

    private async Task<Caller?> OfAsync(TokenKind kind, string? secret, string method, CancellationToken cancellationToken)
    {
        var now = home.Now();
        if (Secrets.HashOf(secret) is not { } hash || await tokens.FindAsync(kind, hash, now, cancellationToken) is not { } token)
            return null;

        // To the minute is enough for people, and spares a write for each request.
        if (!_used.TryGetValue(token.Id, out var used) || now - used >= s_usedEvery)
        {
            _used[token.Id] = now;
            await tokens.UsedAsync(token.Id, now, cancellationToken);
        }

        return new(
            token.Name,
            token is { Kind: TokenKind.Session, Parent: null, CreatedBy: People.PeopleSignIn.Method } ? token.CreatedBy : method,
            token.Role,
            token.Tenant,
            token.Id
        );
    }
}
