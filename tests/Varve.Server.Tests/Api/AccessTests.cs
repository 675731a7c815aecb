using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Varve.Server.Access;

namespace Varve.Server.Tests.Api;

[Collection(Served.Name)]
public sealed class AccessTests(ServedDatabase served)
{
    private static readonly string[] Unsafe = ["POST", "PUT", "DELETE"];

    private IReadOnlyList<RouteEndpoint> Endpoints =>
        [.. served.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    [Fact]
    public void Every_endpoint_says_what_it_needs_once()
    {
        Assert.NotEmpty(Endpoints);
        Assert.All(Endpoints, e => Assert.Single(e.Metadata.OfType<Need>()));
    }

    [Fact]
    public void Only_health_signing_in_and_files_are_open_to_anybody() =>
        Assert.All(
            Endpoints.Where(e => e.Metadata.GetMetadata<Need>()!.IsOpen).Select(e => e.RoutePattern.RawText!),
            path =>
                Assert.True(
                    path.StartsWith("/health/", StringComparison.Ordinal)
                        || path is "/login" or "/login/oidc" or "/logout" or "/metrics" or "/api/v1/openapi.json"
                        || path.StartsWith("/assets/", StringComparison.Ordinal),
                    path
                )
        );

    /// <summary>Every endpoint, with nobody, with each role of the tenant, and with the highest role of another one.</summary>
    [Fact]
    public async Task Every_endpoint_lets_through_whom_it_should_and_nobody_else()
    {
        using var nobody = served.With(null);
        using var stranger = served.Client(Role.Admin, "other");
        foreach (
            var endpoint in Endpoints.Where(e =>
                e.RoutePattern.RawText!.StartsWith("/api/v1/", StringComparison.Ordinal) && !e.Metadata.GetMetadata<Need>()!.IsOpen
            )
        )
        {
            var need = endpoint.Metadata.GetMetadata<Need>()!;
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
            {
                var at = $"{method} {endpoint.RoutePattern.RawText}";
                Assert.True(await StatusAsync(nobody, method, endpoint) == HttpStatusCode.Unauthorized, $"{at}: nobody");
                foreach (var role in Enum.GetValues<Role>().Where(r => r < need.Role))
                {
                    using var weak = served.Client(role);
                    Assert.True(await StatusAsync(weak, method, endpoint) == HttpStatusCode.Forbidden, $"{at}: {role}");
                }

                using var able = served.Client(need.Role, need.OfAllTenants ? Caller.AllTenants : "acme");
                var allowed = await StatusAsync(able, method, endpoint);
                Assert.False(
                    allowed is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.InternalServerError,
                    $"{at}: {need.Role} got {allowed}"
                );
                if (endpoint.RoutePattern.GetParameter("connection") is not null)
                    Assert.True(await StatusAsync(stranger, method, endpoint) == HttpStatusCode.NotFound, $"{at}: another tenant");
            }
        }
    }

    [Fact]
    public async Task The_log_is_taken_out_line_by_line_and_that_is_an_entry_of_it()
    {
        using var admin = served.Client(Role.Admin);
        var answer = await admin.PostAsync("api/v1/audit/export", null);
        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType!.MediaType);
        var lines = (await answer.Content.ReadAsStringAsync())
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => JsonSerializer.Deserialize<JsonElement>(l))
            .ToList();
        Assert.All(lines, l => Assert.Equal("acme", l.GetProperty("tenant").GetString()));
        Assert.Equal(lines.Select(l => l.GetProperty("seq").GetInt64()).Order(), lines.Select(l => l.GetProperty("seq").GetInt64()));
        var newest = (await ServedDatabase.JsonAsync(await admin.GetAsync("api/v1/audit?limit=1"))).GetProperty("items")[0];
        Assert.Equal(
            ("audit.exported", lines.Count),
            (newest.GetProperty("action").GetString(), newest.GetProperty("detail").GetProperty("entries").GetInt32())
        );
    }

    [Theory]
    [InlineData("POST", "text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("PATCH", "application/json", HttpStatusCode.MethodNotAllowed)]
    public async Task A_method_or_a_kind_of_body_that_is_not_taken_is_an_answer(string method, string type, HttpStatusCode status)
    {
        using var client = served.Client(Role.Operator);
        using var request = new HttpRequestMessage(new(method), "api/v1/connections/metrics/runs")
        {
            Content = new StringContent("{}", Encoding.UTF8, type),
        };
        var answer = await client.SendAsync(request);
        Assert.Equal((status, "VRV518"), (answer.StatusCode, (await ServedDatabase.JsonAsync(answer)).GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Lists_hold_nothing_of_another_tenant()
    {
        using var theirs = served.Client(Role.Admin, "other");
        foreach (var path in new[] { "connections", "runs", "schedules", "backfills", "deliveries", "tokens", "audit", "tenants" })
        {
            var text = await theirs.GetStringAsync($"api/v1/{path}");
            Assert.DoesNotContain(ServedDatabase.Mine, text, StringComparison.Ordinal);
            Assert.DoesNotContain("acme", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_run_of_another_tenant_does_not_exist()
    {
        using var mine = served.Client(Role.Operator);
        var run = (await served.RunAsync(mine, new { policies = new[] { "cpu" } })).GetProperty("id").GetString();
        using var theirs = served.Client(Role.Admin, "other");
        foreach (var path in new[] { $"api/v1/runs/{run}", $"api/v1/runs/{run}/events" })
            Assert.Equal(HttpStatusCode.NotFound, (await theirs.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await theirs.PostAsync($"api/v1/runs/{run}/end", JsonContent.Create(new { }))).StatusCode);
    }

    [Fact]
    public async Task A_token_is_good_until_it_is_taken_away()
    {
        using var admin = served.Client(Role.Admin);
        var made = await ServedDatabase.JsonAsync(
            await admin.PostAsync(
                "api/v1/tokens",
                JsonContent.Create(
                    new
                    {
                        name = "ci",
                        role = "viewer",
                        expiresIn = "1d",
                    }
                )
            )
        );
        var (secret, id) = (made.GetProperty("secret").GetString()!, made.GetProperty("token").GetProperty("id").GetString());
        using var ci = served.With(secret);
        Assert.Equal("ci", (await ServedDatabase.JsonAsync(await ci.GetAsync("api/v1/me"))).GetProperty("subject").GetString());
        var listed = await admin.GetStringAsync("api/v1/tokens");
        Assert.Contains(id!, listed, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, listed, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync($"api/v1/tokens/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await ci.GetAsync("api/v1/me")).StatusCode);
        Assert.DoesNotContain(secret, Encoding.UTF8.GetString(await ReadHomeAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_administrator_of_a_tenant_makes_tokens_for_that_tenant_only()
    {
        using var admin = served.Client(Role.Admin);
        foreach (var tenant in new[] { "other", "*" })
            Assert.Equal(
                HttpStatusCode.Forbidden,
                (
                    await admin.PostAsync(
                        "api/v1/tokens",
                        JsonContent.Create(
                            new
                            {
                                name = "x",
                                role = "viewer",
                                tenant,
                            }
                        )
                    )
                ).StatusCode
            );
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer ")]
    [InlineData("Bearer varve_short")]
    [InlineData("Bearer varve_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("Basic YWRtaW46YWRtaW4=")]
    public async Task What_is_no_token_lets_nobody_in(string header)
    {
        using var client = served.With(null);
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);
        var answer = await client.GetAsync("api/v1/me");
        Assert.Equal(
            (HttpStatusCode.Unauthorized, "VRV510"),
            (answer.StatusCode, (await ServedDatabase.JsonAsync(answer)).GetProperty("code").GetString())
        );
    }

    private async Task<byte[]> ReadHomeAsync()
    {
        await using var file = new FileStream(served.Home, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string method, RouteEndpoint endpoint)
    {
        var path = endpoint
            .RoutePattern.RawText!.Replace("{connection}", ServedDatabase.Mine, StringComparison.Ordinal)
            .Replace("{policy}", "nobody-has-this", StringComparison.Ordinal)
            .Replace("{id}", "none", StringComparison.Ordinal)
            .Replace("{hold}", "none", StringComparison.Ordinal)
            .Replace("{run}", "none", StringComparison.Ordinal)
            .Replace("{query}", "nobody-has-this", StringComparison.Ordinal)
            .Replace("{target}", "none", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new(method), path.TrimStart('/'));

        // Declared connections cannot be removed, and pausing everything would touch other tests: such bodies are refused as they are.
        if (Unsafe.Contains(method))
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }
}
