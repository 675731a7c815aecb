using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

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
        Assert.EndsWith(
            "keeps         test",
            await process.StandardOutput.ReadLineAsync() is var home && home!.StartsWith("home", StringComparison.Ordinal)
                ? await process.StandardOutput.ReadLineAsync()
                : home,
            StringComparison.Ordinal
        );
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new(address) };
        Assert.Equal("live", await client.GetStringAsync("health/live"));
        while (!(await client.GetAsync("health/ready")).IsSuccessStatusCode)
            await Task.Yield();
        Assert.Contains("varve_server_runs_waiting", await client.GetStringAsync("metrics"), StringComparison.Ordinal);
        var first = await client.GetAsync(login);
        Assert.Contains(
            first.Headers.GetValues("Set-Cookie"),
            c =>
                c.StartsWith("varve_session=", StringComparison.Ordinal)
                && c.Contains("httponly", StringComparison.OrdinalIgnoreCase)
                && c.Contains("samesite=strict", StringComparison.OrdinalIgnoreCase)
        );
        var again = await client.GetAsync(login);
        Assert.DoesNotContain(
            again.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : [],
            c => c.StartsWith("varve_session=", StringComparison.Ordinal)
        );
        Assert.Contains("was used already", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        var rest = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token);
        Assert.Equal((0, "Stopped.\n"), (process.ExitCode, rest));
    }

    [Fact]
    public async Task Asked_to_end_while_something_runs_it_ends_after_the_statement_and_the_next_run_goes_on()
    {
        using var box = await Sandbox.YearsAsync();
        using var process = Process.Start(Tool.Command(box.Folder, [.. Anywhere, "--db", box.Db]))!;
        var (address, login) = (await LineAsync(process, "Varve serves"), await LineAsync(process, "sign in"));
        using var client = new HttpClient { BaseAddress = new(address) };
        await client.GetAsync(login);
        client.DefaultRequestHeaders.Add("Origin", address.TrimEnd('/'));
        var asked = await client.PostAsync(
            "api/v1/connections/test/runs",
            new StringContent($$"""{"policies":["cpu"],"asOf":"{{Sandbox.AsOf}}"}""", System.Text.Encoding.UTF8, "application/json")
        );
        Assert.True(asked.IsSuccessStatusCode, await asked.Content.ReadAsStringAsync());
        using (var events = new StreamReader(await client.GetStreamAsync($"{asked.Headers.Location!.OriginalString}/events")))
        {
            var (line, done) = (await events.ReadLineAsync(), 0);
            for (; line is not null && done < 4; line = await events.ReadLineAsync())
                done += line == "event: step-done" ? 1 : 0;
            Assert.Equal(4, done);
        }

        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token);
        Assert.Equal(0, process.ExitCode);
        var history = LifecycleTests.Json(await box.RunAsync("history", "--output", "json")).GetProperty("runs")[0];
        Assert.Equal("stopped", history.GetProperty("status").GetString());
        Assert.InRange(history.GetProperty("stepsDone").GetInt32(), 4, history.GetProperty("steps").GetInt32() - 1);
        await box.GoesOnAsync();
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
    [InlineData("nourl.yaml:2:8: error VRV500: `connections.bad` has no `url`", "--config", "nourl.yaml")]
    [InlineData("wrong.yaml:1:15: error VRV500: `runs_at_once`", "--config", "wrong.yaml")]
    [InlineData("wrong.yaml:3:13: error VRV180", "--config", "wrong.yaml")]
    [InlineData("wrong.yaml:4:18: error VRV500", "--config", "wrong.yaml")]
    [InlineData("broken.yaml:2:1: error VRV500: This is not YAML", "--config", "broken.yaml")]
    [InlineData(
        "VRV505: The connection a: There is no password in the environment variable VARVE_NOBODY_SETS_THIS",
        "--config",
        "secret.yaml"
    )]
    [InlineData("VRV505: The home: ", "--home", "postgresql://ann@127.0.0.1:1/home?password_file=none.txt")]
    [InlineData("VRV505: The home: ", "--home", "postgresql://ann@127.0.0.1:1/home?password_stdin=true")]
    public async Task What_would_be_open_or_cannot_be_is_refused_before_it_starts(string says, string option, string value)
    {
        using var box = new Sandbox();
        box.Write("serve.yaml", "listen: http://127.0.0.1:0\nlisten_on: x\n");
        box.Write("nourl.yaml", "connections:\n  bad: { tenant: acme }\n");
        box.Write("wrong.yaml", "runs_at_once: 100\nconnections:\n  a: { url: \"nonsense://x\" }\ntrusted_proxies: nowhere\n");
        box.Write("broken.yaml", "home: [\n");
        box.Write(
            "secret.yaml",
            "listen: http://127.0.0.1:0\nconnections:\n  a: { url: \"postgresql://ann@127.0.0.1:1/x?password_env=VARVE_NOBODY_SETS_THIS\" }\n"
        );
        var refused = await Tool.InAsync(box.Folder, "serve", option, value);
        Assert.True(refused.ExitCode == 2, refused.Text);
        Assert.DoesNotContain("   at ", refused.Error, StringComparison.Ordinal);
        Assert.Contains(says, refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(box.Folder, "varve-home.duckdb")));
    }

    [Theory]
    [InlineData("duckdb:nowhere/home.duckdb")]
    [InlineData("duckdb:/proc/home.duckdb")]
    [InlineData("duckdb:text.duckdb")]
    [InlineData("postgresql://ann@127.0.0.1:1/home")]
    public async Task A_home_that_cannot_be_written_is_told_in_one_line(string home)
    {
        using var box = new Sandbox();
        box.Write("text.duckdb", "this is no database");
        var refused = await Tool.InAsync(box.Folder, [.. Anywhere, "--home", home]);
        Assert.True(refused.ExitCode == 4, refused.Text);
        Assert.StartsWith($"error  VRV504: The home {home}", refused.Error, StringComparison.Ordinal);
        Assert.Single(refused.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_port_that_is_in_use_is_told_in_one_line()
    {
        using var box = new Sandbox();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var refused = await Tool.InAsync(box.Folder, "serve", "--listen", $"http://{other.LocalEndpoint}");
        Assert.True(refused.ExitCode == 2, refused.Text);
        Assert.Equal(
            $"error  VRV503: Nothing can listen on http://{other.LocalEndpoint}/: another program listens there. End that program, or name another address with --listen or `listen:`.\n",
            refused.Error
        );
    }

    [Fact]
    public async Task A_container_asks_whether_it_is_ready()
    {
        using var box = new Sandbox();
        using var process = Process.Start(Tool.Command(box.Folder, Anywhere))!;
        var address = await LineAsync(process, "Varve serves");
        using (var client = new HttpClient { BaseAddress = new(address) })
        {
            while (!(await client.GetAsync("health/ready")).IsSuccessStatusCode)
                await Task.Yield();
        }

        var ready = await Tool.InAsync(box.Folder, "healthcheck", "--url", address);
        Assert.Equal((0, "ready\n", ""), (ready.ExitCode, ready.Out, ready.Error));
        var elsewhere = await Tool.InAsync(box.Folder, "healthcheck", "--url", $"{address}nowhere");
        Assert.Equal((1, ""), (elsewhere.ExitCode, elsewhere.Out));
        Assert.StartsWith($"not ready  {address}nowhere/health/ready answers 404", elsewhere.Error, StringComparison.Ordinal);
        process.Kill();
        await process.WaitForExitAsync();
        var gone = await Tool.InAsync(box.Folder, "healthcheck", "--url", address);
        Assert.Equal(1, gone.ExitCode);
        Assert.Contains("does not answer", gone.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await Tool.InAsync(box.Folder, "healthcheck", "--url", "nowhere")).ExitCode);
    }

    internal static async Task<string> LineAsync(Process process, string begins)
    {
        var line = await process.StandardOutput.ReadLineAsync();
        Assert.True(line?.StartsWith(begins, StringComparison.Ordinal), line ?? await process.StandardError.ReadToEndAsync());
        return line!.Split(' ', StringSplitOptions.RemoveEmptyEntries).First(w => w.StartsWith("http", StringComparison.Ordinal));
    }
}
