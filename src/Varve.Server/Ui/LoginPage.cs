using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;
using Varve.Server.Access.People;
using Varve.Server.Configuration;

namespace Varve.Server.Ui;

/// <summary>The page that asks for a token. It knows nobody, so it shows nothing else.</summary>
internal static class LoginPage
{
    internal static IResult Show(HttpContext http, string? back, string? trouble, int? status = null)
    {
        var isOidc = http.RequestServices.GetRequiredService<ServeSettings>().Oidc is not null;
        var (tokens, root) = (http.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(http), http.Request.PathBase.Value);
        string Text(string? text) => HtmlEncoder.Default.Encode(text ?? "");
        return Results.Content(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sign in · Varve</title>
            <link rel="stylesheet" href="{root}/assets/varve.css"><link rel="icon" href="{root}/assets/varve.svg" type="image/svg+xml">
            </head>
            <body class="enter">
            <main class="card">
            <img src="{root}/assets/varve.svg" alt="" width="44" height="44">
            <h1>Varve</h1>
            {(trouble is null ? "" : $"<p class=\"trouble\" role=\"alert\">{Text(trouble)}</p>")}
            {(
                isOidc
                    ? $"<p><a class=\"button primary\" href=\"{root}{PeopleSignIn.Start}{(back is null ? "" : $"?back={Uri.EscapeDataString(back)}")}\">Sign in with your organisation</a></p>"
                    : ""
            )}
            <form method="post" action="{root}/login">
            <input type="hidden" name="{Text(tokens.FormFieldName)}" value="{Text(tokens.RequestToken)}">
            <input type="hidden" name="back" value="{Text(back)}">
            <label for="token">Token</label>
            <input id="token" name="token" type="password" autocomplete="off" placeholder="varve_…" required autofocus>
            <button class="primary">Sign in</button>
            </form>
            <p class="hint">The console where the server runs printed a link that signs you in once. An administrator makes tokens.</p>
            </main>
            </body>
            </html>
            """,
            "text/html; charset=utf-8",
            statusCode: status
        );
    }
}
