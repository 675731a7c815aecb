using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodaTime;
using Npgsql;
using Varve.Catalog;
using Varve.Engines.Tests.Scratch;
using Varve.Execution;
using Varve.Policies;
using Varve.PostgreSql;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>Servers that are not as they should be: each is told by what is wrong with it, and with the way out.</summary>
public sealed class BadServerTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(130014, false, EngineCodes.OtherVersion, "is PostgreSQL 13.14, and Varve needs 14 or later. Upgrade the server.")]
    [InlineData(90624, true, EngineCodes.OtherVersion, "Varve needs 14 or later")]
    [InlineData(150018, true, EngineCodes.ReadOnly, "is a standby of db1:5432, which can only be read. Name the primary.")]
    [InlineData(140000, false, null, null)]
    public void A_server_that_is_too_old_or_only_follows_another_one_is_refused(long number, bool follows, string? code, string? said)
    {
        var unfit = PostgreSqlOpening.Unfit(number, "13.14", follows, "db1:5432", "app on db2:5432", new());
        Assert.Equal(code, unfit?.Code);
        if (said is not null)
            Assert.Contains(said, unfit!.Message, StringComparison.Ordinal);
        Assert.Null(PostgreSqlOpening.Unfit(Math.Max(number, 140000), "14", follows, null, "x", new() { ReadOnly = true }));
    }

    [Fact]
    public async Task Passwords_and_certificates_that_are_not_right_and_a_server_that_is_read_only_are_told_apart()
    {
        await using var server = await OwnServer.StartAsync();
        await using var sql = Source(server);
        await DoAsync(
            sql,
            "CREATE ROLE secret LOGIN PASSWORD 'right'; CREATE DATABASE still; ALTER DATABASE still SET default_transaction_read_only = on"
        );
        var (certificate, key) = Certificate("other.example");
        var authority = await server.WriteAsync("server.crt", certificate);
        await server.WriteAsync("server.key", key);
        await server.WriteAsync("pg_hba.conf", "host all secret 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n");
        await DoAsync(sql, "ALTER SYSTEM SET ssl = on");
        await DoAsync(sql, "SELECT pg_reload_conf()");
        var password = await server.WriteAsync("password", "wrong");
        var user = server.Url.Replace("varve@", "secret@", StringComparison.Ordinal);

        // A reload reaches the postmaster a moment after it was asked for.
        var wrong = await RefusedAsync($"{user}?password_file={password}", ServerCodes.Login);
        Assert.Contains("refuses this user, or the password", wrong.Message, StringComparison.Ordinal);
        var none = await RefusedAsync(user, ServerCodes.Login);
        Assert.Contains("asks for a password, and none is given", none.Message, StringComparison.Ordinal);
        await ByFileAsync(server, user);
        var other = await RefusedAsync($"{server.Url}?sslmode=verify-full&sslrootcert={authority}", ServerCodes.Unsafe);
        Assert.Contains("is that of other.example: it does not prove that it is this host", other.Message, StringComparison.Ordinal);
        var unknown = await RefusedAsync($"{server.Url}?sslmode=verify-full", ServerCodes.Unsafe);
        Assert.Contains("is signed by CN=other.example, which this machine does not trust", unknown.Message, StringComparison.Ordinal);
        var stranger = await server.WriteAsync("stranger.crt", Certificate("other.example").Certificate);
        var unsigned = await RefusedAsync($"{server.Url}?sslmode=verify-ca&sslrootcert={stranger}", ServerCodes.Unsafe);
        Assert.Contains($"which {stranger} does not hold", unsigned.Message, StringComparison.Ordinal);
        await using (
            var right = await PostgreSqlDatabase.OpenAsync(DatabaseUrl.Parse($"{server.Url}?sslmode=verify-ca&sslrootcert={authority}"))
        )
            Assert.Equal("postgresql", (await right.Engine.IdentifyAsync(default)).Engine);

        await using var still = await PostgreSqlDatabase.OpenAsync(
            DatabaseUrl.Parse(server.Url.Replace("/postgres", "/still", StringComparison.Ordinal))
        );
        var readOnly = await Assert.ThrowsAsync<EngineException>(() =>
            still.Engine.TransactAsync((s, token) => s.ExecuteAsync($"CREATE TABLE public.x (a INTEGER)", token), Scope.Writing, default)
        );
        Assert.Equal(EngineCodes.ReadOnly, readOnly.Code);
    }

    // The file has the password of this server alone, so that no other test is answered by it.
    private static async Task ByFileAsync(OwnServer server, string user)
    {
        var port = DatabaseUrl.Parse(server.Url).Hosts[0].Port;
        var file = await server.WriteAsync("pgpass", FormattableString.Invariant($"127.0.0.1:{port}:*:secret:right\n"));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Environment.SetEnvironmentVariable("PGPASSFILE", file);
        try
        {
            await using var database = await PostgreSqlDatabase.OpenAsync(DatabaseUrl.Parse(user));
            Assert.Equal("secret", (await database.Engine.IdentifyAsync(default)).User);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PGPASSFILE", null);
        }
    }

    [Fact]
    public async Task A_server_that_starts_up_is_waited_for_and_a_standby_names_its_primary()
    {
        await using var primary = await OwnServer.StartAsync();
        await using var standby = await primary.FollowedAsync();
        await standby.UpAsync("-c hot_standby=off");
        var early = await Assert.ThrowsAsync<EngineException>(() => OpenAsync(standby.Url));
        Assert.Equal((ServerCodes.NotReady, true), (early.Code, early.IsTransient));
        Assert.Contains("is starting or stopping. Wait, then run again", early.Message, StringComparison.Ordinal);
        await standby.DownAsync("fast");
        await standby.UpAsync();
        var port = DatabaseUrl.Parse(primary.Url).Hosts[0].Port;
        var named = FormattableString.Invariant($"is a standby of 127.0.0.1:{port}, which can only be read. Name the primary.");

        // It knows whom it follows once it is connected.
        var begun = TimeProvider.System.GetTimestamp();
        EngineException follows;
        do follows = await RefusedAsync(standby.Url, EngineCodes.ReadOnly);
        while (!follows.Message.Contains(named, StringComparison.Ordinal) && TimeProvider.System.GetElapsedTime(begun) < s_patience);
        Assert.Contains(named, follows.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_is_told_as_one_keeps_no_half_of_a_step_and_the_next_run_goes_on()
    {
        await using var server = await OwnServer.StartAsync();
        var disk = await server.SmallDiskAsync(40);
        await using var admin = Source(server);
        await DoAsync(admin, $"CREATE TABLESPACE small LOCATION '{disk}'");
        await DoAsync(admin, "CREATE DATABASE small TABLESPACE small");
        var url = server.Url.Replace("/postgres", "/small", StringComparison.Ordinal);
        await using var sql = Source(server, "small");
        await DoAsync(
            sql,
            """
            CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION);
            INSERT INTO m.cpu SELECT TIMESTAMP '2025-01-01' + n * INTERVAL '1 minute', 'a host with a name of some length ' || h, n % 1000 FROM generate_series(0, 2 * 1440 - 1) n, generate_series(1, 60) h
            """
        );
        await using var database = await PostgreSqlDatabase.OpenAsync(DatabaseUrl.Parse(url));
        var lifecycle = new Lifecycle(database);
        await lifecycle.ApplyAsync(
            PolicyYaml.Parse(
                "table: m.cpu\ntime: ts\nseries: [host]\nmeasures: { v: [avg, min, max, first, last] }\nkeep: 1d\ntiers: [{ every: 1m }, { every: 1h }]",
                "p.yaml"
            )
        );
        RunOptions options = new() { AsOf = Instant.FromUtc(2025, 1, 3, 0, 0), Yes = true };
        var full = await RunOutcome.OfAsync(lifecycle, options);
        var error = Assert.IsType<EngineException>(full.Errors[0]);
        Assert.Equal(EngineCodes.DiskFull, error.Code);
        Assert.Contains("no room is left on the disk of the server. Make room", error.Message, StringComparison.Ordinal);
        Assert.Equal(2 * 1440 * 60, await NumberAsync(sql, "SELECT count(*) FROM m.cpu"));
        await server.ResizeAsync(200);
        Assert.Empty((await RunOutcome.OfAsync(lifecycle, options)).Errors);
        Assert.Equal(1440 * 60, await NumberAsync(sql, "SELECT count(*) FROM m.cpu"));
        Assert.Equal(2 * 1440 * 60, await NumberAsync(sql, "SELECT CAST(sum(varve_rows) AS BIGINT) FROM m.cpu_1h"));
        Assert.DoesNotContain(await lifecycle.HistoryAsync(Selection.All, 10), r => r.Status == RunStatus.Running);
        Assert.Empty((await lifecycle.VerifyAuditAsync()).Findings);
    }

    [Fact]
    public async Task A_disk_without_room_for_tiers_is_told_once_and_they_are_built_when_there_is_room()
    {
        await using var server = await OwnServer.StartAsync();
        var disk = await server.SmallDiskAsync(2);
        await using var sql = Source(server);
        await DoAsync(sql, "CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION)");
        await DoAsync(
            sql,
            "INSERT INTO m.cpu SELECT TIMESTAMP '2025-01-01' + n * INTERVAL '10 seconds', repeat('x', 200) || n, 1 FROM generate_series(0, 9999) n"
        );
        await using (var database = await PostgreSqlDatabase.OpenAsync(DatabaseUrl.Parse(server.Url)))
            await new Lifecycle(database).ApplyAsync(
                PolicyYaml.Parse(
                    "table: m.cpu\ntime: ts\nseries: [host]\nmeasures: { v: [count] }\ntiers: [{ every: 4m }, { every: 6m }, { every: 1h }]",
                    "p.yaml"
                )
            );

        // The catalog is where it was; what the run makes lies on the small disk.
        await DoAsync(sql, $"CREATE TABLESPACE small LOCATION '{disk}'");
        await DoAsync(sql, "ALTER ROLE varve SET default_tablespace = 'small'");
        await using var full = await PostgreSqlDatabase.OpenAsync(DatabaseUrl.Parse(server.Url));
        var lifecycle = new Lifecycle(full);
        RunOptions options = new() { AsOf = Instant.FromUtc(2025, 4, 10, 0, 0), Yes = true };

        var run = await RunOutcome.OfAsync(lifecycle, options);

        Assert.Equal(EngineCodes.DiskFull, Assert.Single(run.Errors).Code);
        Assert.Equal(2, run.Skipped.Count);
        Assert.All(
            run.Skipped,
            s => Assert.Equal("the database has no room for a step before it; this one waits for the next run", s.Reason)
        );
        await server.ResizeAsync(200);
        Assert.Empty((await RunOutcome.OfAsync(lifecycle, options)).Errors);
        Assert.All((await lifecycle.StatusAsync(Selection.All))[0].Relations.Skip(1), r => Assert.NotEqual(0, r.Rows));
    }

    [Fact]
    public async Task A_full_tablespace_is_told_once_and_what_was_to_go_there_goes_when_there_is_room()
    {
        await using var server = await OwnServer.StartAsync();
        var disk = await server.SmallDiskAsync(8);
        await using var sql = Source(server);
        await DoAsync(sql, $"CREATE TABLESPACE cold LOCATION '{disk}'");
        await DoAsync(sql, "CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION) PARTITION BY RANGE (ts)");
        foreach (var month in Enumerable.Range(1, 4))
            await DoAsync(
                sql,
                FormattableString.Invariant(
                    $"CREATE TABLE m.cpu_{month} PARTITION OF m.cpu FOR VALUES FROM ('2025-0{month}-01') TO ('2025-0{month + 1}-01')"
                )
            );
        await DoAsync(
            sql,
            "INSERT INTO m.cpu SELECT TIMESTAMP '2025-01-01' + n * INTERVAL '2 minutes', repeat('x', 200), 1 FROM generate_series(0, 89 * 720) n"
        );
        await using var database = await PostgreSqlDatabase.OpenAsync(DatabaseUrl.Parse(server.Url));
        var lifecycle = new Lifecycle(database);
        await lifecycle.ApplyAsync(
            PolicyYaml.Parse(
                "table: m.cpu\ntime: ts\nseries: []\nmeasures: { v: [count] }\ntiers: [{ every: 1d }]\nrelocate: { after: 1d, to: cold }",
                "p.yaml"
            )
        );
        RunOptions options = new() { AsOf = Instant.FromUtc(2025, 4, 10, 0, 0), Yes = true };

        var full = await RunOutcome.OfAsync(lifecycle, options);

        Assert.Equal(EngineCodes.DiskFull, Assert.Single(full.Errors).Code);
        Assert.Equal(1, await MovedAsync());
        Assert.Equal("cold has no room for a step before it; this one waits for the next run", Assert.Single(full.Skipped).Reason);
        Assert.Equal(RunStatus.Failed, (await lifecycle.HistoryAsync(Selection.All, 1))[0].Status);
        await server.ResizeAsync(200);
        Assert.Empty((await RunOutcome.OfAsync(lifecycle, options)).Errors);
        Assert.Equal(3, await MovedAsync());

        Task<long> MovedAsync() =>
            NumberAsync(
                sql,
                "SELECT count(*) FROM pg_class c JOIN pg_tablespace s ON s.oid = c.reltablespace WHERE s.spcname = 'cold' AND c.relkind = 'r'"
            );
    }

    private static async Task<EngineException> RefusedAsync(string url, string code)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var error = await Record.ExceptionAsync(() => OpenAsync(url)) as EngineException;
            if (error?.Code == code)
                return error;
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < s_patience, $"{url}: {error}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private static async Task OpenAsync(string url)
    {
        await using var database = await PostgreSqlDatabase.OpenAsync(DatabaseUrl.Parse(url));
    }

    private static NpgsqlDataSource Source(OwnServer server, string database = "postgres") =>
        NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder
            {
                Host = "127.0.0.1",
                Port = DatabaseUrl.Parse(server.Url).Hosts[0].Port,
                Username = "varve",
                Database = database,
                Pooling = false,
            }.ConnectionString
        );

    private static async Task DoAsync(NpgsqlDataSource source, string sql)
    {
        await using var connection = await source.OpenConnectionAsync();
        foreach (var statement in sql.Split("; "))
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static async Task<long> NumberAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    private static (string Certificate, string Key) Certificate(string host)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
