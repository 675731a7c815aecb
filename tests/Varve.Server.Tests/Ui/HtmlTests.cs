using System.Net;
using System.Reflection;
using Varve.Server.Access;
using Varve.Server.Api;
using Varve.Server.Ui;

namespace Varve.Server.Tests.Ui;

[Collection(Served.Name)]
public sealed class HtmlTests(ServedDatabase served)
{
    [Fact]
    public void Whatever_is_put_into_a_page_is_encoded()
    {
        const string Trap = "\"><script>alert(1)</script>&'";
        Html page = $"<p title=\"{Trap}\">{Trap}</p>";
        Assert.Equal(2, page.ToString().Split("&lt;script&gt;").Length - 1);
        Assert.DoesNotContain("<script", page.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_becomes_markup_only_as_a_constant() =>
        Assert.All(
            typeof(Html)
                .GetMethods(
                    BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly
                )
                .Where(m => m.Name is not nameof(Html.AppendFormatted))
                .SelectMany(m => m.GetParameters())
                .Where(p => p.ParameterType == typeof(string)),
            p => Assert.NotNull(p.GetCustomAttribute<System.Diagnostics.CodeAnalysis.ConstantExpectedAttribute>())
        );

    [Fact]
    public async Task Pages_tell_browsers_to_load_nothing_from_elsewhere_and_run_no_script_of_their_own()
    {
        using var client = served.Client(Role.Admin);
        foreach (var path in new[] { "", "runs", "schedules", "tenants", "access", "c/metrics/p/cpu" })
        {
            var answer = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains("script-src 'self';", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.DoesNotContain("://", text.Replace("duckdb:", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.DoesNotContain(" style=", text, StringComparison.Ordinal);
            Assert.DoesNotContain(" onclick=", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_session_of_a_browser_is_good_for_its_own_pages_only()
    {
        var code = (await served.Server.LoginAsync(CancellationToken.None)).Query;
        using var client = served.With(null);
        var cookie = (await client.GetAsync($"login{code}"))
            .Headers.GetValues("Set-Cookie")
            .First(c => c.StartsWith(Gate.Cookie, StringComparison.Ordinal))
            .Split(';')[0];
        foreach (
            var (origin, status) in new[]
            {
                ("https://evil.example", HttpStatusCode.Forbidden),
                (null, HttpStatusCode.Forbidden),
                (served.Server.Address.GetLeftPart(UriPartial.Authority), HttpStatusCode.NotFound),
            }
        )
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, "api/v1/tokens/none");
            request.Headers.Add("Cookie", cookie);
            if (origin is not null)
                request.Headers.Add("Origin", origin);
            Assert.Equal(status, (await client.SendAsync(request)).StatusCode);
        }
    }

    [Theory]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("/runs", "/runs")]
    public async Task Signing_in_leads_nowhere_else(string back, string to)
    {
        using var client = served.With(null);
        var answer = await client.GetAsync(
            $"login{(await served.Server.LoginAsync(CancellationToken.None)).Query}&back={Uri.EscapeDataString(back)}"
        );
        Assert.Equal((HttpStatusCode.Redirect, to), (answer.StatusCode, answer.Headers.Location!.OriginalString));
    }

    [Fact]
    public async Task Who_is_not_signed_in_is_led_to_do_so_and_back()
    {
        using var client = served.With(null);
        var answer = await client.GetAsync("c/metrics/p/cpu");
        Assert.Equal(
            (HttpStatusCode.Redirect, "/login?back=%2Fc%2Fmetrics%2Fp%2Fcpu"),
            (answer.StatusCode, answer.Headers.Location!.OriginalString)
        );
    }

    [Fact]
    public async Task Who_comes_to_the_door_too_often_is_told_for_how_long_to_wait()
    {
        await using var other = new ServedDatabase();
        await other.InitializeAsync();
        using var client = other.With(null);
        for (var i = 0; i < RateLimits.SignInsPerMinute; i++)
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("login")).StatusCode);
        var answer = await client.GetAsync("login");
        Assert.Equal((HttpStatusCode.TooManyRequests, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        var wait = answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds;
        Assert.InRange(wait, 3, 60);
        Assert.Contains($"Try again in {wait} s.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
