using Varve.Archiving;
using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Archives that somebody touched, and places that refuse: nothing is removed, and the message says what to do.</summary>
public abstract class BrokenArchiveConformance(Func<ScratchDatabase> create) : ArchiveSuite(create)
{
    [Theory]
    [Rule("proof-archive")]
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
        Same(
            [.. Before(rows, "2025-01-04"), .. Since(rows, "2025-01-06"), .. Every("2025-01-11", "2025-01-13", "1h")],
            await story.SourceAsync()
        );
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
        Assert.Single((await story.WithAsync(l => l.ArchiveAgainAsync(story.Policy.Name))).Parts);
        await story.RunWellAsync("2025-01-11");
        Assert.EndsWith("_2.parquet", (await story.WithAsync(l => l.ArchivesAsync([])))[0].File, StringComparison.Ordinal);
        Same(Before(rows, "2025-01-04"), await ReadAsync((await RestoreAsync(story)).Table));
        Break(Cold.At(Cold.Parts[^1]), how);
        var left = await story.WithAsync(l => l.ArchiveAgainAsync(story.Policy.Name));
        Assert.Empty(left.Parts);
        Assert.Contains("_2.parquet", Assert.Single(left.Left).Problem!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ADD COLUMN note VARCHAR", "no column note")]
    [InlineData("RENAME COLUMN x TO y", "no column y")]
    [InlineData("DROP COLUMN x", "no column x any more")]
    [InlineData("ALTER COLUMN x TYPE VARCHAR", "x is INTEGER in it and VARCHAR in the table")]
    public async Task Rows_that_were_archived_before_the_table_changed_are_archived_again_where_a_person_says_so(string change, string said)
    {
        var (story, rows) = await BeginAsync(Policy("keep: 7d\narchive: cold", "count"));
        await Db.ExecuteAsync("ALTER TABLE m.cpu ADD COLUMN x INTEGER; UPDATE m.cpu SET x = 7");
        await ArchiveOnlyAsync(story, "2025-01-11");
        await Db.ExecuteAsync($"ALTER TABLE m.cpu {change}");
        var wait = Assert.Single((await story.RunAsync("2025-01-11")).Waits, w => w.NeedsPerson);
        Assert.Contains(said, wait.Reason, StringComparison.Ordinal);
        Assert.Contains(Cold.Parts[0], wait.Reason, StringComparison.Ordinal);
        Assert.Equal(240, await story.CountSourceAsync("2025-01-01", "2025-01-11"));
        var again = await story.WithAsync(l => l.ArchiveAgainAsync(story.Policy.Name));
        Assert.Equal((1, 0), (again.Parts.Count, again.Left.Count));
        await story.RunWellAsync("2025-01-11");
        Assert.Equal(168, await story.CountSourceAsync("2025-01-01", "2025-01-11"));
        Same(Before(rows, "2025-01-04"), await ReadAsync((await RestoreAsync(story)).Table));
        await story.RunWellAsync("2025-01-13");
        Assert.Equal(
            (0, 0),
            await story.WithAsync(async l =>
                await l.ArchiveAgainAsync(story.Policy.Name) is var none ? (none.Parts.Count, none.Left.Count) : default
            )
        );
    }

    [Fact]
    public async Task A_part_that_was_written_before_the_table_changed_stays_where_the_source_has_not_its_rows()
    {
        var (story, _) = await BeginAsync(Policy("keep: 7d\narchive: cold", "count"));
        await ArchiveOnlyAsync(story, "2025-01-11");
        await Db.ExecuteAsync("ALTER TABLE m.cpu ADD COLUMN note VARCHAR");
        await story.DeleteAsync("2025-01-02", "2025-01-02T01:00");
        var again = await story.WithAsync(l => l.ArchiveAgainAsync(story.Policy.Name));
        Assert.Empty(again.Parts);
        Assert.Contains("no column note", Assert.Single(again.Left).Problem!, StringComparison.Ordinal);
        Assert.Equal(2, Cold.Files.Count);
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
    public async Task A_part_that_an_ended_run_left_is_taken_up_as_it_is()
    {
        var (story, rows) = await BeginAsync();
        await ArchiveOnlyAsync(story, "2025-01-11");
        await Db.ExecuteAsync("DELETE FROM varve.archives");
        var left = Cold.Files.Select(f => (f, Convert.ToHexString(File.ReadAllBytes(Cold.At(f))))).ToList();
        await story.InsertAsync(Row("2025-01-02T00:30", 7));
        await story.RunWellAsync("2025-01-11");
        Assert.Equal(2, Cold.Parts.Count);
        Assert.All(left, l => Assert.Equal(l.Item2, Convert.ToHexString(File.ReadAllBytes(Cold.At(l.f)))));
        Same([.. Before(rows, "2025-01-04"), Row("2025-01-02T00:30", 7)], await ReadAsync((await RestoreAsync(story)).Table));
    }

    [Theory]
    [InlineData("2025-01-10")]
    [InlineData("2025-01-11")]
    [InlineData("2025-01-13")]
    public async Task A_run_that_was_killed_before_it_was_done_stops_no_later_one(string asOf)
    {
        var (story, rows) = await BeginAsync();
        await KilledAsync(story, "2025-01-11");
        await story.InsertAsync(Row("2025-01-02T00:30", 7), rows[5]);
        await story.RunWellAsync(asOf);
        await story.RunWellAsync("2025-01-13");
        Same(Since(rows, "2025-01-06"), await story.SourceAsync());
        await AgreesAsync(story, [.. Before(rows, "2025-01-06"), Row("2025-01-02T00:30", 7), rows[5]]);
    }

    [Fact]
    public async Task A_killed_run_of_late_rows_stops_no_later_one()
    {
        if (await IsRefusedAsync("VRV146", () => BeginAsync(Policy(Kept + "\nlate_after_expiry: merge", "count, max"))))
            return;
        var (story, rows) = await BeginAsync(Policy(Kept + "\nlate_after_expiry: merge", "count, max"));
        await story.RunWellAsync("2025-01-11");
        await story.InsertAsync(rows[5], rows[6]);
        await KilledAsync(story, "2025-01-11");
        await story.InsertAsync(rows[30]);
        await story.RunWellAsync("2025-01-12");
        Same(Since(rows, "2025-01-05"), await story.SourceAsync());
        await AgreesAsync(story, [.. Before(rows, "2025-01-05"), rows[5], rows[6], rows[30]]);
    }

    [Theory]
    [InlineData("one row is gone", "1 of the rows")]
    [InlineData("one of two equal rows is gone", "1 of the rows")]
    [InlineData("its rows are missing", "is missing")]
    [InlineData("its rows were altered", "was altered")]
    [InlineData("another table", "m.gpu")]
    [InlineData("other columns", "no column note")]
    [InlineData("known elsewhere", "`cold`")]
    public async Task A_part_that_may_be_the_only_copy_of_a_row_is_not_written_over(string how, string said)
    {
        var (story, rows) = await BeginAsync();
        if (how == "one of two equal rows is gone")
            await story.InsertAsync(rows[3]);
        if (how == "known elsewhere")
            await ArchiveOnlyAsync(story, "2025-01-11");
        else
            await KilledAsync(story, "2025-01-11");
        switch (how)
        {
            case "one row is gone":
                await story.DeleteAsync("2025-01-02", "2025-01-02T01:00");
                break;
            case "one of two equal rows is gone":
                await story.DeleteAsync("2025-01-01T03:00", "2025-01-01T04:00");
                await story.InsertAsync(rows[3]);
                break;
            case "its rows are missing":
                Break(Cold.At(Cold.Parts[0]), "missing");
                break;
            case "its rows were altered":
                Break(Cold.At(Cold.Parts[0]), "altered");
                break;
            case "another table":
                var path = Cold.At(Cold.Manifests[0]);
                await File.WriteAllTextAsync(
                    path,
                    (ArchiveManifest.Read(await File.ReadAllTextAsync(path)) with { Table = "m.gpu" }).Write()
                );
                break;
            case "other columns":
                await Db.ExecuteAsync("ALTER TABLE m.cpu ADD COLUMN note VARCHAR");
                break;
            default:
                story.Archives = new Dictionary<string, string> { ["warm"] = Cold.Folder };
                await story.ApplyAsync(Policy(Kept.Replace("cold", "warm", StringComparison.Ordinal), "count, max"));
                break;
        }

        var (files, before) = (Cold.Files, await story.SourceAsync());
        var error = Assert.IsType<HaltException>(Assert.Single((await story.RunAsync("2025-01-13")).Errors));
        Assert.Equal("VRV347", error.Code);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.Equal(files, Cold.Files);
        if (how != "other columns")
            Same(before, await story.SourceAsync());
    }

    [Fact]
    public async Task Equal_rows_of_two_parts_must_be_in_the_source_as_often()
    {
        var (story, rows) = await BeginAsync();
        await KilledAsync(story, "2025-01-11");
        var kept = Cold.Files.Select(f => (f, File.ReadAllBytes(Cold.At(f)))).ToList();
        foreach (var file in Cold.Files)
            File.Delete(Cold.At(file));
        await KilledAsync(story, "2025-01-12");
        foreach (var (file, bytes) in kept)
            await File.WriteAllBytesAsync(Cold.At(file), bytes);
        var error = Assert.IsType<HaltException>(Assert.Single((await story.RunAsync("2025-01-13")).Errors));
        Assert.Contains("72 of the rows", error.Message, StringComparison.Ordinal);
        Same(rows, await story.SourceAsync());
        Assert.Equal(4, Cold.Files.Count);
    }

    [Fact]
    public async Task That_is_so_too_for_a_part_that_only_overlaps_the_other_one()
    {
        var (story, rows) = await BeginAsync();
        await KilledAsync(story, "2025-01-12");
        var (from, to) = (At("2025-01-04T12:00"), At("2025-01-09"));
        var twin = ArchiveManifest.Read(await File.ReadAllTextAsync(Cold.At(Cold.Manifests[0]))) with
        {
            From = InstantText.Format(from),
            To = InstantText.Format(to),
        };
        var name = Cold.At(PartNames.Of(story.Policy.Name, new(from, to), 1));
        File.Copy(Cold.At(Cold.Parts[0]), name + ".parquet");
        await File.WriteAllTextAsync(name + ".json", twin.Write());
        var error = Assert.IsType<HaltException>(Assert.Single((await story.RunAsync("2025-01-10")).Errors));
        Assert.Contains("96 of the rows", error.Message, StringComparison.Ordinal);
        Same(rows, await story.SourceAsync());
    }

    [Fact]
    public async Task What_a_known_part_holds_is_not_counted_for_a_strange_one_too()
    {
        var (story, rows) = await BeginAsync();
        await KilledAsync(story, "2025-01-11");
        var kept = Cold.Files.Select(f => (f, File.ReadAllBytes(Cold.At(f)))).ToList();
        foreach (var file in Cold.Files)
            File.Delete(Cold.At(file));
        await ArchiveOnlyAsync(story, "2025-01-12");
        foreach (var (file, bytes) in kept)
            await File.WriteAllBytesAsync(Cold.At(file), bytes);
        await story.InsertAsync(Row("2025-01-02T00:30", 7));
        Assert.Contains(
            "72 of the rows",
            Assert.IsType<HaltException>(Assert.Single((await story.RunAsync("2025-01-12")).Errors)).Message,
            StringComparison.Ordinal
        );
        Same([.. rows, Row("2025-01-02T00:30", 7)], await story.SourceAsync());
    }

    [Theory]
    [InlineData("notes.json")]
    [InlineData("20250101T000000Z_20250104T000000Z_1 (copy).json")]
    [InlineData("._20250101T000000Z_20250104T000000Z_1.json")]
    [InlineData("folder.json")]
    [InlineData("20200101T000000Z_20200104T000000Z_1.json")]
    public async Task What_is_no_part_of_the_range_stops_nothing(string name)
    {
        var (story, rows) = await BeginAsync();
        await story.RunWellAsync("2025-01-11");
        var stray = Cold.At(Path.Combine(Path.GetDirectoryName(Cold.Parts[0])!, name));
        if (name == "folder.json")
            Directory.CreateDirectory(stray);
        else
            await File.WriteAllTextAsync(stray, "mine");
        await story.RunWellAsync("2025-01-13");
        Same(Since(rows, "2025-01-06"), await story.SourceAsync());
        await RestoreAsync(story, new() { Policy = story.Policy.Name, Range = TimeRange.Since(At("2025-01-01")) });
        Same(Before(rows, "2025-01-06"), await ReadAsync(new("m", "cpu_restored")));
        Assert.EndsWith(
            name,
            Assert.Single((await story.WithAsync(l => l.VerifyArchivesAsync([]))).Unknown).File,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_folder_in_place_of_a_manifest_is_no_crash()
    {
        var (story, _) = await BeginAsync();
        Directory.CreateDirectory(Cold.At(PartNames.Of(story.Policy.Name, new(At("2025-01-01"), At("2025-01-02")), 1) + ".json"));
        Assert.Equal("VRV345", Assert.IsType<HaltException>(Assert.Single((await story.RunAsync("2025-01-11")).Errors)).Code);
        Assert.Equal("VRV345", Assert.IsType<HaltException>(await Record.ExceptionAsync(() => RestoreAsync(story))).Code);
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
        Assert.Contains(
            "is a link",
            Assert.IsType<HaltException>(await Record.ExceptionAsync(() => RestoreAsync(story))).Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>A run that is ended when its first part and the manifest are there, and nothing is committed of them.</summary>
    private async Task KilledAsync(Story story, string asOf)
    {
        (story.Archives, story.ArchiveKinds) = (
            new Dictionary<string, string> { ["cold"] = "dying://here" },
            [new ArchiveKind("dying", _ => new DyingPlace(new FolderStore(Cold.Folder)) { Deletes = -1, Writes = 1 })]
        );
        Assert.IsType<DefectException>(Assert.Single((await story.RunAsync(asOf)).Errors));
        (story.Archives, story.ArchiveKinds) = (Cold.Declared, []);
    }

    private async Task AgreesAsync(Story story, IEnumerable<SourceRow> archived)
    {
        var report = await story.WithAsync(l => l.VerifyArchivesAsync([]));
        Assert.True(report.Agrees);
        Assert.Empty(report.Unknown);
        Same(archived, await ReadAsync((await RestoreAsync(story)).Table));
    }

    private static void Break(string part, string how)
    {
        if (how == "missing")
            File.Delete(part);
        else
        {
            var bytes = File.ReadAllBytes(part);
            if (how == "altered")
                bytes[bytes.Length / 2] ^= 1;
            File.WriteAllBytes(part, how == "cut" ? bytes[..^7] : bytes);
        }
    }
}
