using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using NodaTime;
using Varve.Server.Access;
using Varve.Server.Home;
using Varve.Server.Notices;
using static Microsoft.Playwright.Assertions;

namespace Varve.Server.Tests.Ui;

/// <summary>What is done by hand, on the pages: it says what goes before it goes.</summary>
[Collection(Browsing.Name)]
public sealed class CarePageTests(Browser browser)
{
    [Fact]
    public async Task Rows_are_held_released_and_erased_and_each_says_first_what_goes()
    {
        using var client = browser.Served.Client(Role.Admin);
        await browser.Served.BuildSensorAsync(client, 1);
        var (page, complaints) = await browser.EnterAsync();
        await page.GotoAsync("/c/metrics/p/sensor1");
        await page.GetByRole(AriaRole.Link, new() { Name = "Care" }).ClickAsync();
        var holds = page.Locator("section[aria-labelledby=holds]");
        await holds.GetByLabel("Why").FillAsync("case 4711");
        await holds.GetByLabel("From").FillAsync("2026-01-05");
        await holds.GetByLabel("To", new() { Exact = true }).FillAsync("2026-01-06");
        await holds.GetByRole(AriaRole.Button, new() { Name = "Hold", Exact = true }).ClickAsync();
        await Expect(holds.Locator("tbody tr")).ToContainTextAsync("case 4711");

        var erase = page.Locator("section[aria-labelledby=erase]");
        await erase.GetByLabel("Which rows").FillAsync("host=host1");
        await erase.GetByLabel("To", new() { Exact = true }).FillAsync("2026-01-03");
        await erase.GetByRole(AriaRole.Button, new() { Name = "Erase" }).ClickAsync();
        await Expect(erase.Locator(".brake")).ToContainTextAsync("24 rows of the source");
        await Expect(erase.GetByRole(AriaRole.Button, new() { Name = "Keep it" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(erase.Locator(".brake")).ToBeHiddenAsync();
        await erase.GetByRole(AriaRole.Button, new() { Name = "Erase" }).ClickAsync();
        await erase.GetByRole(AriaRole.Button, new() { Name = "Let it go" }).ClickAsync();
        await Expect(page.Locator(".toast")).ToHaveTextAsync("It is done.");

        await page.GetByRole(AriaRole.Button, new() { Name = "Release" }).ClickAsync();
        await Expect(holds.Locator(".brake")).ToContainTextAsync("case 4711");
        await holds.GetByRole(AriaRole.Button, new() { Name = "Let it go" }).ClickAsync();
        await Expect(holds).ToContainTextAsync("Nothing is held.");

        var again = page.Locator("section[aria-labelledby=again]");
        await again.GetByLabel("From").FillAsync("2026-01-10");
        await again.GetByLabel("To", new() { Exact = true }).FillAsync("2026-01-11");
        await again.GetByRole(AriaRole.Button, new() { Name = "Mark them" }).ClickAsync();
        await Expect(page.Locator(".toast")).ToHaveTextAsync("4 invalidated.");
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_window_leads_to_its_steps_and_is_compared_with_what_it_was_built_from()
    {
        using var client = browser.Served.Client(Role.Admin);
        await browser.Served.BuildSensorAsync(client, 2);
        var (page, complaints) = await browser.EnterAsync();
        await page.GotoAsync("/c/metrics/p/sensor2");
        await page.Locator(".windows a", new() { Has = page.Locator("rect.w-covered") }).First.ClickAsync();
        await Expect(page.Locator(".known")).ToContainTextAsync("proven to agree");
        await Expect(page.Locator(".step").First).ToContainTextAsync("rollup");
        await page.GetByText("What was run").First.ClickAsync();
        await Expect(page.Locator(".sql").First).ToContainTextAsync("INSERT");
        await page.GetByRole(AriaRole.Link, new() { Name = "Compare it now" }).ClickAsync();
        await Expect(page.Locator("section[aria-labelledby=known] .badge")).ToHaveTextAsync("agrees");
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task Archived_rows_are_read_back_restored_and_pruned()
    {
        using var client = browser.Served.Client(Role.Admin);
        await browser.Served.BuildSensorAsync(client, 3, "10d", "archive: cold\n");
        var (page, complaints) = await browser.EnterAsync();
        await page.GotoAsync("/archives/metrics");
        var own = page.Locator("section[aria-labelledby=of-sensor3]");
        await Expect(own.Locator("tbody tr").First).ToContainTextAsync("cold");
        await own.GetByLabel("Into the table").FillAsync("shown_again");
        await own.GetByRole(AriaRole.Button, new() { Name = "Restore" }).ClickAsync();
        await Expect(page.Locator(".toast")).ToContainTextAsync("are in shown_again.");
        await page.GetByRole(AriaRole.Link, new() { Name = "Read every part back" }).ClickAsync();
        await Expect(page.Locator("section[aria-labelledby=report] .badge")).ToHaveTextAsync("as written");
        var care = page.Locator("section[aria-labelledby=care]");
        await care.GetByLabel("Remove parts older than").FillAsync("1d");
        await care.GetByRole(AriaRole.Button, new() { Name = "Prune" }).ClickAsync();
        await Expect(care.Locator(".brake")).ToContainTextAsync("they are in no other place");
        await care.GetByRole(AriaRole.Button, new() { Name = "Let it go" }).ClickAsync();
        await Expect(page.Locator(".toast")).ToHaveTextAsync("It is done.");
        await Expect(own).ToHaveCountAsync(0);
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_notice_that_did_not_arrive_is_sent_again()
    {
        var services = browser.Served.Server.Services;
        var (home, table) = (services.GetRequiredService<HomeDatabase>(), services.GetRequiredService<DeliveryTable>());
        var notice = new Notice(
            "n-1",
            NoticeKind.Failed,
            home.Now(),
            "acme",
            "metrics",
            "cpu",
            null,
            null,
            "VRV401",
            "no room for notice d-1"
        );
        await home.WriteAsync(
            (s, token) =>
                table.AddAsync(
                    s,
                    new(
                        "d-1",
                        "nobody",
                        "acme",
                        "failed",
                        JsonSerializer.Serialize(notice, ServerJson.Options),
                        home.Now() - Duration.FromHours(1),
                        0,
                        home.Now() + Duration.FromHours(9),
                        DeliveryState.Waiting,
                        null
                    ),
                    token
                ),
            default
        );
        await table.TriedAsync("d-1", 9, DeliveryState.Dead, null, "it answered 503", home.Now(), default);
        var (page, complaints) = await browser.EnterAsync();
        await page.GotoAsync("/notices");
        var row = page.Locator("section[aria-labelledby=dead] tr", new() { HasText = "no room for notice d-1" });
        await Expect(row).ToContainTextAsync("it answered 503");
        await row.GetByRole(AriaRole.Button, new() { Name = "Send again" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Notices");
        await Expect(row).ToHaveCountAsync(0);
        Assert.Empty(complaints);
    }
}
