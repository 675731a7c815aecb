using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Varve.Server.Configuration;

namespace Varve.Server.Access.People;

/// <summary>
/// Signing people in with OpenID Connect: code flow with PKCE. What comes of it is a session of this server, as a link or a
/// token begins one; nothing of the provider is kept but the name.
/// </summary>
internal static class PeopleSignIn
{
    internal const string Scheme = "oidc";

    /// <summary>How they are known in audit logs.</summary>
    internal const string Method = "oidc";

    internal const string Start = "/login/oidc";

    private const string Callback = "/login/oidc/callback";
    private const string Back = "back";

    internal static void AddPeople(this IServiceCollection services, ServeSettings settings)
    {
        if (settings.Oidc is not { } oidc)
            return;

        // Sessions are this server's own: the handler of the provider is asked for nothing but its own two paths.
        services
            .AddAuthentication(o => o.DefaultScheme = NoScheme.Name)
            .AddScheme<AuthenticationSchemeOptions, NoScheme>(NoScheme.Name, null)
            .AddOpenIdConnect(Scheme, o => Set(o, oidc));
    }

    /// <summary>Sends a browser to the provider.</summary>
    internal static async Task<IResult?> ChallengeAsync(HttpContext http, string? back)
    {
        try
        {
            var properties = new AuthenticationProperties { RedirectUri = $"{http.Request.PathBase}/" };
            properties.Items[Back] = back;
            await http.ChallengeAsync(Scheme, properties);
            return null;
        }
        catch (Exception away) when (away is InvalidOperationException or IOException or HttpRequestException)
        {
            return Ui.LoginPage.Show(
                http,
                back,
                "The provider of OpenID Connect does not answer. Sign in with a token, or try again later."
            );
        }
    }

    /// <summary>Where the provider ends its own session; null where it has no such place, or does not answer.</summary>
    internal static async Task<string?> EndAsync(HttpContext http, OidcSettings oidc)
    {
        try
        {
            var options = http
                .RequestServices.GetRequiredService<Microsoft.Extensions.Options.IOptionsMonitor<OpenIdConnectOptions>>()
                .Get(Scheme);
            var configuration = await options.ConfigurationManager!.GetConfigurationAsync(http.RequestAborted);
            if (string.IsNullOrEmpty(configuration.EndSessionEndpoint))
                return null;
            return new OpenIdConnectMessage
            {
                IssuerAddress = configuration.EndSessionEndpoint,
                ClientId = oidc.ClientId,
                PostLogoutRedirectUri = $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}/login",
            }.CreateLogoutRequestUrl();
        }
        catch (Exception away) when (away is InvalidOperationException or IOException or HttpRequestException)
        {
            // This server's session has ended all the same.
            return null;
        }
    }

    private static void Set(OpenIdConnectOptions o, OidcSettings oidc)
    {
        (o.Authority, o.ClientId, o.ClientSecret) = (oidc.Authority.AbsoluteUri, oidc.ClientId, oidc.Secret?.Resolve());
        (o.ResponseType, o.ResponseMode, o.UsePkce) = (OpenIdConnectResponseType.Code, OpenIdConnectResponseMode.Query, true);
        (o.CallbackPath, o.RemoteSignOutPath, o.SignedOutCallbackPath) = (Callback, default, default);
        (o.RequireHttpsMetadata, o.MapInboundClaims, o.GetClaimsFromUserInfoEndpoint, o.SaveTokens) = (
            !oidc.Authority.IsLoopback,
            false,
            false,
            false
        );
        o.SignInScheme = NoScheme.Name;
        o.Scope.Clear();
        foreach (var scope in oidc.Scopes)
            o.Scope.Add(scope);

        // The provider sends the browser back by a plain link, on which these are sent too.
        (o.CorrelationCookie.SameSite, o.NonceCookie.SameSite) = (SameSiteMode.Lax, SameSiteMode.Lax);
        (o.CorrelationCookie.SecurePolicy, o.NonceCookie.SecurePolicy) = (
            CookieSecurePolicy.SameAsRequest,
            CookieSecurePolicy.SameAsRequest
        );
        o.Events.OnTicketReceived = received => EnterAsync(received, oidc);
        o.Events.OnRemoteFailure = failed =>
        {
            failed.HandleResponse();
            failed
                .HttpContext.RequestServices.GetRequiredService<ILoggerFactory>()
                .CreateLogger("Varve.Server.Access")
                .SignInFailed(failed.Failure?.GetType().Name ?? "");
            return RefuseAsync(
                failed.HttpContext,
                "The provider of OpenID Connect did not sign you in, or its answer was not of this browser, or came too late. Try again."
            );
        };
    }

    private static async Task EnterAsync(TicketReceivedContext received, OidcSettings oidc)
    {
        received.HandleResponse();
        var http = received.HttpContext;
        var claims = received.Principal?.Claims.ToList() ?? [];
        var name = (claims.FirstOrDefault(c => c.Type == oidc.NameClaim) ?? claims.FirstOrDefault(c => c.Type == "sub"))?.Value;
        var groups = claims.Where(c => c.Type == oidc.GroupsClaim).Select(c => c.Value).ToHashSet(StringComparer.Ordinal);
        if (string.IsNullOrWhiteSpace(name) || oidc.Of(groups) is not { } grant)
        {
            await RefuseAsync(
                http,
                $"{name} is in no group that this server lets in. Whoever runs it maps groups to roles, under `oidc.groups`."
            );
            return;
        }

        var session = await http
            .RequestServices.GetRequiredService<SignIn>()
            .BeginAsync(new Caller(name.Length > 100 ? name[..100] : name, Method, grant.Role, grant.Tenant, null), http.RequestAborted);
        received.Properties!.Items.TryGetValue(Back, out var back);
        await Ui.LoginEndpoints.EnterFromElsewhere(http, session, back).ExecuteAsync(http);
    }

    private static Task RefuseAsync(HttpContext http, string trouble)
    {
        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Ui.LoginPage.Show(http, null, trouble).ExecuteAsync(http);
    }
}
