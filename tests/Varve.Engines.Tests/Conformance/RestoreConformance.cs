using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Varve.Archiving;
using Varve.Engines.Tests.Scratch;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.Conformance;

/// <summary>Semantics, section 5: a restore checks what it reads and what it writes, and never writes into a source.</summary>
public abstract class RestoreConformance(Func<ScratchDatabase> create) : ArchiveSuite(create)
{
    [Theory]
    [InlineData("2025-01-02T06:30", "2025-01-03")]
    [InlineData("2024-01-01", "2025-01-01T00:30")]
    [InlineData("2025-01-01", "2025-01-05")]
    public async Task Any_range_comes_back_to_the_row(string from, string to)
    {
        var (story, rows) = await ArchivedTwiceAsync();
        var result = await RestoreAsync(
            story,
            new()
            {
                Policy = story.Policy.Name,
                Range = new(At(from), At(to)),
                Into = new("back", "t"),
            }
        );
        Same(rows.Where(r => r.At >= At(from) && r.At < At(to)), await ReadAsync(new("back", "t")));
        Assert.Equal(result.Rows, (await ReadAsync(result.Table)).Count);
    }

    [Fact]
    public async Task A_lost_database_is_no_obstacle()
    {
        var (story, rows) = await ArchivedTwiceAsync();
        await using var empty = Create();
        await using var database = await empty.OpenAsync();
        var lifecycle = new Lifecycle(database, new() { Archives = Cold.Declared });
        var result = await lifecycle.RestoreAsync(new() { Policy = story.Policy.Name, Location = "cold" });
        Same(Before(rows, "2025-01-06"), await empty.ReadAsync(Cpu() with { Name = result.Table }));
        Assert.Equal(3, result.Parts);
        Assert.Equal(
            "VRV348",
            Assert
                .IsType<PolicyException>(await Record.ExceptionAsync(() => lifecycle.RestoreAsync(new() { Policy = story.Policy.Name })))
                .Code
        );
    }

    [Theory]
    [InlineData("m.cpu", "VRV349")]
    [InlineData("varve.archives", "VRV349")]
    [InlineData("m.there", "VRV349")]
    public async Task Nothing_is_written_into_a_table_that_is_there(string into, string code)
    {
        var (story, _) = await ArchivedTwiceAsync();
        await Db.ExecuteAsync("CREATE TABLE m.there (a INTEGER)");
        var before = await story.SourceAsync();
        var error = await Record.ExceptionAsync(() =>
            RestoreAsync(story, new() { Policy = story.Policy.Name, Into = TableName.Parse(into) })
        );
        Assert.Equal(code, Assert.IsType<PolicyException>(error).Code);
        Same(before, await story.SourceAsync());
    }

    [Fact]
    public async Task A_source_that_was_dropped_is_still_a_source()
    {
        var (story, _) = await ArchivedTwiceAsync();
        await Db.ExecuteAsync("ALTER TABLE m.cpu RENAME TO elsewhere");
        var error = await Record.ExceptionAsync(() =>
            RestoreAsync(story, new() { Policy = story.Policy.Name, Into = TableName.Parse(Db.Cased("M.CPU")) })
        );
        Assert.Contains("is the source of the policy", Assert.IsType<PolicyException>(error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_range_that_was_never_archived_is_no_empty_table()
    {
        var (story, _) = await ArchivedTwiceAsync();
        var error = await Record.ExceptionAsync(() =>
            RestoreAsync(story, new() { Policy = story.Policy.Name, Range = TimeRange.Since(At("2025-01-06")) })
        );
        Assert.Equal("VRV348", Assert.IsType<PolicyException>(error).Code);
    }

    [Theory]
    [InlineData("\"rows\": ", "\"rows\": 1", "VRV345")]
    [InlineData("\"policy\": \"m.", "\"policy\": \"n.", "VRV345")]
    [InlineData("varve-archive/1", "varve-archive/2", "VRV345")]
    [InlineData("{", "", "VRV345")]
    [InlineData("\"format\"", "\"extra\": 1, \"format\"", "VRV345")]
    public async Task An_edited_manifest_is_refused(string text, string by, string code)
    {
        var (story, _) = await ArchivedTwiceAsync();
        var manifest = Cold.At(Cold.Manifests[0]);
        var whole = await File.ReadAllTextAsync(manifest);
        Assert.Contains(text, whole, StringComparison.Ordinal);
        await File.WriteAllTextAsync(manifest, whole.Replace(text, by, StringComparison.Ordinal));
        await RefusedAsync(story, code);
        Assert.False((await story.WithAsync(l => l.VerifyArchivesAsync([]))).Agrees);
    }

    [Theory]
    [InlineData("\"table\": \"m.cpu\"", "\"table\": \"\"", true)]
    [InlineData("\"table\": \"m.cpu\"", "\"table\": \"a.b.c.d\"", true)]
    [InlineData("\"from\": \"", "\"from\": \"x", true)]
    [InlineData("\"rowHash\": \"", "\"rowHash\": \"x", true)]
    [InlineData("\"columns\": [", "\"columns\": [ null,", true)]
    [InlineData("\"name\": \"v\"", "\"name\": \"w\"", false)]
    public async Task An_edited_manifest_with_its_hash_made_anew_is_one_broken_part(string text, string by, bool isRefused)
    {
        var (story, _) = await ArchivedTwiceAsync();
        var manifest = Cold.At(Cold.Manifests[0]);
        var edited = (await File.ReadAllTextAsync(manifest)).Replace(text, by, StringComparison.Ordinal);
        var bare = Regex.Replace(edited, ",\\s*\"manifestSha256\": \"[0-9a-f]*\"", "");
        Assert.NotEqual(edited, bare);
        var anew =
            JsonNode
                .Parse(bare)!
                .ToJsonString(
                    new()
                    {
                        WriteIndented = true,
                        NewLine = "\n",
                        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                    }
                ) + "\n";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(anew)));
        await File.WriteAllTextAsync(
            manifest,
            anew.Replace("\n}\n", $",\n  \"manifestSha256\": \"{hash}\"\n}}\n", StringComparison.Ordinal)
        );
        var report = await story.WithAsync(l => l.VerifyArchivesAsync([]));
        Assert.Equal(3, report.Parts.Count);
        Assert.Contains(
            isRefused ? "is no manifest of an archive" : "has not the columns",
            Assert.Single(report.Parts, p => p.Problem is not null).Problem!,
            StringComparison.Ordinal
        );
        if (isRefused)
            await RefusedAsync(story, "VRV345");
    }

    [Theory]
    [InlineData("rows", "VRV343")]
    [InlineData("values", "VRV343")]
    public async Task A_manifest_that_was_forged_as_a_whole_does_not_fit_its_part(string what, string code)
    {
        var (story, _) = await ArchivedTwiceAsync();
        var path = Cold.At(Cold.Manifests[0]);
        var manifest = ArchiveManifest.Read(await File.ReadAllTextAsync(path));
        var columns = manifest.Columns.Select(c => c.Name == "v" ? c with { Max = "17.0" } : c).ToList();
        var forged =
            what == "rows"
                ? manifest with
                {
                    Rows = manifest.Rows + 1,
                }
                : manifest with
                {
                    Columns = columns,
                    HashedBy = "an older version",
                };
        await File.WriteAllTextAsync(path, forged.Write());
        await Db.ExecuteAsync("DELETE FROM varve.archives");
        await RefusedAsync(story, code);
    }

    [Fact]
    public async Task A_part_of_another_policy_is_refused()
    {
        var (story, _) = await ArchivedTwiceAsync();
        var strange = Cold.At(PartNames.Folder("other"));
        Directory.Move(Cold.At(PartNames.Folder(story.Policy.Name)), strange);
        var error = await Record.ExceptionAsync(() => RestoreAsync(story, new() { Policy = "other", Location = "cold" }));
        Assert.Contains("of another part", Assert.IsType<HaltException>(error).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".json", "VRV342")]
    [InlineData(".parquet", "VRV342")]
    public async Task A_part_that_the_catalog_knows_and_is_gone_is_no_smaller_answer(string ending, string code)
    {
        var (story, _) = await ArchivedTwiceAsync();
        File.Delete(Cold.At(Cold.Files.First(f => f.EndsWith(ending, StringComparison.Ordinal))));
        await RefusedAsync(story, code);
    }

    [Theory]
    [InlineData("2025-01-01", "2025-01-06")]
    [InlineData("2025-01-03", "2025-01-05")]
    [InlineData("2025-01-02", "2025-01-03")]
    public async Task A_table_that_got_and_lost_columns_is_restored_with_NULL_for_what_a_part_has_not(string from, string to)
    {
        if (await IsRefusedAsync("VRV146", () => BeginAsync(Policy(Kept + "\nlate_after_expiry: merge", "count, max"))))
            return;
        var (story, rows) = await BeginAsync(Policy(Kept + "\nlate_after_expiry: merge", "count, max"));
        await Db.ExecuteAsync("DROP VIEW IF EXISTS m.cpu_all; ALTER TABLE m.cpu ADD COLUMN old VARCHAR; UPDATE m.cpu SET old = 'o'");
        await story.RunWellAsync("2025-01-11");
        await Db.ExecuteAsync(
            "DROP VIEW IF EXISTS m.cpu_all; ALTER TABLE m.cpu ADD COLUMN note VARCHAR; UPDATE m.cpu SET note = 'n'; ALTER TABLE m.cpu DROP COLUMN old"
        );
        await Db.ExecuteAsync(
            "INSERT INTO m.cpu VALUES (TIMESTAMP '2025-01-02 00:30', 'a', 7, NULL), (TIMESTAMP '2025-01-03 00:30', 'a', 8, NULL)"
        );
        Assert.Empty((await story.RunAsync("2025-01-13")).Errors);
        var result = await RestoreAsync(story, new() { Policy = story.Policy.Name, Range = new(At(from), At(to)) });
        List<SourceRow> late = [Row("2025-01-02T00:30", 7), Row("2025-01-03T00:30", 8)];
        Same(rows.Concat(late).Where(r => r.At >= At(from) && r.At < At(to)), await ReadAsync(result.Table));
        var told = await Db.QueryAsync(
            "SELECT DISTINCT coalesce(old, '-') || coalesce(note, '-') FROM m.cpu_restored WHERE ts NOT IN (TIMESTAMP '2025-01-02 00:30', TIMESTAMP '2025-01-03 00:30') AND ts < TIMESTAMP '2025-01-04'"
        );
        Assert.Equal("o-", Assert.Single(told)[0]);
        Assert.Equal(0, await CountAsync("WHERE ts >= TIMESTAMP '2025-01-04' AND note IS DISTINCT FROM 'n'"));
    }

    [Fact]
    public async Task A_column_of_two_types_is_refused_with_both_parts_and_a_way_out()
    {
        var (story, rows) = await BeginAsync(Policy("keep: 7d\narchive: cold", "count"));
        await Db.ExecuteAsync("ALTER TABLE m.cpu ADD COLUMN note INTEGER");
        await story.RunWellAsync("2025-01-11");
        await Db.ExecuteAsync("ALTER TABLE m.cpu ALTER COLUMN note TYPE VARCHAR");
        await story.RunWellAsync("2025-01-13");
        var error = Assert.IsType<PolicyException>(await Record.ExceptionAsync(() => RestoreAsync(story)));
        Assert.Equal("VRV349", error.Code);
        Assert.All(Cold.Manifests, m => Assert.Contains(m.Replace('\\', '/'), error.Message, StringComparison.Ordinal));
        Assert.Contains("note is INTEGER", error.Message, StringComparison.Ordinal);
        using var aside = new ColdPlace();
        Directory.CreateDirectory(aside.At(Path.GetDirectoryName(Cold.Parts[0])!));
        foreach (var file in Cold.Files.Take(2))
            File.Copy(Cold.At(file), aside.At(file));
        story.Archives = new Dictionary<string, string> { ["aside"] = aside.Folder };
        await RestoreAsync(story, new() { Policy = story.Policy.Name, Location = "aside" });
        Same(Before(rows, "2025-01-04"), await ReadAsync(new("m", "cpu_restored")));
    }

    [Fact]
    public async Task Rows_at_several_locations_are_restored_one_location_at_a_time()
    {
        using var warm = new ColdPlace();
        var (story, rows) = await BeginAsync();
        await story.RunWellAsync("2025-01-11");
        story.Archives = new Dictionary<string, string> { ["cold"] = Cold.Folder, ["warm"] = warm.Folder };
        await story.ApplyAsync(Policy(Kept.Replace("cold", "warm", StringComparison.Ordinal), "count, max"));
        await story.RunWellAsync("2025-01-13");
        await SeveralAsync();
        await story.WithAsync(l => l.DeletePolicyAsync(story.Policy.Name));
        await SeveralAsync();
        await RestoreAsync(story, Of("2025-01-01", "2025-01-04", "a"));
        Same(Before(rows, "2025-01-04"), await ReadAsync(new("m", "a")));
        await RestoreAsync(story, Of("2025-01-05", "2025-01-06", "b"));
        Same(Since(Before(rows, "2025-01-06"), "2025-01-05"), await ReadAsync(new("m", "b")));
        await RestoreAsync(story, Of("2025-01-01", "2025-01-06", "c") with { Location = "warm" });
        Same(Since(Before(rows, "2025-01-06"), "2025-01-04"), await ReadAsync(new("m", "c")));

        RestoreRequest Of(string from, string to, string into) =>
            new()
            {
                Policy = story.Policy.Name,
                Range = new(At(from), At(to)),
                Into = new("m", into),
            };
        async Task SeveralAsync()
        {
            var error = Assert.IsType<PolicyException>(await Record.ExceptionAsync(() => RestoreAsync(story)));
            Assert.Equal("VRV348", error.Code);
            Assert.Contains("`cold` holds 72 rows", error.Message, StringComparison.Ordinal);
            Assert.Contains("`warm` holds 48 rows", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_of_two_tables_are_never_joined(bool lost)
    {
        var (story, rows) = await ArchivedTwiceAsync();
        await using var other = Create();
        var strange = new Story(other, Cpu() with { Name = new("m", "gpu") }) { Archives = Cold.Declared };
        await other.CreateAsync(strange.Table);
        await strange.InsertAsync(Every("2024-06-01", "2024-06-11", "1h"));
        await strange.ApplyAsync("policy: m.cpu\n" + Policy(Kept, "count").Replace("m.cpu", "m.gpu", StringComparison.Ordinal));
        await strange.RunWellAsync("2024-06-12");
        if (lost)
            await Db.ExecuteAsync("DELETE FROM varve.archives");
        var error = Assert.IsType<PolicyException>(await Record.ExceptionAsync(() => RestoreAsync(story)));
        Assert.Equal("VRV349", error.Code);
        Assert.Contains("is of m.gpu", error.Message, StringComparison.Ordinal);
        Assert.Contains("of m.cpu", error.Message, StringComparison.Ordinal);
        var result = await RestoreAsync(
            story,
            new()
            {
                Policy = story.Policy.Name,
                Table = TableName.Parse(Db.Cased("M.CPU")) with { Schema = null },
                Location = "cold",
            }
        );
        Same(Before(rows, "2025-01-06"), await ReadAsync(result.Table));
        Assert.Equal(0, result.Unknown);
        var none = await Record.ExceptionAsync(() =>
            RestoreAsync(
                story,
                new()
                {
                    Policy = story.Policy.Name,
                    Table = new("m", "ipu"),
                    Location = "cold",
                }
            )
        );
        Assert.Equal("VRV348", Assert.IsType<PolicyException>(none).Code);
    }

    [Fact]
    public async Task A_restore_is_in_the_audit_log()
    {
        var (story, _) = await ArchivedTwiceAsync();
        await RestoreAsync(story);
        Assert.Single(await story.WithAsync(l => l.AuditAsync()), e => e.Action == "rows.restored");
    }

    private async Task<long> CountAsync(string where) =>
        Convert.ToInt64(
            (await Db.QueryAsync($"SELECT count(*) FROM m.cpu_restored {where}"))[0][0],
            System.Globalization.CultureInfo.InvariantCulture
        );

    private async Task RefusedAsync(Story story, string code)
    {
        Assert.Equal(code, Assert.IsType<HaltException>(await Record.ExceptionAsync(() => RestoreAsync(story))).Code);
        Assert.DoesNotContain(await Db.ShapesAsync("m"), s => s.Name == "cpu_restored");
    }

    /// <summary>Two ranges, the first of them in two parts.</summary>
    private async Task<(Story Story, IReadOnlyList<SourceRow> Rows)> ArchivedTwiceAsync()
    {
        var (story, rows) = await BeginAsync();
        await ArchiveOnlyAsync(story, "2025-01-11");
        SourceRow[] late = [Row("2025-01-01T00:15", 1), Row("2025-01-02T12:30", double.NaN), Row("2025-01-03T23:59:59", null, null)];
        await story.InsertAsync(late);
        await story.RunWellAsync("2025-01-11");
        await story.RunWellAsync("2025-01-13");
        Assert.Equal(3, Cold.Parts.Count);
        return (story, [.. rows, .. late]);
    }
}
