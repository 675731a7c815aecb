using Varve.Server.Access;

namespace Varve.Server.Configuration;

/// <summary>Where people sign in with OpenID Connect, and what their groups may do.</summary>
/// <param name="Authority">The provider.</param>
/// <param name="ClientId">What this server is called there.</param>
/// <param name="Secret">Where the client's secret is; null for a public client.</param>
/// <param name="Scopes">What is asked for, openid among it.</param>
/// <param name="NameClaim">The claim that audit logs show.</param>
/// <param name="GroupsClaim">The claim that holds the groups.</param>
/// <param name="Grants">By group, in the order of the file: the first one that somebody is in counts.</param>
internal sealed record OidcSettings(
    Uri Authority,
    string ClientId,
    SecretReference? Secret,
    IReadOnlyList<string> Scopes,
    string NameClaim,
    string GroupsClaim,
    IReadOnlyList<OidcGrant> Grants
)
{
    private static readonly string[] s_keys =
    [
        "authority",
        "client_id",
        "client_secret_env",
        "client_secret_file",
        "scopes",
        "name_claim",
        "groups_claim",
        "groups",
    ];

    /// <summary>What is under <c>oidc</c>; null where it is not given, or was refused.</summary>
    internal static OidcSettings? Read(ConfigKeys file)
    {
        if (file.Under("oidc", s_keys) is not { } keys)
            return null;
        keys.Require("authority", "the address of the provider, such as https://id.example.org/realms/main");
        keys.Require("client_id", "what this server is called there");
        keys.Require("groups", "by group `role`, and `tenant`: nobody gets in without one");
        var (authority, client, secret) = (
            keys.Read("authority", Provider),
            keys.Text("client_id"),
            SecretReference.Read(keys, "client_secret")
        );
        var (name, groups, scopes) = (keys.Text("name_claim"), keys.Text("groups_claim"), keys.List("scopes", text => text));
        List<OidcGrant> grants = [];
        foreach (var (group, grant) in keys.Each("groups", "role", "tenant"))
        {
            grant.Require("role", "viewer, operator or admin");
            var (role, tenant) = (grant.Read("role", text => (object)Parsed(text)), grant.Read("tenant", Tenant));
            if (role is Role known)
                grants.Add(new(group, known, tenant ?? Connections.ConnectionSetting.DefaultTenant));
        }

        if (keys.Has("groups") && grants.Count == 0)
            keys.Wrong("groups", "`oidc.groups` lets nobody in: name a group, with its `role`.");
        return authority is null || client is null
            ? null
            : new(
                authority,
                client,
                secret,
                scopes.Count == 0 ? ["openid", "profile"] : [.. scopes.Prepend("openid").Distinct()],
                name ?? "preferred_username",
                groups ?? "groups",
                grants
            );
    }

    /// <summary>What somebody of some groups may do; null where they are let in nowhere.</summary>
    internal OidcGrant? Of(IReadOnlyCollection<string> groups) =>
        Grants.FirstOrDefault(g => groups.Contains(g.Group, StringComparer.Ordinal));

    private static Uri Provider(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == "https" || (url.Scheme == "http" && url.IsLoopback))
            ? url
            : throw ServeSettings.Wrong(
                $"\"{text}\" is no provider: write https://HOST/PATH. In clear text it may only be on this machine."
            );

    private static Role Parsed(string text) =>
        Enum.TryParse<Role>(text, ignoreCase: true, out var role) && !char.IsAsciiDigit(text[0])
            ? role
            : throw ServeSettings.Wrong($"\"{text}\" is no role. There are viewer, operator and admin.");

    private static string Tenant(string text) => text == Caller.AllTenants ? text : ServeFile.Named(text);
}

/// <summary>What a group may do.</summary>
/// <param name="Group">As the provider names it.</param>
/// <param name="Role">What its people may do.</param>
/// <param name="Tenant">In which tenant; * in all.</param>
internal sealed record OidcGrant(string Group, Role Role, string Tenant);
