using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Varve.Apps.Tests;

/// <summary><c>varve serve</c> by the serve.yaml of a folder, killed and started again on the same home as often as a test likes.</summary>
internal sealed class ServeProcess(string folder, params (string Name, string Value)[] environment) : IAsyncDisposable
{
    private Process? _process;
    private string? _token;

    /// <summary>Its administrator; a new one after each start.</summary>
    internal HttpClient Client { get; private set; } = new();

    /// <summary>Starts it, and waits until it decides schedules.</summary>
    /// <param name="kilobytes">No file may be greater than that; null: as great as there is room.</param>
    internal async Task StartAsync(long? kilobytes = null)
    {
        var start = Tool.Command(folder, ["serve", "--config", "serve.yaml"]);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = Process.Start(kilobytes is { } most ? FullDiskTests.Limited(start, most) : start)!;
        Client = new() { BaseAddress = new(await ServeTests.LineAsync(_process, "Varve serves")) };
        if (_token is null)
        {
            await Client.GetAsync(await ServeTests.LineAsync(_process, "sign in"));
            Client.DefaultRequestHeaders.Add("Origin", Client.BaseAddress.ToString().TrimEnd('/'));
            _token = await TokenAsync("admin");
            Client = new() { BaseAddress = Client.BaseAddress };
        }

        // What it prints from here on is read away: a full pipe would hold it.
        _ = _process.StandardOutput.ReadToEndAsync();
        _ = _process.StandardError.ReadToEndAsync();
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        while (!(await Client.GetAsync("health/ready")).IsSuccessStatusCode)
            await Task.Delay(20);
    }

    /// <summary>Ends it as a power cut does.</summary>
    internal async Task KillAsync()
    {
        if (_process is not { } process)
            return;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        _process = null;
    }

    /// <summary>The secret of a new token.</summary>
    internal async Task<string> TokenAsync(string name)
    {
        var made = await Client.PostAsJsonAsync("api/v1/tokens", new { name, role = "admin" });
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());
        return (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString()!;
    }

    internal async Task<JsonElement> GetAsync(string path)
    {
        var answer = await Client.GetAsync($"api/v1/{path}");
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync()}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await KillAsync();
    }
}
