using Varve.CrateDb;
using Varve.Sql;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>Every approved statement is executed by the stand-in, and what can be known of its answer is right.</summary>
public sealed class ExecutedStatementTests : ExecutingSuite
{
    public static TheoryData<string> Names => [.. StatementBook.All.Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_approved_statement_is_executed(string name)
    {
        await PrepareAsync(name);
        var answer = await Session.ExecuteAsync(Statement(name), Token);
        Assert.Equal(Expected(name), (answer.Rows.Count, answer.RowCount));
    }

    /// <summary>Rows that are read, and rows that are written where a server says so.</summary>
    private static (int Rows, long? Count) Expected(string name) =>
        name switch
        {
            "catalog columns" or "observer columns" => (9, 9),
            "place all copies" => (8, 8),
            "catalog tables with their columns" => (13, 13),
            "catalog partitions" => (2, 2),
            "catalog shards" or "catalog partitions with their shards" => (4, 4),
            "catalog shards, several tables" or "catalog states" => (5, 5),
            "books at once" or "books of a run" => (0, 0),
            "observer bytes" or "observer tables" => (2, 2),
            "catalog missing shards"
            or "catalog missing shards, several tables"
            or "observer views"
            or "doctor failed checks"
            or "doctor blocked partitions"
            or "doctor grants"
            or "doctor unhealthy"
            or "jobs of a run" => (0, 0),
            "dialect local date" or "dialect object keys" or "dialect quotient" or "dialect real" or "dialect time" => (5, 5),
            "doctor nodes" or "place room" or "doctor shards of nodes" => (3, 3),
            "place copies" => (4, 4),
            "place reasons" => (2, 2),
            "partition drop, one column" or "partition drop, two columns" or "partition drop, NULL" => (0, null),
            "partition seal"
            or "partition unseal"
            or "partition replicas"
            or "partition replicas as before"
            or "place move"
            or "place forget"
            or "place move, new partitions" => (0, null),
            "row change" or "row remove" or "jobs kill" => (0, 0),
            _ when name.StartsWith("tier compare", StringComparison.Ordinal) || name is "tier recheck" => (0, 0),
            _ when name.EndsWith(", what vanished", StringComparison.Ordinal) => (0, 0),
            _ when name.StartsWith("tier replace", StringComparison.Ordinal) => (0, 2),
            "toolkit policies" => (0, 0),
            "lease take" or "windows forget" or "windows of a query" => (0, 0),
            "windows create" or "windows done" => (0, 1),
            "lease read" => (0, 0),
            "log base, next" => (0, 0),
            "log read" or "log base" or "log part" => (1, 1),
            _ when name.StartsWith("log ", StringComparison.Ordinal) => (0, 1),
            _ when s_done.Any(d => name.StartsWith(d, StringComparison.Ordinal)) => (0, 1),
            _ => (1, 1),
        };

    private static readonly string[] s_done =
    [
        "partition merge",
        "partition refresh",
        "refresh",
        "repository create",
        "snapshot begin",
        "snapshot drop",
        "snapshot restore",
        "tier create",
        "tier widen",
        "lease create",
    ];

    private async Task PrepareAsync(string name)
    {
        var two = name.Contains("two columns", StringComparison.Ordinal) ? ", region" : "";
        await DoAsync(
            $"""
            CREATE TABLE varve_t.cpu (ts TIMESTAMP WITH TIME ZONE, host TEXT, site INTEGER, usage DOUBLE PRECISION, hits BIGINT,
              payload OBJECT(DYNAMIC) AS (temperature DOUBLE PRECISION), region TEXT,
              day TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc('day', ts)) CLUSTERED INTO 2 SHARDS PARTITIONED BY (day{two})
            """,
            """
            INSERT INTO varve_t.cpu (ts, host, site, usage, hits, payload, region) VALUES
              (1699920000000, 'a', 1, 1.5, 1, {temperature = 20.5}, 'eu'), (1699923600000, 'a', 1, 'NaN', 2, NULL, 'eu'),
              (1700006400000, 'a', 1, 0.1, 3, NULL, 'eu'), (1700006401500, NULL, NULL, 1e9, NULL, NULL, 'eu'), (1700006403000, 'a', 1, 0.2, 4, NULL, 'eu')
            """,
            "REFRESH TABLE varve_t.cpu",
            "CREATE TABLE varve.leases (policy TEXT PRIMARY KEY, holder TEXT, token BIGINT, expires TIMESTAMP WITH TIME ZONE) CLUSTERED INTO 1 SHARDS"
        );
        if (name is not "row insert")
            await DoAsync("INSERT INTO varve.leases (policy, holder, token) VALUES ('cpu', 'a', 1)");
        if (name.StartsWith("lease", StringComparison.Ordinal) && name is not "lease create")
            await Session.ExecuteAsync(Statement("lease create"), Token);
        if (name.StartsWith("log ", StringComparison.Ordinal) && !name.StartsWith("log create", StringComparison.Ordinal))
            await LogAsync(name);
        if (name is "windows of a query" or "windows forget" or "windows done")
            await Session.ExecuteAsync(Statement("windows create"), Token);
        if (name.StartsWith("toolkit", StringComparison.Ordinal))
            await DoAsync("CREATE TABLE ext.retention_policy (id TEXT PRIMARY KEY, tags OBJECT(DYNAMIC))");
        if (name is "books at once" or "books of a run")
            await DoAsync(
                "CREATE TABLE varve.archives (policy TEXT, pruned_us BIGINT, pruning_us BIGINT)",
                "CREATE TABLE varve.meta (name TEXT PRIMARY KEY, value TEXT)",
                "CREATE TABLE varve.holds (hold TEXT PRIMARY KEY)",
                "CREATE TABLE varve.audit (seq BIGINT PRIMARY KEY, hash TEXT)",
                "CREATE TABLE varve.runs (run TEXT PRIMARY KEY, status TEXT, started_us BIGINT)",
                "CREATE TABLE varve.ledgers (policy TEXT PRIMARY KEY, version BIGINT, shown BIGINT, document TEXT)",
                """
                CREATE TABLE varve.policies (policy TEXT, revision INTEGER, document TEXT, sha256 TEXT, yaml TEXT, applied_us BIGINT, applied_by TEXT,
                  pattern TEXT, pattern_revision INTEGER, kind TEXT, state TEXT)
                """
            );
        if (name is "repository list" || name.StartsWith("snapshot", StringComparison.Ordinal))
            await DoAsync("CREATE REPOSITORY varve_r TYPE fs WITH (location = '/backup/r1')");
        if (name is "snapshot drop" or "snapshot restore" or "snapshot restore beside" or "snapshot state")
            await DoAsync("CREATE SNAPSHOT varve_r.\"varve-cpu-1\" TABLE varve_t.cpu WITH (wait_for_completion = true)");
        if (name is "snapshot restore")
            await DoAsync("DELETE FROM varve_t.cpu WHERE day = 1699920000000");
        if (name.StartsWith("tier", StringComparison.Ordinal) && name is not "tier create")
            await TiersAsync(name);
    }

    /// <summary>A log of two entries with a base, and parts of two bases that are not in force.</summary>
    private async Task LogAsync(string name)
    {
        foreach (var table in new[] { "log create 1", "log create 2", "log create 3" })
            await Session.ExecuteAsync(Statement(table), Token);
        await DoAsync(
            "INSERT INTO varve_home.log_entries (number, id, follows, body) VALUES (6, 'entry-6', '', '{}'), (7, 'entry-7', 'entry-6', '{}')",
            $"INSERT INTO varve_home.log_parts (name, part, body) VALUES ('base-0', 1, ''), ('base-1', 1, ''), ('base-2', {(name is "log part, new" ? 0 : 1)}, '')",
            "REFRESH TABLE varve_home.log_entries, varve_home.log_parts"
        );
        if (name is not "log base, first")
            await Session.ExecuteAsync(Statement("log base, first"), Token);
    }

    /// <summary>Two tiers of a day, the finer one built where what is built or compared stands on it, or is it.</summary>
    private async Task TiersAsync(string name)
    {
        var create = Statement("tier create").Render(new CrateDbDialect()).Text;
        await DoAsync(
            name is "tier widen" ? create.Replace("\"usage_count\" BIGINT, ", "", StringComparison.Ordinal) : create,
            create
                .Replace("cpu_1m", "cpu_1d", StringComparison.Ordinal)
                .Replace("\"varve_covered\" BIGINT", "\"varve_covered\" BIGINT, \"varve_length\" BIGINT", StringComparison.Ordinal),
            """
            INSERT INTO varve_t.cpu (ts, host, site, usage, hits) VALUES
              (1743289200000, 'a', 1, 1.5, 1), (1743289200000, 'a', 1, 0.5, 2), (1743289261000, NULL, NULL, 'NaN', 3)
            """,
            "REFRESH TABLE varve_t.cpu"
        );
        if (name is "tier widen" or "tier replace from rows, rows")
            return;
        await Session.ExecuteAsync(Statement("tier replace from rows, rows"), Token);
        await DoAsync("REFRESH TABLE varve_t.cpu_1m_states");
        if (name is "tier replace from buckets by local days, rows")
            return;
        await Session.ExecuteAsync(Statement("tier replace from buckets by local days, rows"), Token);
        await DoAsync("REFRESH TABLE varve_t.cpu_1d_states");
    }

    private static SqlText Statement(string name) => StatementBook.All.Single(s => s.Name == name).Statement;
}
