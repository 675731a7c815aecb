using System.Diagnostics;
using System.Globalization;

namespace Varve.Apps.Tests;

/// <summary>The sample of an application that hosts Varve, as a process.</summary>
public sealed class HostedSampleTests
{
    [Fact]
    public async Task It_keeps_its_table_answers_for_its_health_and_ends_when_asked()
    {
        using var reader = new DocsReader();
        var start = new ProcessStartInfo("dotnet", [DocsReader.Built("samples/hosted", "Hosted")])
        {
            WorkingDirectory = reader.Folder,
            RedirectStandardOutput = true,
        };
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        using var process = Process.Start(start)!;
        var address = (await LineAsync(process, "Now listening on: ")).Split("on: ")[1];
        Assert.Contains("rows removed", await LineAsync(process, "rows written"), StringComparison.Ordinal);
        using var client = new HttpClient { BaseAddress = new(address) };
        Assert.Equal("Healthy", await client.GetStringAsync("health"));
        Assert.Contains("\"policy\":\"cpu\",\"state\":\"Done\"", await client.GetStringAsync("policies"), StringComparison.Ordinal);
        var ran = await client.PostAsync("run", null);
        Assert.True(ran.IsSuccessStatusCode, await ran.Content.ReadAsStringAsync());
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token);
        Assert.Equal(0, process.ExitCode);
    }

    private static async Task<string> LineAsync(Process process, string part)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            if (line.Contains(part, StringComparison.Ordinal))
                return line;
        throw new InvalidOperationException($"It ended without saying {part}.");
    }
}
