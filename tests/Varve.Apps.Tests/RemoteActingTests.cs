using System.Text.RegularExpressions;

namespace Varve.Apps.Tests;

/// <summary>What is done through a server is done, and said, as on the database itself.</summary>
public sealed partial class RemoteActingTests
{
    private static readonly string[][] s_acts =
    [
        ["apply", "cpu.yaml", "-o", "json"],
        ["apply", "less.yaml", "--expect-revision", "1"],
        ["policy", "hold", "cpu", "--from", "2025-03-01", "--to", "2025-03-02", "--reason", "a case", "--relation", "source"],
        ["policy", "hold", "cpu", "--reason", "no such tier", "--relation", "5h"],
        ["run", "--as-of", Sandbox.AsOf],
        ["run", "--as-of", Sandbox.AsOf, "--yes", "--output", "ndjson"],
        ["status", "--as-of", Sandbox.AsOf],
        ["policy", "release", "cpu", "--all", "-o", "json"],
        ["policy", "release", "cpu", "--id", "nothing"],
        ["invalidate", "cpu", "--from", "2025-03-15", "--to", "2025-03-17"],
        ["erase", "cpu", "--where", "host=host1", "--from", "2025-03-18", "--yes", "-o", "json"],
        ["erase", "cpu", "--where", "nothing=1", "--yes"],
        ["relocate", "undo", "cpu", "--arrived"],
        ["relocate", "resume", "cpu", "-o", "json"],
        ["repair"],
        ["run", "--as-of", Sandbox.AsOf, "--quiet"],
        ["policy", "delete", "cpu"],
        ["run", "cpu"],
    ];

    [Fact]
    public async Task It_is_done_and_said_in_the_same_way()
    {
        using var here = await PreparedAsync();
        await using var there = await ServedBox.OfAsync(await PreparedAsync());
        foreach (var act in s_acts)
        {
            var said = await Task.WhenAll(here.RunAsync(act), there.RunAsync(act));
            Assert.Equal(Plain(said[0].Text), Plain(said[1].Text));
        }

        // The server has the file until it ends.
        await there.EndAsync();
        foreach (
            var rows in new[] { "SELECT count(*) FROM cpu", "SELECT count(*) FROM cpu_1h", "SELECT sum(load_max)::BIGINT FROM cpu_1d" }
        )
            Assert.Equal(here.Count(rows), there.Box.Count(rows));
    }

    private static async Task<Sandbox> PreparedAsync()
    {
        var box = await Sandbox.AppliedAsync();
        var yaml = await File.ReadAllTextAsync(Path.Combine(box.Folder, "cpu.yaml"));
        box.Write("less.yaml", yaml.Replace("keep: forever\n", "keep: 9d\n", StringComparison.Ordinal));
        return box;
    }

    /// <summary>Without what is never the same twice: ids, hashes, clocks, how long it took, and how wide that is.</summary>
    internal static string Plain(string text) =>
        Spaces().Replace(Clock().Replace(Took().Replace(Hash().Replace(text, "#"), "some time"), "now"), " ");

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();

    [GeneratedRegex("[0-9a-f]{64}|[0-9a-f]{8}-[0-9a-f]{4}(-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})?|[0-9a-f]{12}|[0-9a-f]{8,16}(?= )")]
    private static partial Regex Hash();

    [GeneratedRegex(@"(?<=""elapsedSeconds"": ?)[0-9.eE-]+|[0-9.]+ (ms|s|µs)\b")]
    private static partial Regex Took();

    [GeneratedRegex(@"20(2[6-9]|[3-9]\d)-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?Z?")]
    private static partial Regex Clock();
}
