using System.Net.Http.Json;
using Deque.AxeCore.Playwright;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Varve.Server.Home;
using Varve.Server.Notices;
using static Microsoft.Playwright.Assertions;

namespace Varve.Server.Tests.Ui;

[Collection(Browsing.Name)]
public sealed class PageTests(Browser browser)
{
    private static readonly (string Name, string Path)[] Places =
    [
        ("policies", "/"),
        ("policy", "/c/metrics/p/cpu"),
        ("new", "/c/metrics/new?table=main.cpu"),
        ("runs", "/runs"),
        ("schedules", "/schedules"),
        ("upkeep", "/upkeep/metrics"),
        ("tenants", "/tenants"),
        ("access", "/access"),
        ("forecast", "/c/metrics/p/cpu/forecast"),
        ("missing", "/c/metrics/p/nobody"),
        ("queries", "/queries"),
        ("query", "/c/metrics/q/shown"),
        ("newquery", "/c/metrics/q-new"),
        ("care", "/c/metrics/p/sensor4/care"),
        ("window", "/c/metrics/p/sensor4/window?relation=6h&from=2026-01-02&to=2026-01-04&compare=true"),
        ("archives", "/archives/metrics?read=true"),
        ("noarchives", "/archives/secret"),
        ("notices", "/notices"),
        ("api", "/api"),
        ("run", "/runs/{run}"),
    ];

    // What reaches out of the screen, and nothing where the page fits.
    private const string TooWide = """
        document.documentElement.scrollWidth <= document.documentElement.clientWidth ? '' :
        [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !e.closest('.scroll, .plan, .bar nav, .tabs')).slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(' ') || 'something'
        """;

    [Fact]
    public async Task A_policy_is_written_mended_saved_braked_run_and_proven()
    {
        var (page, complaints) = await browser.EnterAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "cpu", Exact = true }).First.ClickAsync();
        var text = page.GetByLabel("The policy as YAML");
        var written = await text.InputValueAsync();

        // A mistake is told with its place, and the place can be gone to.
        await text.FillAsync(written.Replace("keep: 30d", "keep: 30 days", StringComparison.Ordinal));
        await Expect(page.Locator("#preview .problems")).ToContainTextAsync("VRV104");
        await page.GetByRole(AriaRole.Button, new() { Name = "7:7", Exact = false }).Or(page.Locator(".jump").First).First.ClickAsync();
        await Expect(text).ToBeFocusedAsync();

        // Mended, the layers are drawn as they would be, before anything is stored.
        await text.FillAsync(written.Replace("keep: 30d", "keep: 20d", StringComparison.Ordinal));
        await Expect(page.Locator("#preview .fine").First).ToContainTextAsync("No mistakes.");
        await Expect(page.Locator("#preview .strata .kept").First).ToHaveTextAsync("20d");
        await Expect(page.Locator("#preview .diff")).ToContainTextAsync("30d → 20d");

        // It removes more than what is stored, so saving asks once more.
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.Locator("[data-brake]")).ToContainTextAsync("would remove more");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save it all the same" }).ClickAsync();
        await Expect(page.Locator(".facts")).ToContainTextAsync("revision 2");

        // The run builds, and its removal waits for a word.
        await page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();
        await Expect(page.Locator("main > header .facts .badge")).ToHaveTextAsync("waits for a word");
        await Expect(page.Locator(".events")).ToContainTextAsync("roll up 1h");
        await page.GotoAsync("/c/metrics/p/cpu");
        page.Dialog += (_, dialog) => dialog.AcceptAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "rows go" }).ClickAsync();
        await Expect(page.Locator("main > header .facts .badge")).ToHaveTextAsync("done");
        await page.GotoAsync("/c/metrics/p/cpu");
        await Expect(page.Locator(".head .badge").First).ToHaveTextAsync("up to date");
        await Expect(page.Locator(".windows rect.w-covered").First).ToBeAttachedAsync();
        await Expect(page.Locator(".windows rect.w-expired").First).ToBeAttachedAsync();
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_query_is_written_mended_saved_backfilled_and_its_windows_are_shown()
    {
        var (page, complaints) = await browser.EnterAsync();
        await page.GotoAsync("/queries");
        await page.GetByRole(AriaRole.Link, new() { Name = "New query of metrics" }).ClickAsync();
        var text = page.GetByLabel("The query as YAML");
        const string Query =
            "query: hourly\nsql: |\n  SELECT date_trunc('hour', ts) AS ts, sum(v) AS n FROM events\n  WHERE ts >= {from} AND ts < {to} GROUP BY 1\nschedule: \"@hourly\"\ninto: sums\nwrite: replace\ntime: ts\n";
        await text.FillAsync(Query.Replace("{to}", "{too}", StringComparison.Ordinal));
        await Expect(page.Locator("#preview .problems")).ToContainTextAsync("There is no {too}");
        await Expect(page.Locator("#preview .jump")).ToHaveTextAsync("4:31");
        await text.FillAsync(Query);
        await Expect(page.Locator("#preview .fine").First).ToContainTextAsync("No mistakes.");
        await Expect(page.Locator("#preview .upcoming li")).ToHaveCountAsync(5);
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("hourly");
        await page.GetByLabel("From").FillAsync("2026-01-01");
        await page.GetByLabel("To", new() { Exact = true }).FillAsync("2026-01-01T03:10Z");
        await page.GetByRole(AriaRole.Button, new() { Name = "List the windows" }).ClickAsync();
        await Expect(page.Locator("[data-listed]")).ToContainTextAsync("3 of 3 whole windows would be done.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Begin" }).ClickAsync();
        await page.WaitForURLAsync("**/q/hourly");
        await Expect(page.Locator("section[aria-labelledby=backfills] .badge").First).ToBeVisibleAsync();
        await EventuallyAsync(async () =>
        {
            await page.ReloadAsync();
            await Expect(page.Locator("section[aria-labelledby=backfills] .badge").First).ToHaveTextAsync("done", new() { Timeout = 500 });
        });
        await Expect(page.Locator("section[aria-labelledby=windows] tbody tr")).ToHaveCountAsync(3);
        await page.Locator("section[aria-labelledby=windows] tbody a").First.ClickAsync();
        await Expect(page.Locator(".events")).ToContainTextAsync("1 rows");
        Assert.Empty(complaints);
    }

    /// <summary>A query with two windows that were done, so that its page has something to show.</summary>
    private async Task StoreQueryAsync()
    {
        using var client = browser.Served.Client(Access.Role.Admin);
        const string Yaml =
            "query: shown\nsql: SELECT date_trunc('hour', ts) AS ts, sum(v) AS n FROM events WHERE ts >= {from} AND ts < {to} GROUP BY 1\nschedule: \"@hourly\"\ninto: sums\nwrite: replace\ntime: ts\ntags: [report]\n";
        using var request = new HttpRequestMessage(HttpMethod.Put, "api/v1/connections/metrics/queries/shown")
        {
            Content = JsonContent.Create(new { yaml = Yaml }),
        };
        request.Headers.TryAddWithoutValidation("If-None-Match", "*");
        if (!(await client.SendAsync(request)).IsSuccessStatusCode)
            return;
        await client.PostAsync(
            "api/v1/connections/metrics/backfills",
            JsonContent.Create(
                new
                {
                    query = "shown",
                    from = "2026-01-02",
                    to = "2026-01-02T02:00Z",
                }
            )
        );
    }

    private static async Task EventuallyAsync(Func<Task> what)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await what();
                return;
            }
            catch (PlaywrightException) when (tries < 20) { }
        }
    }

    [Fact]
    public async Task Somebody_elses_change_is_not_written_over()
    {
        var (mine, _) = await browser.EnterAsync();
        var (theirs, _) = await browser.EnterAsync();
        foreach (var page in new[] { mine, theirs })
            await page.GotoAsync("/c/secret/p/cpu");
        foreach (var (page, tag) in new[] { (theirs, "theirs"), (mine, "mine") })
        {
            var text = page.GetByLabel("The policy as YAML");
            await text.FillAsync($"{await text.InputValueAsync()}\ntags: [{tag}]\n");
            await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
            if (tag == "theirs")
                await Expect(page.Locator(".facts")).ToContainTextAsync("revision 2");
        }

        await Expect(mine.Locator("[data-brake]")).ToContainTextAsync("tags: [theirs]");
        await mine.GetByRole(AriaRole.Button, new() { Name = "Mine over revision 2" }).ClickAsync();
        await Expect(mine.Locator(".facts")).ToContainTextAsync("mine");
    }

    [Fact]
    public async Task A_schedule_is_paused_with_a_reason_and_resumed()
    {
        var (page, complaints) = await browser.EnterAsync();
        await page.GotoAsync("/schedules");
        var card = page.Locator("section.schedule", new() { Has = page.Locator("a[href='/c/metrics/p/cpu']") });
        await Expect(card.Locator(".upcoming li")).ToHaveCountAsync(10);
        await card.GetByPlaceholder("Why").FillAsync("the disk is moved");
        await card.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(card).ToContainTextAsync("by console: the disk is moved");
        await card.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Expect(card.Locator(".badge")).ToHaveTextAsync("armed");
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_token_that_is_taken_away_signs_its_browser_out()
    {
        var (admin, _) = await browser.EnterAsync();
        await admin.GotoAsync("/access");
        await admin.GetByLabel("Name").First.FillAsync("visitor");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Make a token" }).ClickAsync();
        await Expect(admin.Locator("[data-secret]")).ToContainTextAsync("varve_");
        var secret = (await admin.Locator("[data-secret]").InnerTextAsync()).Split(' ')[^1];
        var (visitor, _) = await browser.EnterAsync();
        await visitor.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await visitor.GetByLabel("Token").FillAsync(secret);
        await visitor.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(visitor.Locator(".subject")).ToHaveTextAsync("visitor");
        await visitor.GotoAsync("/c/metrics/p/cpu");
        await Expect(visitor.GetByRole(AriaRole.Button, new() { Name = "Run now" })).ToHaveCountAsync(0);
        admin.Dialog += (_, dialog) => dialog.AcceptAsync();
        await admin.ReloadAsync();
        await admin
            .Locator("section[aria-labelledby=tokens] tr", new() { HasText = "visitor" })
            .Filter(new() { Has = admin.GetByRole(AriaRole.Cell, new() { Name = "token", Exact = true }) })
            .GetByRole(AriaRole.Button, new() { Name = "Take away" })
            .ClickAsync();
        await Expect(
                admin
                    .Locator("section[aria-labelledby=tokens] tr", new() { HasText = "visitor" })
                    .Filter(new() { Has = admin.GetByRole(AriaRole.Cell, new() { Name = "token", Exact = true }) })
            )
            .ToContainTextAsync("taken away");
        await visitor.ReloadAsync();
        await Expect(visitor.GetByLabel("Token")).ToBeVisibleAsync();
    }

    /// <summary>Each page, light, dark and as wide as a phone: with VARVE_SCREENSHOTS=DIR its picture is left there.</summary>
    [Theory]
    [InlineData("light", false, false)]
    [InlineData("dark", true, false)]
    [InlineData("phone", false, true)]
    public async Task Every_page_fits_names_its_fields_and_complains_of_nothing(string kind, bool dark, bool phone)
    {
        var (page, complaints) = await browser.EnterAsync(dark, phone);
        await StoreQueryAsync();
        var run = await FillAsync();
        List<string> faults = [];
        foreach (var (name, place) in Places)
        {
            var path = place.Replace("{run}", run, StringComparison.Ordinal);
            await page.GotoAsync(path);
            await Expect(page.Locator("h1").First).ToBeVisibleAsync();
            if (name is "policy" or "new" or "newquery")
                await Expect(page.Locator("#preview > *").First).ToBeVisibleAsync();
            if (await page.EvaluateAsync<string>(TooWide) is { Length: > 0 } wide)
                faults.Add($"{path} is wider than the screen: {wide}");
            if (!phone)
                faults.AddRange(
                    (await page.RunAxe()).Violations.Select(v =>
                        $"{path}: {v.Id}: {v.Help}: {string.Join(" ", v.Nodes.Take(3).Select(n => n.Html))}"
                    )
                );
            if (Environment.GetEnvironmentVariable("VARVE_SCREENSHOTS") is { Length: > 0 } folder)
                await PictureAsync(page, Path.Combine(folder, $"{name}-{kind}"));
        }

        // The page that knows nobody yet, with what it says to a wrong token.
        var (stranger, told) = await browser.OpenAsync(dark, phone);
        await stranger.GotoAsync("/runs");
        await stranger.GetByLabel("Token").FillAsync("varve_nobody");
        await stranger.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(stranger.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        if (await stranger.EvaluateAsync<string>(TooWide) is { Length: > 0 } tooWide)
            faults.Add($"/login is wider than the screen: {tooWide}");
        faults.AddRange((await stranger.RunAxe()).Violations.Select(v => $"/login: {v.Id}: {v.Help}: {v.Nodes[0].Html}"));
        if (Environment.GetEnvironmentVariable("VARVE_SCREENSHOTS") is { Length: > 0 } album)
            await PictureAsync(stranger, Path.Combine(album, $"login-{kind}"));
        complaints.AddRange(told);
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.Empty(complaints);
    }

    /// <summary>The whole page for whoever looks at it, and what is seen first for the documentation.</summary>
    private static async Task PictureAsync(IPage page, string path)
    {
        await page.ScreenshotAsync(new() { Path = $"{path}.png", FullPage = true });
        var session = await page.Context.NewCDPSessionAsync(page);
        var answer = await session.SendAsync("Page.captureScreenshot", new() { ["format"] = "webp", ["quality"] = 80 });
        await File.WriteAllBytesAsync($"{path}.webp", Convert.FromBase64String(answer!.Value.GetProperty("data").GetString()!));
        await session.DetachAsync();
    }

    /// <summary>
    /// A table with archives, a hold, a run and a notice that did not arrive, so that each page has something to show; its run.
    /// </summary>
    private async Task<string> FillAsync()
    {
        using var client = browser.Served.Client(Access.Role.Admin);
        if ((await client.GetAsync("api/v1/connections/metrics/policies/sensor4")).StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            await browser.Served.BuildSensorAsync(client, 4, "10d", "archive: cold\n");
            await client.PostAsJsonAsync(
                "api/v1/connections/metrics/policies/sensor4/holds",
                new
                {
                    reason = "case 4711: the meter was changed",
                    from = "2026-01-20",
                    to = "2026-01-22",
                    until = "2027-01-01",
                }
            );
            var (home, table) = (
                browser.Served.Server.Services.GetRequiredService<HomeDatabase>(),
                browser.Served.Server.Services.GetRequiredService<DeliveryTable>()
            );
            var notice = new Notice(
                "n-2",
                NoticeKind.Failed,
                home.Now(),
                "acme",
                "metrics",
                "cpu",
                null,
                null,
                "VRV401",
                "The disk is full."
            );
            await home.WriteAsync(
                (s, token) =>
                    table.AddAsync(
                        s,
                        new(
                            "d-2",
                            "ops",
                            "acme",
                            "failed",
                            System.Text.Json.JsonSerializer.Serialize(notice, ServerJson.Options),
                            home.Now(),
                            0,
                            home.Now() + NodaTime.Duration.FromHours(9),
                            DeliveryState.Waiting,
                            null
                        ),
                        token
                    ),
                default
            );
            await table.TriedAsync("d-2", 10, DeliveryState.Dead, null, "it answered 503", home.Now(), default);
        }

        var runs = await ServedDatabase.JsonAsync(await client.GetAsync("api/v1/runs?connection=metrics&policy=sensor4"));
        return runs.GetProperty("items")[0].GetProperty("id").GetString()!;
    }
}
