using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Varve.Server.Tests.Ui;

[Collection(Browsing.Name)]
public sealed class PageTests(Browser browser)
{
    private static readonly (string Name, string Path)[] Places =
    [
        ("policies", "/"), ("policy", "/c/metrics/p/cpu"), ("new", "/c/metrics/new?table=main.cpu"), ("runs", "/runs"), ("schedules", "/schedules"), ("upkeep", "/upkeep/metrics"), ("access", "/access"), ("forecast", "/c/metrics/p/cpu/forecast"), ("missing", "/c/metrics/p/nobody"),
    ];

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
        await Expect(page.Locator(".facts .badge")).ToHaveTextAsync("waits for a word");
        await Expect(page.Locator(".events")).ToContainTextAsync("roll up 1h");
        await page.GotoAsync("/c/metrics/p/cpu");
        page.Dialog += (_, dialog) => dialog.AcceptAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "rows go" }).ClickAsync();
        await Expect(page.Locator(".facts .badge")).ToHaveTextAsync("done");
        await page.GotoAsync("/c/metrics/p/cpu");
        await Expect(page.Locator(".head .badge").First).ToHaveTextAsync("up to date");
        await Expect(page.Locator(".windows rect.w-covered").First).ToBeAttachedAsync();
        await Expect(page.Locator(".windows rect.w-expired").First).ToBeAttachedAsync();
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task Somebody_elses_change_is_not_written_over()
    {
        var (mine, _) = await browser.EnterAsync();
        var (theirs, _) = await browser.EnterAsync();
        foreach (var page in new[] { mine, theirs }) await page.GotoAsync("/c/secret/p/cpu");
        foreach (var (page, tag) in new[] { (theirs, "theirs"), (mine, "mine") })
        {
            var text = page.GetByLabel("The policy as YAML");
            await text.FillAsync($"{await text.InputValueAsync()}\ntags: [{tag}]\n");
            await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
            if (tag == "theirs") await Expect(page.Locator(".facts")).ToContainTextAsync("revision 2");
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
        var card = page.Locator("section.schedule", new() { HasText = "metrics" });
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
        await admin.Locator("section[aria-labelledby=tokens] tr", new() { HasText = "visitor" }).Filter(new() { Has = admin.GetByRole(AriaRole.Cell, new() { Name = "token", Exact = true }) }).GetByRole(AriaRole.Button, new() { Name = "Take away" }).ClickAsync();
        await Expect(admin.Locator("section[aria-labelledby=tokens] tr", new() { HasText = "visitor" }).Filter(new() { Has = admin.GetByRole(AriaRole.Cell, new() { Name = "token", Exact = true }) })).ToContainTextAsync("taken away");
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
        foreach (var (name, path) in Places)
        {
            await page.GotoAsync(path);
            await Expect(page.Locator("h1").First).ToBeVisibleAsync();
            if (name is "policy" or "new") await Expect(page.Locator("#preview > *").First).ToBeVisibleAsync();
            Assert.False(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth"), $"{path} is wider than the screen ({kind}).");
            Assert.Equal(0, await page.EvaluateAsync<int>("[...document.querySelectorAll('input:not([type=hidden]), select, textarea')].filter(f => !f.labels?.length && !f.getAttribute('aria-label')).length"));
            Assert.Equal(0, await page.EvaluateAsync<int>("[...document.querySelectorAll('button, a')].filter(b => !b.textContent.trim() && !b.getAttribute('aria-label')).length"));
            if (Environment.GetEnvironmentVariable("VARVE_SCREENSHOTS") is { Length: > 0 } folder) await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{kind}.png"), FullPage = true });
        }

        Assert.Empty(complaints);
    }

    [Fact]
    public async Task The_keyboard_alone_reaches_everything()
    {
        var (page, _) = await browser.EnterAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Skip to content" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#main")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".crumb")).ToBeVisibleAsync();
    }
}
