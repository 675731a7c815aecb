namespace Varve.Server.Access;

/// <summary>What somebody may do.</summary>
internal enum Role
{
    /// <summary>Look at everything of the tenant.</summary>
    Viewer,

    /// <summary>Also store policies, run, hold and pause.</summary>
    Operator,

    /// <summary>Also tokens, connections, and what removes without a run.</summary>
    Admin,
}

/// <summary>Who asks: whoever a token or a login belongs to, or the server itself.</summary>
/// <param name="Subject">The name that audit logs show.</param>
/// <param name="Method">How they are known: token, login, oidc, schedule.</param>
/// <param name="Role">What they may do.</param>
/// <param name="Tenant">In which tenant; <see cref="AllTenants"/> in all.</param>
/// <param name="TokenId">The token by its id; null for the server itself.</param>
internal sealed record Caller(string Subject, string Method, Role Role, string Tenant, string? TokenId)
{
    internal const string AllTenants = "*";

    /// <summary>True where a browser asks, which sends its session with whatever page makes it.</summary>
    internal bool IsBrowser => Method is "login" or People.PeopleSignIn.Method;

    /// <summary>The server, where nobody asked.</summary>
    internal static Caller Scheduler { get; } = new("schedule", "schedule", Role.Operator, AllTenants, null);

    /// <summary>Whether something of a tenant exists for them at all.</summary>
    internal bool Sees(string tenant) => Tenant == AllTenants || Tenant == tenant;
}
