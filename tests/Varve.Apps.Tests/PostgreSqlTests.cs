namespace Varve.Apps.Tests;

/// <summary>The commands of every day on a PostgreSQL server, as a user gets them.</summary>
public sealed class PostgreSqlTests
{
    private const string AsOf = "2025-03-21T12:00:00Z";

    [Fact]
    public async Task Every_command_works_on_a_server_or_says_by_name_what_it_does_not()
    {
        await using var server = await PostgreSqlBox.NewAsync("apps");
        var folder = Directory.CreateTempSubdirectory("varve-test-").FullName;
        try
        {
            await server.SqlAsync(
                """
                CREATE SCHEMA metrics; CREATE TABLE metrics.cpu AS SELECT t AS ts, 'h' || h AS host, extract(epoch FROM t)::float8 / 97 AS load
                FROM generate_series('2025-03-01'::timestamptz, '2025-03-20 23:50', '10 minutes') t, generate_series(1, 3) h
                """
            );
            await File.WriteAllTextAsync(
                Path.Combine(folder, "cpu.yaml"),
                "table: metrics.cpu\ntime: ts\nseries: [host]\nmeasures: { load: [avg, max, count] }\nkeep: 7d\ntiers: [{ every: 1h }, { every: 1d, zone: Europe/Berlin }]\n"
            );
            await WorksAsync(server.Url, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task WorksAsync(string db, string folder)
    {
        Task<Transcript> Run(params IReadOnlyList<string> args) => Tool.InAsync(folder, [.. args, "--db", db]);
        foreach (
            var (args, said) in new (string[] Args, string Said)[]
            {
                (["init", "metrics.cpu"], "series: [host]"),
                (["check", "cpu.yaml"], "sound"),
                (["apply", "cpu.yaml"], "created"),
                (["plan", "--as-of", AsOf], "- expire"),
                (["run", "--as-of", AsOf, "--yes"], "done"),
                (["run", "--as-of", AsOf], "nothing to do"),
                (["status", "--as-of", AsOf], "metrics.cpu_1h"),
                (["query", "metrics.cpu", "--from", "2025-03-01", "--to", "2025-03-05", "--every", "1d"], "load_avg"),
                (["verify"], "1d@Europe/Berlin"),
                (["history"], "done"),
                (["audit", "--verify"], ""),
                (["forecast"], "metrics.cpu"),
                (["doctor"], ""),
                (
                    ["doctor", "--grants", "grafana"],
                    "GRANT SELECT ON \"metrics\".\"cpu\", \"metrics\".\"cpu_1h\", \"metrics\".\"cpu_1d\", \"metrics\".\"cpu_all\" TO \"grafana\";"
                ),
                (["doctor", "--grants", "grafana", "--output", "json"], "\"statements\""),
                (["run", "--as-of", AsOf, "--wait", "5s"], "nothing to do"),
            }
        )
        {
            var told = await Run(args);
            Assert.True(told.ExitCode == 0, $"{string.Join(' ', args)}: {told.Text}");
            Assert.Contains(said, told.Text, StringComparison.Ordinal);
        }

        var compact = await Run("compact", "--to", "x.duckdb");
        Assert.Equal(2, compact.ExitCode);
        Assert.Contains("compact is for DuckDB files", compact.Error, StringComparison.Ordinal);
        var sql = await Run("sql", "SELECT 1");
        Assert.Equal(2, sql.ExitCode);
        Assert.Contains("takes statements from its own client: psql", sql.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(
            ":secret",
            (await Tool.InAsync(folder, ["status", "--db", "postgresql://me:secret@127.0.0.1:1/x"])).Text,
            StringComparison.Ordinal
        );
    }
}
