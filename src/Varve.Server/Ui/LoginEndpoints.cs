using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Extensions;
using Varve.Server.Access;
using Varve.Server.Api;

namespace Varve.Server.Ui;

/// <summary>Signing a browser in and out.</summary>
internal static class LoginEndpoints
{
    internal static void Map(WebApplication app)
    {
        app.MapGet("/login", OpenAsync).NeedsNothing().RequireRateLimiting(RateLimits.SignIn).ExcludeFromDescription();
        app.MapPost("/login", EnterAsync).NeedsNothing().RequireRateLimiting(RateLimits.SignIn).DisableAntiforgery().ExcludeFromDescription();
        app.MapPost("/logout", LeaveAsync).NeedsNothing().DisableAntiforgery().ExcludeFromDescription();
    }

    /// <summary>A link with a code signs in at once; without one a page asks for a token.</summary>
    private static async Task<IResult> OpenAsync(HttpContext http, SignIn signIn, IAntiforgery antiforgery, string? code, string? back)
    {
        if (code is not null && await signIn.BeginAsync(code, http.RequestAborted) is { } session) return Enter(http, session, back);
        return LoginPage.Show(http, antiforgery, back, code is null ? null : "This link was used already, or is too old. Sign in with a token, or start the server again for a new one.");
    }

    private static async Task<IResult> EnterAsync(HttpContext http, SignIn signIn, IAntiforgery antiforgery)
    {
        await antiforgery.ValidateRequestAsync(http);
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        return await signIn.BeginAsync(form["token"].ToString().Trim(), http.RequestAborted) is { } session
            ? Enter(http, session, form["back"])
            : LoginPage.Show(http, antiforgery, form["back"], "That is no token, or it has expired or was taken away.");
    }

    private static async Task<IResult> LeaveAsync(HttpContext http, SignIn signIn, IAntiforgery antiforgery)
    {
        await antiforgery.ValidateRequestAsync(http);
        if (http.CallerOrNull() is { Method: "login", TokenId: { } id } caller) await signIn.RevokeAsync(caller, id, http.RequestAborted);
        http.Response.Cookies.Delete(Gate.Cookie, Cookie(http));
        return Results.Redirect($"{http.Request.PathBase}/login");
    }

    private static IResult Enter(HttpContext http, string session, string? back)
    {
        var cookie = Cookie(http);
        cookie.MaxAge = SignIn.SessionLength.ToTimeSpan();
        http.Response.Cookies.Append(Gate.Cookie, session, cookie);

        // Only a path of this server: an address elsewhere would be somebody's trap.
        var isOwn = back is ['/', not ('/' or '\\'), ..] or "/";
        return Results.Redirect(isOwn ? back! : $"{http.Request.PathBase}/");
    }

    private static CookieOptions Cookie(HttpContext http) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = http.Request.IsHttps,
        Path = http.Request.PathBase.HasValue ? http.Request.PathBase.Value : "/",
        IsEssential = true,
    };
}
