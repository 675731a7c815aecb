using System.Globalization;
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

    private const string Month =
        "CREATE TABLE cpu AS SELECT ts, 'host' || h AS host, (epoch(ts)::BIGINT // 600 % 100 + h)::DOUBLE AS load FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-21', INTERVAL 10 MINUTE) r(ts), range(3) s(h)";

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

    /// <summary>The one number that a query gives.</summary>
    internal long Count(string query)
    {
        using var connection = new DuckDBConnection($"Data Source={Path.Combine(Folder, "test.duckdb")}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = query;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>The table with its rows, and the policy applied.</summary>
    internal static Task<Sandbox> AppliedAsync(string keep = "forever") => AppliedAsync(Month, keep);

    /// <summary>A row every half hour for thirty years, each a slice: so many that a run takes a while.</summary>
    internal static Task<Sandbox> YearsAsync() =>
        AppliedAsync(
            "CREATE TABLE cpu AS SELECT ts, 'host0' AS host, (epoch(ts) % 7)::DOUBLE AS load FROM range(TIMESTAMP '1994-06-01', TIMESTAMP '2025-03-21', INTERVAL 30 MINUTE) r(ts)",
            "forever"
        );

    /// <summary>A value that takes a while to compute each time it is read: one step of seconds, on any machine.</summary>
    internal static Task<Sandbox> SlowAsync() =>
        AppliedAsync(
            """
            CREATE TABLE cpu (ts TIMESTAMP, host VARCHAR, x DOUBLE, load DOUBLE GENERATED ALWAYS AS (levenshtein(repeat('a', 120), repeat(chr(97 + x::INTEGER), 120))::DOUBLE) VIRTUAL);
            INSERT INTO cpu (ts, host, x) SELECT ts, 'host' || h, epoch(ts) % 7 FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-21', INTERVAL 1 MINUTE) r(ts), range(3) s(h)
            """,
            "forever"
        );

    /// <summary>The two together: ten years with a row an hour, each year a slice that takes a while.</summary>
    internal static Task<Sandbox> SlowYearsAsync() =>
        AppliedAsync(
            """
            CREATE TABLE cpu (ts TIMESTAMP, host VARCHAR, x DOUBLE, load DOUBLE GENERATED ALWAYS AS (levenshtein(repeat('a', 120), repeat(chr(97 + x::INTEGER), 120))::DOUBLE) VIRTUAL);
            INSERT INTO cpu (ts, host, x) SELECT ts, 'host0', epoch(ts) % 7 FROM range(TIMESTAMP '2015-06-01', TIMESTAMP '2025-03-21', INTERVAL 1 HOUR) r(ts)
            """,
            "forever"
        );

    private static async Task<Sandbox> AppliedAsync(string table, string keep)
    {
        var box = new Sandbox();
        box.Sql(table);
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

    /// <summary>After a run that ended early: the next one finishes it, everything agrees, and a third has nothing to do.</summary>
    internal async Task GoesOnAsync()
    {
        foreach (var args in new string[][] { ["run", "--as-of", AsOf], ["verify"], ["audit", "--verify"] })
        {
            var next = await RunAsync(args);
            Assert.True(next.ExitCode == 0, next.Text);
        }

        Assert.Equal(0, (await RunAsync("plan", "--as-of", AsOf, "--detailed-exitcode")).ExitCode);
    }

    /// <summary>Writes the policy with another keep of the source.</summary>
    internal void Keep(string keep) => Write("cpu.yaml", Policy.Replace("KEEP", keep, StringComparison.Ordinal));

    /// <summary>The same, with the arguments behind two dashes.</summary>
    internal Task<Transcript> RunDashedAsync(string verb, params IReadOnlyList<string> args) =>
        Tool.InAsync(Folder, [verb, "--db", Db, "--", .. args]);

    /// <summary>Runs the tool on this database, in this folder.</summary>
    internal Task<Transcript> RunAsync(params IReadOnlyList<string> args) => Tool.InAsync(Folder, [.. args, "--db", Db]);
}
