namespace Varve.Apps.Tests;

/// <summary>First policies and a compact copy: through a server as on the database itself.</summary>
public sealed class RemoteProposingTests
{
    private static readonly string[][] s_asked =
    [
        ["init"],
        ["init", "cpu"],
        ["init", "cpu", "-o", "json"],
        ["init", "cpu", "--series", "", "--time", "ts"],
        ["init", "cpu", "--ttl", "30d", "--archive", "cold"],
        ["init", "cpu", "--time", "nothing"],
        ["init", "nothing"],
        ["init", "--all", "--out", "all", "--force"],
        ["init", "--all", "--out", "all", "--force", "-o", "json"],
        ["import", "graphite", "schemas.conf"],
        ["import", "pg_partman", "part.csv", "-o", "json"],
        ["import", "cratedb-toolkit"],
        ["import", "cratedb-toolkit", "rows.json", "--time", "ts", "--apply"],
        ["policy", "show", "raw"],
        ["import", "pg_partman", "part.csv", "--apply", "-o", "json"],
    ];

    [Fact]
    public async Task It_is_done_and_said_in_the_same_way()
    {
        using var here = await PreparedAsync();
        await using var there = await ServedBox.OfAsync(await PreparedAsync());
        foreach (var asked in s_asked)
        {
            var said = await Task.WhenAll(here.RunAsync(asked), there.RunAsync(asked));
            Assert.Equal(Plain(said[0], here.Folder), Plain(said[1], there.Box.Folder));
        }

        foreach (var file in Directory.GetFiles(Path.Combine(here.Folder, "all")))
            Assert.Equal(
                await File.ReadAllTextAsync(file),
                await File.ReadAllTextAsync(Path.Combine(there.Box.Folder, "all", Path.GetFileName(file)))
            );
    }

    [Fact]
    public async Task A_compact_copy_lies_beside_the_file_of_the_server_which_says_where()
    {
        await using var there = await ServedBox.OfAsync(await Sandbox.AppliedAsync());
        var named = await there.RunAsync("compact", "--to", "mine.duckdb");
        Assert.True(named.ExitCode == 2, named.Text);
        Assert.Contains("--to does not go with --server", named.Error, StringComparison.Ordinal);
        var viewer = await Tool.EndAsync(there.Command("Operator", "compact"));
        Assert.True(viewer.ExitCode == 2, viewer.Text);
        Assert.Contains("VRV511", viewer.Error, StringComparison.Ordinal);

        var copy = Path.Combine(there.Box.Folder, "test.compact.duckdb");
        Assert.False(File.Exists(copy));
        var compact = await there.RunAsync("compact");
        Assert.True(compact.ExitCode == 0, compact.Text);
        Assert.Contains("On the machine of the server", compact.Out, StringComparison.Ordinal);
        Assert.Contains(copy, compact.Out, StringComparison.Ordinal);
        var again = await there.RunAsync("compact");
        Assert.True(again.ExitCode == 2, again.Text);
        Assert.Contains("VRV170", again.Error, StringComparison.Ordinal);
        File.Delete(copy);
        var shape = LifecycleTests.Json(await there.RunAsync("compact", "-o", "json"));
        Assert.Equal(new FileInfo(copy).Length, shape.GetProperty("bytesAfter").GetInt64());
        Assert.Equal(there.Box.Count("SELECT count(*) FROM cpu"), await CountAsync(there.Box, copy));
    }

    private static string Plain(Transcript said, string folder) =>
        $"{said.ExitCode} {RemoteActingTests.Plain(said.Text.Replace(folder, "FOLDER", StringComparison.Ordinal))}";

    private static async Task<long> CountAsync(Sandbox box, string copy)
    {
        var rows = await Tool.InAsync(box.Folder, "sql", "SELECT count(*) FROM cpu", "-o", "csv", "--no-headers", "--db", $"duckdb:{copy}");
        return long.Parse(rows.Out.Trim(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<Sandbox> PreparedAsync()
    {
        var box = await Sandbox.AppliedAsync();
        box.Sql("CREATE SCHEMA doc; CREATE TABLE doc.raw (ts TIMESTAMP, v DOUBLE); CREATE TABLE part (ts TIMESTAMP, v DOUBLE)");
        box.Write("schemas.conf", "[carbon]\npattern = ^carbon\\.\nretentions = 60s:90d\n");
        box.Write("rows.json", """[{"strategy":"delete","table_name":"raw","partition_column":"day","retention_period":12}]""");
        box.Write("part.csv", "parent_table,control,partition_interval,retention,retention_keep_table\nmain.part,ts,1 day,30 days,f\n");
        return box;
    }
}
