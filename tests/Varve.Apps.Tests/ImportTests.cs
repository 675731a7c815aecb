using System.Text.Json;

namespace Varve.Apps.Tests;

public sealed class ImportTests : IDisposable
{
    private const string Rows = """
        [{"strategy":"delete","table_schema":"doc","table_name":"raw","partition_column":"day","retention_period":120},
         {"strategy":"delete","table_schema":"doc","table_name":"other","partition_column":"day","retention_period":0}]
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("varve-import-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_is_written_passes_the_check_and_what_is_left_is_on_standard_error()
    {
        Write("rows.json", Rows);
        var import = await Tool.InAsync(_folder, "import", "cratedb-toolkit", "rows.json", "--time", "doc.raw=ts", "--out", "policies");
        Assert.True(import.ExitCode == 0, import.Text);
        Assert.Contains("doc.other", import.Error, StringComparison.Ordinal);
        Assert.Contains("time: ts", await File.ReadAllTextAsync(Path.Combine(_folder, "policies", "raw.yaml")), StringComparison.Ordinal);
        var check = await Tool.InAsync(_folder, "check", "policies/raw.yaml");
        Assert.True(check.ExitCode == 0, check.Text);
        var again = await Tool.InAsync(_folder, "import", "cratedb-toolkit", "rows.json", "--time", "ts", "--out", "policies");
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("there already", again.Error, StringComparison.Ordinal);
        Assert.Equal(
            0,
            (await Tool.InAsync(_folder, "import", "cratedb-toolkit", "rows.json", "--time", "at", "--out", "policies", "--force")).ExitCode
        );
        Assert.Contains("time: at", await File.ReadAllTextAsync(Path.Combine(_folder, "policies", "raw.yaml")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_the_policies_and_what_is_left()
    {
        Write("rows.json", Rows);
        var import = await Tool.InAsync(_folder, "import", "cratedb-toolkit", "rows.json", "--time", "ts", "-o", "json");
        using var json = JsonDocument.Parse(import.Out);
        Assert.Equal("raw", json.RootElement.GetProperty("policies")[0].GetProperty("policy").GetString());
        Assert.Contains("0 days", json.RootElement.GetProperty("left")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_applied_is_stored_as_it_would_be_written()
    {
        using var box = new Sandbox();
        box.Write("rows.json", Rows);
        string[] import = ["import", "cratedb-toolkit", "rows.json", "--time", "doc.raw=ts"];
        box.Sql("CREATE SCHEMA doc");
        var missing = await Tool.InAsync(box.Folder, [.. import, "--apply", "--db", box.Db]);
        Assert.True(missing.ExitCode == 2, missing.Text);
        Assert.Contains("VRV130", missing.Error, StringComparison.Ordinal);
        box.Sql("CREATE TABLE doc.raw (ts TIMESTAMP, v DOUBLE)");
        var applied = await Tool.InAsync(box.Folder, [.. import, "--apply", "--db", box.Db]);
        Assert.True(applied.ExitCode == 0, applied.Text);
        Assert.Contains("doc.other", applied.Error, StringComparison.Ordinal);
        var shown = await Tool.InAsync(box.Folder, "policy", "show", "raw", "--db", box.Db);
        Assert.Equal(
            (await Tool.InAsync(box.Folder, import)).Out.Trim(),
            shown.Out[(shown.Out.IndexOf('\n', StringComparison.Ordinal) + 1)..].Trim()
        );
        var both = await Tool.InAsync(box.Folder, [.. import, "--apply", "--out", "policies", "--db", box.Db]);
        Assert.Equal(2, both.ExitCode);
        Assert.False(Directory.Exists(Path.Combine(box.Folder, "policies")));
    }

    [Theory]
    [InlineData("VRV100", "import", "cratedb-toolkit")]
    [InlineData("VRV100", "import", "cratedb-toolkit", "--db", "duckdb:x.duckdb")]
    [InlineData("VRV470", "import", "cratedb-toolkit", "--db", "crate://ann:s3cret@127.0.0.1:1/")]
    [InlineData("VRV182", "import", "cratedb-toolkit", "--db", "crate://ann:s3cret@127.0.0.1:1/?tls=true")]
    [InlineData("VRV176", "import", "cratedb-toolkit", "rows.json")]
    [InlineData("VRV100", "import", "cratedb-toolkit", "rows.json", "--time", "=ts")]
    [InlineData("VRV100", "import", "cratedb-toolkit", "rows.json", "--time", "a", "--time", "b")]
    [InlineData("VRV100", "import", "cratedb-toolkit", "missing.json")]
    [InlineData("VRV175", "import", "graphite", "rows.json")]
    [InlineData("VRV175", "import", "rrdtool", "rows.json")]
    [InlineData("VRV100", "import", "rrdtool", "-")]
    [InlineData("VRV175", "import", "pg_partman", "rows.json")]
    public async Task Each_mistake_has_its_own_message(string code, params string[] args)
    {
        Write("rows.json", Rows);
        var import = await Tool.InAsync(_folder, args);
        Assert.True(import.ExitCode is 2 or 4, import.Text);
        Assert.Contains(code, import.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", import.Text, StringComparison.Ordinal);
        Assert.Empty(import.Out);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
