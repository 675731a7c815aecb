using DuckDB.NET.Data;

namespace Varve.Apps.Tests;

/// <summary>A folder of its own with a small DuckDB: three hosts, a row every ten minutes, 1 to 20 March 2025.</summary>
internal sealed class Sandbox : IDisposable
{
    /// <summary>The instant that the tests plan as of.</summary>
    internal const string AsOf = "2025-03-21T12:00:00Z";

    private const string Policy = """
        policy: cpu
        table: cpu
        time: ts
        series: [host]
        measures:
          load: [avg, min, max, count]
        keep: KEEP
        tiers:
          - { every: 1h, keep: forever }
          - { every: 1d, keep: forever }
        tags: [prod, hosts]
        """;

    internal string Folder { get; } = Directory.CreateTempSubdirectory("varve-test-").FullName;

    internal string Db => $"duckdb:{Path.Combine(Folder, "test.duckdb")}";

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    internal void Write(string name, string text) => File.WriteAllText(Path.Combine(Folder, name), text);

    internal void Sql(string statement)
    {
        using var connection = new DuckDBConnection($"Data Source={Path.Combine(Folder, "test.duckdb")}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    /// <summary>The table with its rows, and the policy applied.</summary>
    internal static async Task<Sandbox> AppliedAsync(string keep = "forever")
    {
        var box = new Sandbox();
        box.Sql("CREATE TABLE cpu AS SELECT ts, 'host' || h AS host, (epoch(ts)::BIGINT // 600 % 100 + h)::DOUBLE AS load FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-21', INTERVAL 10 MINUTE) r(ts), range(3) s(h)");
        box.Keep(keep);
        var applied = await box.RunAsync("apply", "cpu.yaml");
        Assert.True(applied.ExitCode == 0, applied.Text);
        return box;
    }

    /// <summary>The same after a run.</summary>
    internal static async Task<Sandbox> BuiltAsync(string keep = "forever")
    {
        var box = await AppliedAsync(keep);
        var run = await box.RunAsync("run", "--as-of", AsOf, "--yes");
        Assert.True(run.ExitCode == 0, run.Text);
        return box;
    }

    /// <summary>Writes the policy with another keep of the source.</summary>
    internal void Keep(string keep) => Write("cpu.yaml", Policy.Replace("KEEP", keep, StringComparison.Ordinal));

    /// <summary>Runs the tool on this database, in this folder.</summary>
    internal Task<Transcript> RunAsync(params IReadOnlyList<string> args) => Tool.InAsync(Folder, [.. args, "--db", Db]);
}
