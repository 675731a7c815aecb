using System.Diagnostics;

namespace Varve.Apps.Tests;

/// <summary>Archives, tiers that are no longer kept, and a person's word: through a server as on the database itself.</summary>
public sealed class RemoteArchiveTests
{
    private static readonly string[][] s_acts =
    [
        ["run", "--as-of", Sandbox.AsOf, "--yes"],
        ["archive", "list", "-o", "json"],
        ["archive", "verify", "cpu", "-o", "json"],
        ["archive", "verify", "cpu", "--again"],
        ["restore", "cpu", "--from", "2025-03-02", "--to", "2025-03-03"],
        ["restore", "cpu", "--from", "2025-03-02", "--to", "2025-03-03"],
        ["restore", "cpu", "--from", "2025-03-03", "--to", "2025-03-04", "--into", "third", "-o", "json"],
        ["restore", "cpu", "--from", "2031-03-03", "--to", "2031-03-04", "--into", "none"],
        ["verify", "cpu", "--accept", "-o", "json"],
        ["verify", "cpu", "--adopt", "-o", "json"],
        ["policy", "accept-types", "cpu"],
        ["policy", "adopt-source", "cpu"],
        ["apply", "one.yaml"],
        ["policy", "retire", "cpu"],
        ["policy", "retire", "cpu", "--drop"],
        ["policy", "retire", "cpu", "--drop", "-o", "json"],
        ["archive", "prune", "--older-than", "1d"],
        ["archive", "prune", "cpu", "--older-than", "1d", "-o", "json"],
        ["archive", "prune", "--older-than", "1d", "--yes"],
        ["archive", "prune", "--older-than", "1d"],
    ];

    [Fact]
    public async Task It_is_done_and_said_in_the_same_way()
    {
        var ((here, to), (box, its)) = (await PreparedAsync(), await PreparedAsync());
        using var own = here;
        await using var there = await ServedBox.OfAsync(box, ("VARVE_ARCHIVE_COLD", its));
        foreach (var act in s_acts)
        {
            var said = await Task.WhenAll(HereAsync(here, to, act), there.RunAsync(act));
            Assert.Equal(Plain(said[0], to), Plain(said[1], its));
        }

        await there.EndAsync();
        foreach (var rows in new[] { "SELECT count(*) FROM cpu_restored", "SELECT count(*) FROM third", "SELECT count(*) FROM cpu" })
            Assert.Equal(here.Count(rows), there.Box.Count(rows));
        Assert.Equal(Directory.GetFiles(to, "*", SearchOption.AllDirectories), Directory.GetFiles(its, "*", SearchOption.AllDirectories));
    }

    private static Task<Transcript> HereAsync(Sandbox box, string cold, IReadOnlyList<string> args)
    {
        ProcessStartInfo start = Tool.Command(box.Folder, [.. args, "--db", box.Db]);
        start.Environment["VARVE_ARCHIVE_COLD"] = cold;
        return Tool.EndAsync(start);
    }

    private static async Task<(Sandbox Box, string Cold)> PreparedAsync()
    {
        var box = await Sandbox.AppliedAsync("7d\narchive: cold");
        var yaml = await File.ReadAllTextAsync(Path.Combine(box.Folder, "cpu.yaml"));
        box.Write("one.yaml", yaml.Replace("  - { every: 1d, keep: forever }\n", "", StringComparison.Ordinal));
        return (box, Directory.CreateDirectory(Path.Combine(box.Folder, "cold")).FullName);
    }

    // What was said, and with which exit code; where the archive is differs.
    private static string Plain(Transcript said, string cold) =>
        $"{said.ExitCode} {RemoteActingTests.Plain(said.Text.Replace(cold, "COLD", StringComparison.Ordinal))}";
}
