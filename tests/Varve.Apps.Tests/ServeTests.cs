using System.Diagnostics;
using System.Globalization;

namespace Varve.Apps.Tests;

/// <summary><c>varve serve</c> as a process.</summary>
public sealed class ServeTests
{
    private static readonly string[] Anywhere = ["serve", "--listen", "http://127.0.0.1:0"];

    [Fact]
    public async Task It_says_where_it_is_signs_one_browser_in_and_ends_when_asked()
    {
        using var box = await Sandbox.AppliedAsync();
        using var process = Process.Start(Tool.Command(box.Folder, [.. Anywhere, "--db", box.Db]))!;
        var (address, login) = (await LineAsync(process, "Varve serves"), await LineAsync(process, "sign in"));
        Assert.EndsWith("keeps         test", await process.StandardOutput.ReadLineAsync() is var home && home!.StartsWith("home", StringComparison.Ordinal) ? await process.StandardOutput.ReadLineAsync() : home, StringComparison.Ordinal);
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new(address) };
        Assert.Equal("live", await client.GetStringAsync("health/live"));
        while (!(await client.GetAsync("health/ready")).IsSuccessStatusCode) await Task.Yield();
        Assert.Contains("varve_server_runs_waiting", await client.GetStringAsync("metrics"), StringComparison.Ordinal);
        var first = await client.GetAsync(login);
        Assert.Contains(first.Headers.GetValues("Set-Cookie"), c => c.StartsWith("varve_session=", StringComparison.Ordinal) && c.Contains("httponly", StringComparison.OrdinalIgnoreCase) && c.Contains("samesite=strict", StringComparison.OrdinalIgnoreCase));
        var again = await client.GetAsync(login);
        Assert.DoesNotContain(again.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : [], c => c.StartsWith("varve_session=", StringComparison.Ordinal));
        Assert.Contains("was used already", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        var rest = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token);
        Assert.Equal((0, "Stopped.\n"), (process.ExitCode, rest));
    }

    [Fact]
    public async Task Two_servers_on_one_home_are_one_too_many()
    {
        using var box = await Sandbox.AppliedAsync();
        using var process = Process.Start(Tool.Command(box.Folder, [.. Anywhere]))!;
        await LineAsync(process, "Varve serves");
        var second = await Tool.InAsync(box.Folder, Anywhere);
        process.Kill();
        Assert.Equal(6, second.ExitCode);
        Assert.Contains("varve-home.duckdb", second.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("VRV502", "--listen", "http://0.0.0.0:8642")]
    [InlineData("VRV502", "--listen", "http://192.0.2.1:8642")]
    [InlineData("VRV500", "--listen", "https://127.0.0.1:8642")]
    [InlineData("VRV500", "--listen", "nowhere")]
    [InlineData("VRV500", "--config", "missing.yaml")]
    [InlineData("serve.yaml:2:1: ", "--config", "serve.yaml")]
    [InlineData("the connection bad has no `url`", "--config", "nourl.yaml")]
    public async Task What_would_be_open_or_cannot_be_is_refused_before_it_starts(string says, string option, string value)
    {
        using var box = new Sandbox();
        box.Write("serve.yaml", "listen: http://127.0.0.1:0\nlisten_on: x\n");
        box.Write("nourl.yaml", "connections:\n  bad: { tenant: acme }\n");
        var refused = await Tool.InAsync(box.Folder, "serve", option, value);
        Assert.True(refused.ExitCode == 2, refused.Text);
        Assert.Contains(says, refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(box.Folder, "varve-home.duckdb")));
    }

    private static async Task<string> LineAsync(Process process, string begins)
    {
        var line = await process.StandardOutput.ReadLineAsync();
        Assert.True(line?.StartsWith(begins, StringComparison.Ordinal), line ?? await process.StandardError.ReadToEndAsync());
        return line!.Split(' ', StringSplitOptions.RemoveEmptyEntries).First(w => w.StartsWith("http", StringComparison.Ordinal));
    }
}
