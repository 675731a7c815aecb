using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;
using Varve.Server.Access;
using Varve.Server.Access.People;
using Varve.Server.Api;
using Varve.Server.Configuration;

namespace Varve.Server.Ui;

/// <summary>Signing a browser in and out.</summary>
internal static class LoginEndpoints
{
    internal static void Map(WebApplication app)
    {
        app.MapGet("/login", OpenAsync).NeedsNothing().RequireRateLimiting(RateLimits.SignIn).ExcludeFromDescription();
        app.MapPost("/login", EnterAsync)
            .NeedsNothing()
            .RequireRateLimiting(RateLimits.SignIn)
            .DisableAntiforgery()
            .ExcludeFromDescription();
        app.MapGet(
                PeopleSignIn.Start,
                async (HttpContext http, string? back) =>
                    http.RequestServices.GetRequiredService<ServeSettings>().Oidc is null
                        ? LoginPage.Show(http, back, "Nobody signs in with OpenID Connect here.")
                        : await PeopleSignIn.ChallengeAsync(http, back) ?? Results.Empty
            )
            .NeedsNothing()
            .RequireRateLimiting(RateLimits.SignIn)
            .ExcludeFromDescription();
        app.MapPost("/logout", LeaveAsync).NeedsNothing().DisableAntiforgery().ExcludeFromDescription();
    }

    /// <summary>A link with a code signs in at once; without one a page asks for a token.</summary>
    private static async Task<IResult> OpenAsync(HttpContext http, SignIn signIn, string? code, string? back)
    {
        if (code is not null && await signIn.BeginAsync(code, http.RequestAborted) is { } session)
            return Enter(http, session, back);
        return LoginPage.Show(
            http,
            back,
            code is null
                ? null
                : "This link was used already, or is too old. Sign in with a token, or start the server again for a new one."
        );
    }

    private static async Task<IResult> EnterAsync(HttpContext http, SignIn signIn, IAntiforgery antiforgery)
    {
        await antiforgery.ValidateRequestAsync(http);
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        return await signIn.BeginAsync(form["token"].ToString().Trim(), http.RequestAborted) is { } session
            ? Enter(http, session, form["back"])
            : LoginPage.Show(http, form["back"], "That is no token, or it has expired or was taken away.");
    }

    private static async Task<IResult> LeaveAsync(HttpContext http, SignIn signIn, IAntiforgery antiforgery)
    {
        await antiforgery.ValidateRequestAsync(http);
        var caller = http.CallerOrNull();
        if (caller is { IsBrowser: true, TokenId: { } id })
            await signIn.RevokeAsync(caller, id, http.RequestAborted);
        http.Response.Cookies.Delete(Gate.Cookie, Cookie(http));
        if (
            caller?.Method == PeopleSignIn.Method
            && http.RequestServices.GetRequiredService<ServeSettings>().Oidc is { } oidc
            && await PeopleSignIn.EndAsync(http, oidc) is { } end
        )
            return Onward(end, "You are signed out here.");
        return Results.Redirect($"{http.Request.PathBase}/login");
    }

    /// <summary>
    /// Signs in a browser that comes from another site. It goes on by a page of this server: on a redirect that another site
    /// began, a strict cookie would not be sent.
    /// </summary>
    internal static IResult EnterFromElsewhere(HttpContext http, string session, string? back)
    {
        Remember(http, session);
        return Onward(Own(http, back), "You are signed in.");
    }

    // A form may lead to this server only, and no script stands in a page: the page itself goes on.
    private static IResult Onward(string to, string says) =>
        Results.Content(
            $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Varve</title><meta http-equiv="refresh" content="0;url={HtmlEncoder.Default.Encode(
                to
            )}"></head>
            <body><p>{says} <a href="{HtmlEncoder.Default.Encode(to)}">Go on</a></p></body></html>
            """,
            "text/html; charset=utf-8"
        );

    private static IResult Enter(HttpContext http, string session, string? back)
    {
        Remember(http, session);
        return Results.Redirect(Own(http, back));
    }

    private static void Remember(HttpContext http, string session)
    {
        var cookie = Cookie(http);
        cookie.MaxAge = SignIn.SessionLength.ToTimeSpan();
        http.Response.Cookies.Append(Gate.Cookie, session, cookie);
    }

    // Only a path of this server: an address elsewhere would be somebody's trap.
    private static string Own(HttpContext http, string? back) =>
        back is ['/', not ('/' or '\\'), ..] or "/" ? back : $"{http.Request.PathBase}/";

    private static CookieOptions Cookie(HttpContext http) =>
        new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = http.Request.IsHttps,
            Path = http.Request.PathBase.HasValue ? http.Request.PathBase.Value : "/",
            IsEssential = true,
        };
}
