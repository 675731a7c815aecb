using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Varve.Server.Tests.Ui;

/// <summary>What a person does who has no mouse.</summary>
[Collection(Browsing.Name)]
public sealed class KeyboardTests(Browser browser)
{
    [Fact]
    public async Task Signing_in_changing_a_policy_saving_it_and_running_it_takes_no_mouse()
    {
        using var client = browser.Served.Client(Access.Role.Admin);
        await browser.Served.BuildSensorAsync(client, 5);
        var (page, complaints) = await browser.OpenAsync();
        await page.GotoAsync("/");
        await TabToAsync(page, page.GetByLabel("Token"));
        await page.Keyboard.TypeAsync(browser.Served.Token(Access.Role.Operator));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Policies");
        await TabToAsync(page, page.GetByRole(AriaRole.Link, new() { Name = "sensor5", Exact = true }));
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, page.GetByLabel("The policy as YAML"));
        await page.Keyboard.PressAsync("Control+End");
        await page.Keyboard.TypeAsync("\ntags: [kept]");
        await Expect(page.Locator("#preview .fine").First).ToContainTextAsync("No mistakes.");
        await TabToAsync(page, page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".facts")).ToContainTextAsync("kept");
        await TabToAsync(page, page.GetByRole(AriaRole.Button, new() { Name = "Run now" }));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Run");
        await Expect(page.Locator("main > header .facts .badge")).ToHaveTextAsync("done");
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task The_keyboard_alone_reaches_everything()
    {
        using var client = browser.Served.Client(Access.Role.Admin);
        await browser.Served.BuildSensorAsync(client, 5);
        var (page, _) = await browser.EnterAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Skip to content" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#main")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Searchbox)).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("CPU");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h2").First).ToContainTextAsync("1 of ");
        await TabToAsync(page, page.Locator("a.name").First);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".crumb")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Fields_keep_the_focus_of_who_pauses_on_them_and_of_who_adds_a_layer()
    {
        using var client = browser.Served.Client(Access.Role.Admin);
        await browser.Served.BuildSensorAsync(client, 5);
        var (page, _) = await browser.EnterAsync();
        await page.GotoAsync("/c/metrics/p/sensor5");
        await page.GetByLabel("New layer of").FocusAsync();
        await page.Keyboard.TypeAsync("1w");
        var add = page.GetByRole(AriaRole.Button, new() { Name = "Add a layer" });
        await TabToAsync(page, add);
        await page.EvaluateAsync("() => new Promise(r => setTimeout(r, 100))");
        await Expect(add).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByLabel("The policy as YAML")).ToHaveValueAsync(new Regex(@"every: 1w, keep: forever"));
        await Expect(page.GetByLabel("New layer of")).ToBeFocusedAsync();
    }

    /// <summary>Goes there by the Tab key alone, and sees that the place of the focus is shown.</summary>
    private static async Task TabToAsync(IPage page, ILocator target)
    {
        await Expect(target).ToBeVisibleAsync();
        for (var presses = 0; presses < 120; presses++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (!await target.EvaluateAsync<bool>("e => e === document.activeElement"))
                continue;
            Assert.True(
                await target.EvaluateAsync<bool>(
                    "e => e.closest('.write') ? getComputedStyle(e.closest('.write')).outlineStyle !== 'none' : getComputedStyle(e).outlineStyle !== 'none'"
                ),
                "The focus is not shown."
            );
            return;
        }

        Assert.Fail($"{target} is not reached by the keyboard.");
    }
}
