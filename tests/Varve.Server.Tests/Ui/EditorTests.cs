using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Varve.Server.Tests.Ui;

/// <summary>What helps people write: keys and values that complete a text, fields that edit it, files that it is kept in, clocks.</summary>
[Collection(Browsing.Name)]
public sealed class EditorTests(Browser browser)
{
    [Fact]
    public async Task Keys_and_values_are_completed_from_the_schema()
    {
        var (page, complaints) = await browser.EnterAsync();
        await page.GotoAsync("/c/metrics/new");
        var text = page.GetByLabel("The policy as YAML");
        await text.FillAsync("policy: x\ntable: cpu\ntime: ts\nmeasures:\n  load: [av");
        await text.PressAsync("Control+End");
        await text.PressAsync("Control+Space");
        await Expect(page.GetByRole(AriaRole.Option)).ToHaveTextAsync(["avg"]);
        await text.PressAsync("Enter");
        await page.Keyboard.TypeAsync("]\ntiers:\n  - { ");
        await page.Keyboard.TypeAsync("ev");
        await Expect(page.GetByRole(AriaRole.Option)).ToContainTextAsync(["every"]);
        await text.PressAsync("Enter");
        await page.Keyboard.TypeAsync("1");
        await text.PressAsync("Escape");
        await page.Keyboard.TypeAsync("h, kee");
        await text.PressAsync("Enter");
        await page.Keyboard.TypeAsync("for");
        await text.PressAsync("Enter");
        await page.Keyboard.TypeAsync(" }\npro");
        await Expect(page.GetByRole(AriaRole.Option)).ToContainTextAsync(["proof", "proof_changes"]);
        await text.PressAsync("Escape");
        Assert.Equal(
            "policy: x\ntable: cpu\ntime: ts\nmeasures:\n  load: [avg]\ntiers:\n  - { every: 1h, keep: forever }\npro",
            await text.InputValueAsync()
        );
        await Expect(page.GetByRole(AriaRole.Option)).ToHaveCountAsync(0);
        Assert.Empty(complaints);
    }

    /// <summary>Comments, and keys that the fields do not know, stay as they were written.</summary>
    [Fact]
    public async Task Fields_edit_the_text_and_leave_the_rest_of_it_alone()
    {
        var (page, complaints) = await browser.EnterAsync();
        await page.GotoAsync("/c/metrics/new");
        var text = page.GetByLabel("The policy as YAML");
        await text.FillAsync(
            "# kept by hand\npolicy: y\ntable: cpu\ntime: ts\nproof: full # not totals\nkeep: 30d # by law\ntiers: # two\n  - { every: 1h, keep: 90d } # fine\n\n  - every: 1d # coarse\n    name: day\nschedule: \"0 3 * * *\"\n"
        );
        await SetAsync("Keep source rows", "45d");
        await SetAsync("Keep 1h", "1y");
        await SetAsync("Keep 1d", "10y");
        await SetAsync("Wait for late rows", "2h");
        await SetAsync("Schedule", "*/15 * * * *");
        await page.GetByLabel("New layer of").FillAsync("1mo");
        await page.GetByLabel("kept for").FillAsync("forever");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a layer" }).ClickAsync();
        Assert.Equal(
            "# kept by hand\npolicy: y\ntable: cpu\ntime: ts\nproof: full # not totals\nkeep: 45d # by law\nlate: 2h\ntiers: # two\n  - { every: 1h, keep: 1y } # fine\n\n  - every: 1d # coarse\n    keep: 10y\n    name: day\n  - { every: 1mo, keep: forever }\nschedule: \"*/15 * * * *\"\n",
            await text.InputValueAsync()
        );
        await Expect(page.GetByLabel("Keep 1mo")).ToHaveValueAsync("forever");
        await SetAsync("Wait for late rows", "");
        Assert.DoesNotContain("late:", await text.InputValueAsync(), StringComparison.Ordinal);
        await text.FillAsync("policy: y\ntable: cpu\ntime: ts\nsource:\n  keep: 30d\n");
        await Expect(page.GetByLabel("Keep source rows")).ToBeDisabledAsync();
        Assert.Empty(complaints);

        async Task SetAsync(string label, string value)
        {
            await page.GetByLabel(label, new() { Exact = true }).FillAsync(value);
            await page.Keyboard.PressAsync("Tab");
        }
    }

    [Fact]
    public async Task A_text_that_is_kept_in_a_file_says_so_and_is_exported()
    {
        var (page, _) = await browser.EnterAsync();
        using var client = browser.Served.Client(Access.Role.Admin);
        await browser.Served.BuildSensorAsync(client, 6, more: "# managed-by: deploy/sensors.yaml\n");
        await page.GotoAsync("/c/metrics/p/sensor6");
        await Expect(page.Locator(".facts .managed")).ToHaveTextAsync("managed by file");
        await Expect(page.Locator("#text ~ .notice")).ToContainTextAsync("deploy/sensors.yaml");
        var exported = await page.RunAndWaitForDownloadAsync(() =>
            page.GetByRole(AriaRole.Button, new() { Name = "Export change" }).Or(page.GetByText("Export change")).ClickAsync()
        );
        Assert.Equal("sensor6.yaml", exported.SuggestedFilename);
    }

    [Fact]
    public async Task Times_are_shown_by_the_readers_clock_and_by_that_of_the_policy()
    {
        var (page, complaints) = await browser.EnterAsync(zone: "Asia/Tokyo");
        await page.GotoAsync("/c/metrics/p/cpu");
        var time = page.Locator(".facts time");
        var utc = await time.TextContentAsync();
        await page.Locator("[data-zone-switch]").ClickAsync();
        await Expect(page.Locator("[data-zone-switch]")).ToHaveTextAsync("Tokyo");
        await Expect(time).Not.ToHaveTextAsync(utc!);
        var at = DateTimeOffset.Parse((await time.GetAttributeAsync("datetime"))!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.StartsWith(
            at.ToOffset(TimeSpan.FromHours(9)).ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture),
            await time.TextContentAsync(),
            StringComparison.Ordinal
        );

        // It is remembered, and a page says by which clock it speaks.
        await page.GotoAsync("/runs");
        await Expect(page.Locator("[data-zone-switch]")).ToHaveTextAsync("Tokyo");
        Assert.Empty(complaints);
    }
}
