using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Varve.Server.Access;

namespace Varve.Server.Tests.Ui;

/// <summary>A real Chromium, and a server of its own whose pages it looks at.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string? Executable = new[]
    {
        Environment.GetEnvironmentVariable("VARVE_CHROMIUM"),
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    }.FirstOrDefault(File.Exists);

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    internal ServedDatabase Served { get; } =
        new()
        {
            Quotas = new(
                new Dictionary<string, long>
                {
                    ["runs_at_once"] = 4,
                    ["rows_removed_per_day"] = 25_000,
                    ["requests_per_second"] = 500,
                },
                new Dictionary<string, IReadOnlyDictionary<string, long>>
                {
                    ["other"] = new Dictionary<string, long> { ["policies"] = 1, ["schedules"] = 2 },
                }
            ),
        };

    public async ValueTask InitializeAsync()
    {
        await Served.InitializeAsync();
        if (Executable is null)
            return;
        Assertions.SetDefaultExpectTimeout(20_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Executable, Args = ["--no-sandbox", "--disable-dev-shm-usage"] }
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        await Served.DisposeAsync();
    }

    /// <summary>A page of a browser that is signed in; whatever its console complains of is collected.</summary>
    /// <remarks>It has a session without coming to the door, which lets so many in a minute and no more.</remarks>
    internal async Task<(IPage Page, List<string> Complaints)> EnterAsync(bool dark = false, bool phone = false, string? zone = null)
    {
        var (page, complaints) = await OpenAsync(dark, phone, zone);
        var signIn = Served.Server.Services.GetRequiredService<SignIn>();
        var session = await signIn.BeginAsync(await signIn.OneTimeAsync(CancellationToken.None), CancellationToken.None);
        await page.Context.AddCookiesAsync([
            new()
            {
                Name = Gate.Cookie,
                Value = session!,
                Url = Served.Server.Address.ToString(),
                HttpOnly = true,
                SameSite = SameSiteAttribute.Strict,
            },
        ]);
        await page.GotoAsync("/");
        return (page, complaints);
    }

    /// <summary>A page of a browser that nobody has signed in.</summary>
    internal async Task<(IPage Page, List<string> Complaints)> OpenAsync(bool dark = false, bool phone = false, string? zone = null)
    {
        if (_browser is null && Environment.GetEnvironmentVariable("CI") is null)
            Assert.Skip("There is no Chromium here: install chromium, or say where it is with VARVE_CHROMIUM.");
        Assert.True(_browser is not null, "There is no Chromium here: install chromium, or say where it is with VARVE_CHROMIUM.");
        var context = await _browser.NewContextAsync(
            new()
            {
                ViewportSize = phone ? new() { Width = 360, Height = 740 } : new() { Width = 1280, Height = 860 },
                TimezoneId = zone,
                ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
                BaseURL = Served.Server.Address.ToString(),
            }
        );
        context.SetDefaultTimeout(20_000);
        var page = await context.NewPageAsync();
        List<string> complaints = [];
        page.Console += (_, message) =>
        {
            // What an answer refuses is told by the page, and by the browser's network log.
            if (message.Type is "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
                complaints.Add(message.Text);
        };
        page.PageError += (_, error) => complaints.Add(error);
        return (page, complaints);
    }
}

[CollectionDefinition(Name)]
public sealed class Browsing : ICollectionFixture<Browser>
{
    public const string Name = "browser";
}
