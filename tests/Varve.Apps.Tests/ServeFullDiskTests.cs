using System.Net.Http.Json;
using System.Text.Json;

namespace Varve.Apps.Tests;

/// <summary>No room is left for the home of a server.</summary>
public sealed class ServeFullDiskTests
{
    /// <summary>What was answered is there, what was refused is not, and it goes on once there is room.</summary>
    [Fact]
    public async Task What_there_is_no_room_for_is_said_so_and_nothing_else_is_lost()
    {
        using var box = new Sandbox();
        box.Write("serve.yaml", "listen: http://127.0.0.1:0\n");
        await using var server = new ServeProcess(box.Folder);
        await server.StartAsync();
        await server.KillAsync();
        var size = new DirectoryInfo(box.Folder).GetFiles("varve-home*").Max(f => f.Length) / 1024;
        await server.StartAsync(size + 150);
        List<string> made = [];
        HttpResponseMessage answer;
        do
        {
            Assert.True(made.Count < 3_000, "There was room for all of them.");
            answer = await server.Client.PostAsJsonAsync(
                "api/v1/tokens",
                new { name = $"{made.Count:D4}{new string('x', 90)}", role = "viewer" }
            );
            if (answer.IsSuccessStatusCode)
                made.Add((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString()!);
        } while (answer.IsSuccessStatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(problem.GetProperty("code").GetString() == "VRV405", problem.ToString());
        Assert.Equal("live", await server.Client.GetStringAsync("health/live"));

        await server.KillAsync();
        await server.StartAsync();
        Assert.Equal(
            made.Count,
            (await server.GetAsync("tokens"))
                .GetProperty("tokens")
                .EnumerateArray()
                .Count(t => t.GetProperty("role").GetString() == "viewer")
        );
        using var last = new HttpClient { BaseAddress = server.Client.BaseAddress };
        last.DefaultRequestHeaders.Authorization = new("Bearer", made[^1]);
        Assert.True((await last.GetAsync("api/v1/me")).IsSuccessStatusCode);
        await server.TokenAsync("after");
        Assert.True((await server.GetAsync("audit/verdict")).GetProperty("holds").GetBoolean());
    }
}
