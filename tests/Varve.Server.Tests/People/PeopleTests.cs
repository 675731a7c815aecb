using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Varve.Server.Access;

namespace Varve.Server.Tests.People;

/// <summary>People who sign in with OpenID Connect, at a provider that is a stand-in.</summary>
public sealed class PeopleTests : IAsyncLifetime
{
    private const string Variable = "VARVE_TEST_OIDC_SECRET";

    private readonly LogLines _log = new();
    private StandInProvider _provider = null!;
    private ServedDatabase _served = null!;

    public async ValueTask InitializeAsync()
    {
        Environment.SetEnvironmentVariable(Variable, StandInProvider.Secret);
        _provider = await StandInProvider.StartAsync();
        _served = new()
        {
            Log = _log,
            LogLevel = LogLevel.Trace,
            Oidc = new(
                _provider.Address,
                StandInProvider.Client,
                new(Variable, null),
                ["openid", "profile", "groups"],
                "preferred_username",
                "groups",
                [new("chiefs", Role.Admin, Caller.AllTenants), new("ops", Role.Operator, "acme")]
            ),
        };
        await _served.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _served.DisposeAsync();
        await _provider.DisposeAsync();
        Environment.SetEnvironmentVariable(Variable, null);
    }

    [Theory]
    [InlineData("ops", "operator", "acme")]
    [InlineData("chiefs,ops", "admin", "*")]
    public async Task A_group_is_a_role_and_a_tenant(string groups, string role, string tenant)
    {
        _provider.Who = ("ann", groups.Split(','));
        using var browser = Browser();
        Assert.Contains(
            "/login/oidc?back=",
            await (await browser.GetAsync("login?back=/runs")).Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
        var entered = await SignInAsync(browser, "/runs");
        Assert.Equal(HttpStatusCode.OK, entered.StatusCode);
        Assert.Contains("url=/runs", await entered.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(
            ("S256", "code", "openid profile groups"),
            (
                _provider.Asked!["code_challenge_method"].ToString(),
                _provider.Asked["response_type"].ToString(),
                _provider.Asked["scope"].ToString()
            )
        );
        var me = await ServedDatabase.JsonAsync(await browser.GetAsync("api/v1/me"));
        Assert.Equal(
            ("ann", "oidc", role, tenant),
            (
                me.GetProperty("subject").GetString(),
                me.GetProperty("method").GetString(),
                me.GetProperty("role").GetString(),
                me.GetProperty("tenant").GetString()
            )
        );
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("runs")).StatusCode);

        // A session of a browser is good for its own pages only.
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("api/v1/schedules/resume", null)).StatusCode);
        var audit = await (await _served.Client(Role.Admin, Caller.AllTenants).GetAsync("api/v1/audit")).Content.ReadAsStringAsync();
        Assert.Contains("\"method\":\"oidc\"", audit, StringComparison.Ordinal);

        var token = Form().Match(await (await browser.GetAsync("runs")).Content.ReadAsStringAsync()).Groups[1].Value;
        var left = await browser.PostAsync(
            "logout",
            new FormUrlEncodedContent(new Dictionary<string, string> { ["__RequestVerificationToken"] = token })
        );
        Assert.Contains(
            $"{_provider.Address}end?client_id=varve",
            WebUtility.HtmlDecode(await left.Content.ReadAsStringAsync()),
            StringComparison.Ordinal
        );
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("api/v1/me")).StatusCode);
        Assert.DoesNotContain(
            _log.Lines,
            l =>
                l.Contains(StandInProvider.Secret, StringComparison.Ordinal)
                || l.Contains("not-used-by-varve", StringComparison.Ordinal)
                || l.Contains("code_verifier", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Somebody_of_no_group_is_let_in_nowhere()
    {
        _provider.Who = ("bob", ["cooks"]);
        using var browser = Browser();
        var refused = await SignInAsync(browser, "/");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("bob is in no group", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("api/v1/me")).StatusCode);
    }

    [Fact]
    public async Task An_answer_that_was_not_asked_for_by_this_browser_signs_nobody_in()
    {
        using var browser = Browser();
        using var other = Browser();
        var asked = await browser.GetAsync("login/oidc");
        var back = await FollowAsync(asked.Headers.Location!);
        foreach (
            var address in new[]
            {
                back,
                new Uri(back.AbsoluteUri.Replace("state=", "state=x", StringComparison.Ordinal)),
                new Uri(_served.Server.Address, "login/oidc/callback?error=access_denied"),
            }
        )
            Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync(address)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.GetAsync("api/v1/me")).StatusCode);
        Assert.Equal(0, _provider.Exchanged);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(back)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync(back)).StatusCode);
    }

    [Fact]
    public async Task A_provider_that_is_away_is_said_so_and_tokens_go_on()
    {
        await _provider.DisposeAsync();
        using var browser = Browser();
        Assert.Contains(
            "does not answer",
            await (await browser.GetAsync("login/oidc")).Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
        Assert.Equal(HttpStatusCode.OK, (await _served.Client(Role.Viewer).GetAsync("api/v1/me")).StatusCode);
    }

    private HttpClient Browser() =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new() }) { BaseAddress = _served.Server.Address };

    private async Task<HttpResponseMessage> SignInAsync(HttpClient browser, string back)
    {
        var asked = await browser.GetAsync($"login/oidc?back={Uri.EscapeDataString(back)}");
        Assert.True(asked.StatusCode == HttpStatusCode.Redirect, await asked.Content.ReadAsStringAsync());
        return await browser.GetAsync(await FollowAsync(asked.Headers.Location!));
    }

    private static async Task<Uri> FollowAsync(Uri provider)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        return (await http.GetAsync(provider)).Headers.Location!;
    }

    private static Regex Form() => new("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"");
}
