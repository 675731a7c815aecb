using Varve.Engines.Tests.Scratch;
using Varve.Planning;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Archives that somebody touched, and places that refuse: nothing is removed, and the message says what to do.</summary>
public abstract class BrokenArchiveConformance(Func<ScratchDatabase> create) : ArchiveSuite(create)
{
    [Theory]
    [InlineData("missing", "missing")]
    [InlineData("cut", "was cut")]
    [InlineData("altered", "was altered")]
    [InlineData("manifest missing", "is missing")]
    [InlineData("manifest altered", "The manifest")]
    public async Task A_broken_part_halts_its_range_and_no_other(string how, string said)
    {
        var (story, rows) = await BeginAsync();
        await ArchiveOnlyAsync(story, "2025-01-11");
        var part = Cold.At(Assert.Single(how.StartsWith("manifest", StringComparison.Ordinal) ? Cold.Manifests : Cold.Parts));
        var whole = await File.ReadAllBytesAsync(part);
        Break(part, how.Replace("manifest ", "", StringComparison.Ordinal));
        await story.InsertAsync(Every("2025-01-11", "2025-01-13", "1h"));
        var outcome = await story.RunAsync("2025-01-13");
        Assert.Empty(outcome.Errors);
        var wait = Assert.Single(outcome.Waits, w => w.NeedsPerson);
        Assert.Contains(said, wait.Reason, StringComparison.Ordinal);
        Assert.Contains("archive verify", wait.Reason, StringComparison.Ordinal);
        Same([.. Before(rows, "2025-01-04"), .. Since(rows, "2025-01-06"), .. Every("2025-01-11", "2025-01-13", "1h")], await story.SourceAsync());
        var report = await story.WithAsync(l => l.VerifyArchivesAsync([]));
        Assert.False(report.Agrees);
        Assert.Contains(said, Assert.Single(report.Parts, p => p.Problem is not null).Problem!, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(part, whole);
        await story.RunWellAsync("2025-01-13");
        Assert.True((await story.WithAsync(l => l.VerifyArchivesAsync([]))).Agrees);
        Assert.Equal(0, await story.CountSourceAsync("2025-01-01", "2025-01-06"));
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("altered")]
    public async Task A_broken_part_is_archived_again_where_a_person_says_so(string how)
    {
        var (story, rows) = await BeginAsync();
        await ArchiveOnlyAsync(story, "2025-01-11");
        Break(Cold.At(Cold.Parts[0]), how);
        Assert.Single(await story.WithAsync(l => l.ArchiveAgainAsync(story.Policy.Name)));
        await story.RunWellAsync("2025-01-11");
        Assert.EndsWith("_2.parquet", (await story.WithAsync(l => l.ArchivesAsync([])))[0].File, StringComparison.Ordinal);
        Same(Before(rows, "2025-01-04"), await ReadAsync((await RestoreAsync(story)).Table));
        Break(Cold.At(Cold.Parts[^1]), how);
        Assert.Empty(await story.WithAsync(l => l.ArchiveAgainAsync(story.Policy.Name)));
    }

    [Fact]
    public async Task A_file_that_nobody_knows_is_shown_and_left_alone()
    {
        var (story, _) = await BeginAsync();
        await story.RunWellAsync("2025-01-11");
        await File.WriteAllTextAsync(Cold.At(Path.Combine(Path.GetDirectoryName(Cold.Parts[0])!, "notes.txt")), "mine");
        var report = await story.WithAsync(l => l.VerifyArchivesAsync([]));
        Assert.True(report.Agrees);
        Assert.EndsWith("/notes.txt", Assert.Single(report.Unknown).File, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_never_made()
    {
        var (story, rows) = await BeginAsync();
        story.Archives = new Dictionary<string, string> { ["cold"] = Cold.At("gone") };
        var error = Assert.IsType<EngineException>(Assert.Single((await story.RunAsync("2025-01-11")).Errors));
        Assert.Equal(EngineCodes.NoArchive, error.Code);
        Assert.False(Directory.Exists(Cold.At("gone")));
        Same(rows, await story.SourceAsync());
    }

    [Fact]
    public async Task A_place_that_refuses_leaves_every_row()
    {
        var (story, rows) = await BeginAsync();
        await File.WriteAllTextAsync(Cold.At(PartNames.Folder(story.Policy.Name)), "a file where the folder should be");
        var error = Assert.IsType<EngineException>(Assert.Single((await story.RunAsync("2025-01-11")).Errors));
        Assert.Equal(EngineCodes.ArchiveRefused, error.Code);
        Same(rows, await story.SourceAsync());
    }

    [Fact]
    public async Task A_full_place_leaves_every_row_and_no_half_a_part()
    {
        var (story, rows) = await BeginAsync();
        story.Archives = new Dictionary<string, string> { ["cold"] = "full://" };
        story.ArchiveKinds = [new("full", _ => new FullPlace(Cold.Folder))];
        var error = Assert.IsType<EngineException>(Assert.Single((await story.RunAsync("2025-01-11")).Errors));
        Assert.Equal(EngineCodes.ArchiveRefused, error.Code);
        Assert.Contains("no room is left", error.Message, StringComparison.Ordinal);
        Same(rows, await story.SourceAsync());
        Assert.Empty(Cold.Files);
    }

    [Fact]
    public async Task Parts_of_another_database_are_not_written_over()
    {
        var (story, rows) = await BeginAsync();
        await story.RunWellAsync("2025-01-11");
        var before = await File.ReadAllBytesAsync(Cold.At(Cold.Parts[0]));
        await using var other = Create();
        var second = await Story.BeginAsync(other, Cpu(), null, rows.Select(r => r with { Values = [r.Values[0], 3.0] }));
        second.Archives = Cold.Declared;
        await second.ApplyAsync(Policy(Kept, "count, max"));
        var outcome = await second.RunAsync("2025-01-11");
        Assert.Contains("does not know", Assert.IsType<HaltException>(Assert.Single(outcome.Errors)).Message, StringComparison.Ordinal);
        Assert.Equal(240, (await second.SourceAsync()).Count);
        Assert.Equal(before, await File.ReadAllBytesAsync(Cold.At(Cold.Parts[0])));
    }

    [Fact]
    public async Task A_part_that_an_ended_run_left_is_written_again()
    {
        var (story, rows) = await BeginAsync();
        await ArchiveOnlyAsync(story, "2025-01-11");
        await Db.ExecuteAsync("DELETE FROM varve.archives");
        await story.InsertAsync(Row("2025-01-02T00:30", 7));
        await story.RunWellAsync("2025-01-11");
        Assert.Single(Cold.Parts);
        Same([.. Before(rows, "2025-01-04"), Row("2025-01-02T00:30", 7)], await ReadAsync((await RestoreAsync(story)).Table));
    }

    [Fact]
    public async Task A_link_in_the_archive_is_refused()
    {
        var (story, rows) = await BeginAsync();
        await ArchiveOnlyAsync(story, "2025-01-11");
        var part = Cold.At(Cold.Parts[0]);
        File.Move(part, Cold.At("moved"));
        File.CreateSymbolicLink(part, Cold.At("moved"));
        var outcome = await story.RunAsync("2025-01-11");
        Assert.Contains("is a link", Assert.Single(outcome.Waits, w => w.NeedsPerson).Reason, StringComparison.Ordinal);
        Same(rows, await story.SourceAsync());
        Assert.Contains("is a link", Assert.IsType<HaltException>(await Record.ExceptionAsync(() => RestoreAsync(story))).Message, StringComparison.Ordinal);
    }

    private static void Break(string part, string how)
    {
        if (how == "missing") File.Delete(part);
        else
        {
            var bytes = File.ReadAllBytes(part);
            if (how == "altered") bytes[bytes.Length / 2] ^= 1;
            File.WriteAllBytes(part, how == "cut" ? bytes[..^7] : bytes);
        }
    }
}
