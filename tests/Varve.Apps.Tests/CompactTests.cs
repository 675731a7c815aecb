namespace Varve.Apps.Tests;

public sealed class CompactTests
{
    [Fact]
    public async Task A_copy_is_written_and_says_how_to_put_it_in_place()
    {
        using var box = await Sandbox.BuiltAsync("7d");
        var compact = await box.RunAsync("compact", "--to", Path.Combine(box.Folder, "new one.duckdb"));
        Assert.True(compact.ExitCode == 0, compact.Text);
        Assert.Contains("Nothing was swapped", compact.Out, StringComparison.Ordinal);
        Assert.Contains("mv '", compact.Out, StringComparison.Ordinal);
        var status = await Tool.InAsync(box.Folder, "status", "--as-of", Sandbox.AsOf, "--db", "duckdb:new one.duckdb");
        Assert.Equal((await box.RunAsync("status", "--as-of", Sandbox.AsOf)).Out.Split('\n').Length, status.Out.Split('\n').Length);
    }

    [Fact]
    public async Task Bytes_before_and_after_are_json()
    {
        using var box = await Sandbox.AppliedAsync();
        var shape = LifecycleTests.Json(await box.RunAsync("compact", "--to", "new.duckdb", "--output", "json"));
        Assert.Equal(new FileInfo(Path.Combine(box.Folder, "new.duckdb")).Length, shape.GetProperty("bytesAfter").GetInt64());
    }

    [Fact]
    public async Task A_file_that_is_there_exits_2()
    {
        using var box = await Sandbox.AppliedAsync();
        box.Write("new.duckdb", "mine");
        var refused = await box.RunAsync("compact", "--to", "new.duckdb");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("VRV170", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgresql://localhost/db", "VACUUM")]
    [InlineData("cratedb://localhost:4200/", "by itself")]
    [InlineData("duckdb::memory:", "no file")]
    public async Task What_needs_no_compacting_refuses_with_a_way_out(string db, string expected)
    {
        var refused = await Tool.RunAsync("compact", "--to", "new.duckdb", "--db", db);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(expected, refused.Error, StringComparison.Ordinal);
    }
}
