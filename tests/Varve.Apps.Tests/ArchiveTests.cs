using System.Text.Json;

namespace Varve.Apps.Tests;

public sealed class ArchiveTests
{
    [Fact]
    public async Task Rows_are_archived_listed_checked_restored_and_pruned()
    {
        using var box = await ArchivingAsync();
        var cold = $"cold={Cold(box)}";
        var list = Json(await box.RunAsync("archive", "list", "--output", "json")).GetProperty("parts");
        Assert.Equal(1, list.GetArrayLength());
        Assert.Equal(5832, list[0].GetProperty("rows").GetInt64());
        Assert.NotEqual(JsonValueKind.Null, list[0].GetProperty("provenAt").ValueKind);
        var verified = await box.RunAsync("archive", "verify", "--archive", cold);
        Assert.True(verified.ExitCode == 0, verified.Text);
        Assert.Contains("yes", verified.Out, StringComparison.Ordinal);
        var restored = Json(
            await box.RunAsync("restore", "cpu", "--archive", cold, "--from", "2025-03-02", "--to", "2025-03-03", "--output", "json")
        );
        Assert.Equal(("main.cpu_restored", 432), (restored.GetProperty("table").GetString(), restored.GetProperty("rows").GetInt32()));
        Assert.Equal(2, (await box.RunAsync("restore", "cpu", "--archive", cold)).ExitCode);
        var asked = await box.RunAsync("archive", "prune", "--older-than", "1d", "--archive", cold);
        Assert.True(asked.ExitCode == 5, asked.Text);
        Assert.Equal(0, (await box.RunAsync("archive", "prune", "--older-than", "1d", "--archive", cold, "--yes")).ExitCode);
        Assert.Empty(Directory.GetFiles(Cold(box), "*", SearchOption.AllDirectories));
        Assert.Contains("archive.pruned", (await box.RunAsync("audit")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_part_is_exit_code_5_and_says_what_to_do()
    {
        using var box = await ArchivingAsync();
        var part = Directory.GetFiles(Cold(box), "*.parquet", SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(part, "no rows");
        var verified = await box.RunAsync("archive", "verify", "--archive", $"cold={Cold(box)}");
        Assert.True(verified.ExitCode == 5, verified.Text);
        Assert.Contains("VRV343", verified.Out, StringComparison.Ordinal);
        Assert.Contains("was cut", verified.Out, StringComparison.Ordinal);
        var restored = await box.RunAsync("restore", "cpu", "--archive", $"cold={Cold(box)}");
        Assert.True(restored.ExitCode == 5, restored.Text);
        Assert.Contains("was cut", restored.Error, StringComparison.Ordinal);
        var again = await box.RunAsync("archive", "verify", "cpu", "--again", "--archive", $"cold={Cold(box)}");
        Assert.True(again.ExitCode == 5, again.Text);
        Assert.Contains("was cut", again.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_location_that_is_not_declared_is_named_with_its_variable()
    {
        using var box = await AppliedAsync();
        Assert.Contains("VARVE_ARCHIVE_COLD", (await box.RunAsync("check", "cpu.yaml")).Error, StringComparison.Ordinal);
        Assert.Contains("VARVE_ARCHIVE_COLD", (await box.RunAsync("plan", "--as-of", Sandbox.AsOf)).Out, StringComparison.Ordinal);
        var run = await box.RunAsync("run", "--as-of", Sandbox.AsOf, "--yes");
        Assert.True(run.ExitCode == 2, run.Text);
        Assert.Contains("VRV340", run.Error, StringComparison.Ordinal);
        Assert.Contains("VARVE_ARCHIVE_COLD", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_database_is_restored_from_what_stands_there()
    {
        using var box = await ArchivingAsync();
        var restored = await Tool.InAsync(
            box.Folder,
            "restore",
            "--policy",
            "cpu",
            "--from-location",
            "cold",
            "--archive",
            $"cold={Cold(box)}",
            "--db",
            "duckdb:new.duckdb"
        );
        Assert.True(restored.ExitCode == 0, restored.Text);
        Assert.Contains("5,832 rows", restored.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("--yes")]
    public async Task A_pruning_that_cannot_be_finished_is_said_by_every_run(params string[] yes)
    {
        using var box = await ArchivingAsync();
        var manifest = Directory.GetFiles(Cold(box), "*.json", SearchOption.AllDirectories).Single();
        File.Delete(manifest);
        Directory.CreateDirectory(manifest);
        Assert.Equal(4, (await box.RunAsync("archive", "prune", "--older-than", "1d", "--archive", $"cold={Cold(box)}", "--yes")).ExitCode);
        foreach (var asOf in (string[])[Sandbox.AsOf, "2025-04-12T10:20:30Z"])
        {
            var run = await box.RunAsync(["run", "--as-of", asOf, "--archive", $"cold={Cold(box)}", .. yes]);
            Assert.Contains("are being pruned, and that cannot be finished", run.Out, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("restore", "Say which policy")]
    [InlineData("restore cpu --policy cpu", "named twice")]
    [InlineData("restore cpu --into a..b", "empty part")]
    [InlineData("restore cpu --archive cold", "names no place")]
    [InlineData("restore cpu --archive cold=/a --archive COLD=/b", "a second time")]
    [InlineData("restore cpu --table a..b", "--table")]
    [InlineData("restore mem --location cold --archive cold=/", "holds nothing of mem")]
    [InlineData("archive prune", "--older-than")]
    [InlineData("archive prune --older-than 5", "--older-than")]
    [InlineData("archive verify --again", "one policy")]
    [InlineData("archive list mem", "no policy mem")]
    public async Task What_cannot_be_done_is_exit_code_2(string args, string said)
    {
        using var box = await AppliedAsync();
        var refused = await box.RunAsync(args.Split(' '));
        Assert.True(refused.ExitCode == 2, refused.Text);
        Assert.Contains(said, refused.Error, StringComparison.Ordinal);
    }

    private static string Cold(Sandbox box) => Directory.CreateDirectory(Path.Combine(box.Folder, "cold")).FullName;

    private static async Task<Sandbox> AppliedAsync()
    {
        var box = await Sandbox.AppliedAsync("7d\narchive: cold");
        return box;
    }

    private static async Task<Sandbox> ArchivingAsync()
    {
        var box = await AppliedAsync();
        var run = await box.RunAsync("run", "--as-of", Sandbox.AsOf, "--yes", "--archive", $"cold={Cold(box)}");
        Assert.True(run.ExitCode == 0, run.Text);
        return box;
    }

    private static JsonElement Json(Transcript transcript)
    {
        Assert.True(transcript.ExitCode == 0, transcript.Text);
        return JsonDocument.Parse(transcript.Out).RootElement;
    }
}
