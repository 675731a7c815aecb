using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Varve.Server.Tests.People;

/// <summary>
/// A stand-in for a provider of OpenID Connect, in this process: it asks nobody for a password, and everything else it
/// checks as one does: the client's secret, the code, once, and the proof key.
/// </summary>
internal sealed class StandInProvider : IAsyncDisposable
{
    internal const string Client = "varve";
    internal const string Secret = "the-secret-of-the-client";

    private readonly ConcurrentDictionary<string, (string Challenge, string Nonce, string Redirect)> _codes = new();
    private readonly RsaSecurityKey _key = new(RSA.Create(2048)) { KeyId = "k" };
    private readonly WebApplication _app;

    private StandInProvider(WebApplication app) => _app = app;

    internal Uri Address => new(_app.Urls.First());

    /// <summary>Who signs in, and their groups.</summary>
    internal (string Name, string[] Groups) Who { get; set; } = ("ann", ["ops"]);

    /// <summary>What was asked for at the authorization endpoint last.</summary>
    internal IQueryCollection? Asked { get; private set; }

    /// <summary>Whether codes were exchanged with the right secret and proof.</summary>
    internal int Exchanged { get; private set; }

    internal static async Task<StandInProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var provider = new StandInProvider(app);
        app.MapGet(
            "/.well-known/openid-configuration",
            () =>
                Results.Json(
                    new Dictionary<string, object>
                    {
                        ["issuer"] = provider.Issuer,
                        ["authorization_endpoint"] = $"{provider.Issuer}authorize",
                        ["token_endpoint"] = $"{provider.Issuer}token",
                        ["jwks_uri"] = $"{provider.Issuer}keys",
                        ["end_session_endpoint"] = $"{provider.Issuer}end",
                    }
                )
        );
        app.MapGet("/keys", provider.Keys);
        app.MapGet("/authorize", provider.Authorize);
        app.MapPost("/token", provider.TokenAsync);
        await app.StartAsync();
        return provider;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private string Issuer => $"{_app.Urls.First()}/";

    private IResult Keys()
    {
        var key = _key.Rsa.ExportParameters(false);
        return Results.Json(
            new
            {
                keys = new[]
                {
                    new
                    {
                        kty = "RSA",
                        use = "sig",
                        kid = "k",
                        alg = "RS256",
                        n = Base64UrlEncoder.Encode(key.Modulus),
                        e = Base64UrlEncoder.Encode(key.Exponent),
                    },
                },
            }
        );
    }

    private IResult Authorize(HttpRequest request)
    {
        Asked = request.Query;
        var code = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        _codes[code] = (request.Query["code_challenge"]!, request.Query["nonce"]!, request.Query["redirect_uri"]!);
        return Results.Redirect($"{request.Query["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(request.Query["state"]!)}");
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        if (
            !_codes.TryRemove(form["code"].ToString(), out var asked)
            || form["client_id"] != Client
            || form["client_secret"] != Secret
            || form["redirect_uri"] != asked.Redirect
            || Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != asked.Challenge
        )
            return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        Exchanged++;
        var token = new JsonWebTokenHandler().CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = Issuer,
                Audience = Client,
                Claims = new Dictionary<string, object>
                {
                    ["sub"] = "0815",
                    ["preferred_username"] = Who.Name,
                    ["groups"] = Who.Groups,
                    ["nonce"] = asked.Nonce,
                },
                SigningCredentials = new(_key, SecurityAlgorithms.RsaSha256),
            }
        );
        return Results.Json(
            new
            {
                access_token = "not-used-by-varve",
                token_type = "Bearer",
                id_token = token,
                expires_in = 300,
            }
        );
    }
}
