using Npgsql;
using Varve.Engines;

namespace Varve.Apps.Tests;

/// <summary>The commands of every day on a PostgreSQL server, as a user gets them.</summary>
public sealed class PostgreSqlTests
{
    private const string AsOf = "2025-03-21T12:00:00Z";

    [Fact]
    public async Task Every_command_works_on_a_server_or_says_by_name_what_it_does_not()
    {
        var server = Environment.GetEnvironmentVariable("VARVE_TEST_POSTGRESQL");
        if (string.IsNullOrEmpty(server) && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI")))
            Assert.Skip("VARVE_TEST_POSTGRESQL names no server: test.sh starts one.");
        Assert.False(string.IsNullOrEmpty(server), "VARVE_TEST_POSTGRESQL names no server: test.sh starts one.");
        var url = DatabaseUrl.Parse(server!);
        var name = FormattableString.Invariant($"varve_apps_{Environment.ProcessId}");
        await SqlAsync(url, url.Database!, $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        await SqlAsync(url, url.Database!, $"CREATE DATABASE {name} TEMPLATE template0");
        var folder = Directory.CreateTempSubdirectory("varve-test-").FullName;
        try
        {
            await SqlAsync(
                url,
                name,
                """
                CREATE SCHEMA metrics; CREATE TABLE metrics.cpu AS SELECT t AS ts, 'h' || h AS host, extract(epoch FROM t)::float8 / 97 AS load
                FROM generate_series('2025-03-01'::timestamptz, '2025-03-20 23:50', '10 minutes') t, generate_series(1, 3) h
                """
            );
            await File.WriteAllTextAsync(
                Path.Combine(folder, "cpu.yaml"),
                "table: metrics.cpu\ntime: ts\nseries: [host]\nmeasures: { load: [avg, max, count] }\nkeep: 7d\ntiers: [{ every: 1h }, { every: 1d, zone: Europe/Berlin }]\n"
            );
            await WorksAsync(server!.Replace($"/{url.Database}", $"/{name}", StringComparison.Ordinal), folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            await SqlAsync(url, url.Database!, $"DROP DATABASE {name} WITH (FORCE)");
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
        Assert.DoesNotContain(
            ":secret",
            (await Tool.InAsync(folder, ["status", "--db", "postgresql://me:secret@127.0.0.1:1/x"])).Text,
            StringComparison.Ordinal
        );
    }

    private static async Task SqlAsync(DatabaseUrl url, string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder
            {
                Host = url.Hosts[0].Name,
                Port = url.Hosts[0].Port,
                Username = url.User,
                Password = url.ResolvePassword(),
                Database = database,
            }
        );
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
