using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Varve.Apps.Tests;

/// <summary><c>varve serve</c> as a process over the database of a sandbox, and the tool as one that asks it.</summary>
internal sealed class ServedBox : IAsyncDisposable
{
    private readonly Process _server;
    private readonly Dictionary<string, string> _tokens = [];

    private ServedBox(Sandbox box, Process server, string address) => (Box, _server, Address) = (box, server, address);

    internal Sandbox Box { get; }

    /// <summary>Where it listens.</summary>
    internal string Address { get; }

    /// <summary>Serves the database of a sandbox, which goes with it.</summary>
    internal static async Task<ServedBox> OfAsync(Sandbox box, params (string Name, string Value)[] environment)
    {
        var start = Tool.Command(box.Folder, ["serve", "--listen", "http://127.0.0.1:0", "--db", box.Db]);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var server = Process.Start(start)!;
        var served = new ServedBox(box, server, await ServeTests.LineAsync(server, "Varve serves"));
        using var client = new HttpClient { BaseAddress = new(served.Address) };
        await client.GetAsync(await ServeTests.LineAsync(server, "sign in"));
        client.DefaultRequestHeaders.Add("Origin", served.Address.TrimEnd('/'));
        foreach (var role in new[] { "Viewer", "Operator", "Admin" })
        {
            var made = await client.PostAsJsonAsync(
                "api/v1/tokens",
                new { name = role.ToLowerInvariant(), role = role.ToLowerInvariant() }
            );
            Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());
            served._tokens[role] = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString()!;
        }

        return served;
    }

    /// <summary>The tool as it is called for this server, with a token in its environment.</summary>
    internal ProcessStartInfo Command(string? role, params IReadOnlyList<string> args)
    {
        var start = Tool.Command(Box.Folder, [.. args, "--server", Address]);
        start.Environment["VARVE_TOKEN"] = role is null ? "" : _tokens[role];
        return start;
    }

    internal string Token(string role) => _tokens[role];

    /// <summary>Runs the tool on the server, as an administrator.</summary>
    internal Task<Transcript> RunAsync(params IReadOnlyList<string> args) => Tool.EndAsync(Command("Admin", args));

    /// <summary>The same on the database itself, which the server gives back between two questions.</summary>
    internal Task<Transcript> HereAsync(params IReadOnlyList<string> args) => Box.RunAsync([.. args, "--wait", "30s"]);

    internal void Kill() => _server.Kill();

    /// <summary>Asks the server to end, and waits until it has.</summary>
    internal Task EndAsync()
    {
        Signal(_server, "TERM");
        return _server.WaitForExitAsync();
    }

    internal void Signal(Process process, string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        _server.Kill();
        await _server.WaitForExitAsync();
        _server.Dispose();
        Box.Dispose();
    }
}
