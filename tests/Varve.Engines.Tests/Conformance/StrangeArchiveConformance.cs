using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 7: parts of another database, and of an older backup of this one.</summary>
public abstract class StrangeArchiveConformance(Func<ScratchDatabase> create) : ArchiveSuite(create)
{
    [Fact]
    public async Task Parts_of_another_database_are_not_written_over()
    {
        var (story, rows) = await BeginAsync();
        await story.RunWellAsync("2025-01-11");
        var before = await File.ReadAllBytesAsync(Cold.At(Cold.Parts[0]));
        await using var other = Create();
        var second = await OtherAsync(other, rows.Select(r => r with { Values = [r.Values[0], 3.0] }));
        var outcome = await second.RunAsync("2025-01-11");
        Assert.Contains("does not know", Assert.IsType<HaltException>(Assert.Single(outcome.Errors)).Message, StringComparison.Ordinal);
        Assert.Equal(240, (await second.SourceAsync()).Count);
        Assert.Equal(before, await File.ReadAllBytesAsync(Cold.At(Cold.Parts[0])));
    }

    [Fact]
    public async Task A_database_of_an_older_backup_takes_up_what_was_archived_since()
    {
        var (story, rows) = await BeginAsync();
        await story.RunWellAsync("2025-01-11");
        await story.RunWellAsync("2025-01-13");
        await using var older = Create();
        var restored = await OtherAsync(older, rows);
        await restored.RunWellAsync("2025-01-12");
        Same(Since(rows, "2025-01-05"), await restored.SourceAsync());
        await restored.RunWellAsync("2025-01-14");
        await RestoreAsync(restored);
        Same(Before(rows, "2025-01-07"), await older.ReadAsync(Cpu() with { Name = new("m", "cpu_restored") }));
        Assert.Empty((await restored.WithAsync(l => l.VerifyArchivesAsync([]))).Unknown);
    }

    /// <summary>Another database with a policy of the same name that archives to the same place.</summary>
    private async Task<Story> OtherAsync(ScratchDatabase db, IEnumerable<SourceRow> rows)
    {
        var story = await Story.BeginAsync(db, Cpu(), null, rows);
        story.Archives = Cold.Declared;
        await story.ApplyAsync(Policy(Kept, "count, max"));
        return story;
    }
}
