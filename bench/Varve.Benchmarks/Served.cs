using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Varve.Benchmarks;

/// <summary>A server as a process, with somebody who is signed in.</summary>
internal sealed class Served : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _admin;

    private Served(Process process, Uri address, HttpClient admin) => (_process, Address, _admin) = (process, address, admin);

    public Uri Address { get; }

    /// <summary>Processor time since it started.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public static async Task<Served> StartAsync(string program, string folder, params string[] args)
    {
        var start = new ProcessStartInfo(
            program,
            ["serve", "--listen", "http://127.0.0.1:0", "--home", $"duckdb:{Path.Combine(folder, "home.duckdb")}", .. args]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        var process = Process.Start(start)!;
        _ = process.StandardError.ReadToEndAsync();
        var address = new Uri(await WordAsync(process, "Varve serves"));
        var login = await WordAsync(process, "sign in");
        var admin = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), MaxConnectionsPerServer = 500 })
        {
            BaseAddress = address,
        };
        admin.DefaultRequestHeaders.Add("Origin", address.ToString().TrimEnd('/'));
        while (!(await admin.GetAsync("health/ready")).IsSuccessStatusCode)
            await Task.Delay(2);
        await admin.GetAsync(login);
        return new(process, address, admin);
    }

    /// <summary>Somebody with a token of their own, and so with a budget of requests of their own.</summary>
    public async Task<HttpClient> ReaderAsync(string name)
    {
        var made = await PostAsync(
            "api/v1/tokens",
            new
            {
                name,
                role = "operator",
                tenant = "*",
            }
        );
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", made.GetProperty("secret").GetString());
        return client;
    }

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        var answer = await _admin.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonSerializer.Deserialize<JsonElement>(text) : throw new InvalidOperationException(text);
    }

    public async Task<JsonElement> GetAsync(string path) => JsonSerializer.Deserialize<JsonElement>(await TextAsync(path));

    public Task<string> TextAsync(string path) => _admin.GetStringAsync(path);

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<string> WordAsync(Process process, string begins)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
            if (line.StartsWith(begins, StringComparison.Ordinal))
                return line[begins.Length..].Trim().Split(' ')[0];
        throw new InvalidOperationException("The server ended.");
    }
}
