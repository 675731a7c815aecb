using System.Net;
using System.Net.Sockets;
using Npgsql;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.PostgreSql;
using Varve.Sql;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>What a server refuses and how it fails: each is its own message, and nothing was changed.</summary>
public sealed class ServerTests() : ConformanceSuite(PostgreSqlScratch.New)
{
    private PostgreSqlScratch Server => (PostgreSqlScratch)Db;

    [Theory]
    [InlineData("postgresql://nobody@HOST/postgres", ServerCodes.Login)]
    [InlineData("postgresql://USER@HOST/no_such_database", ServerCodes.Login)]
    [InlineData("postgresql://USER@no-such-host.invalid/postgres?sslmode=disable", ServerCodes.Unreachable)]
    [InlineData("postgresql://USER@127.0.0.1:1/postgres", ServerCodes.Unreachable)]
    [InlineData("postgresql://USER@HOST/postgres?sslmode=verify-full", ServerCodes.Unsafe)]
    public async Task A_connection_that_does_not_come_about_says_why(string pattern, string code)
    {
        var url = DatabaseUrl.Parse(Server.Url);
        var text = pattern.Replace("HOST", url.Hosts[0].Text, StringComparison.Ordinal).Replace("USER", url.User, StringComparison.Ordinal);
        var error = await Assert.ThrowsAsync<EngineException>(() => PostgreSqlDatabase.OpenAsync(DatabaseUrl.Parse(text)));
        Assert.Equal(code, error.Code);
    }

    [Fact]
    public async Task A_host_that_takes_the_connection_and_never_answers_is_given_up()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var url = DatabaseUrl.Parse(FormattableString.Invariant($"postgresql://me@127.0.0.1:{port}/x?connect_timeout=1"));
        var error = await Assert.ThrowsAsync<EngineException>(() => PostgreSqlDatabase.OpenAsync(url));
        Assert.Equal(ServerCodes.Unreachable, error.Code);
        Assert.Contains("does not answer", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?sslmode=sometimes", "sslmode=sometimes")]
    [InlineData("?lock_timeout=never", "lock_timeout=never")]
    [InlineData("?sslrootcert=/no/such/file.pem", "there is no file /no/such/file.pem")]
    [InlineData("?read_lock_timeout=0", "read_lock_timeout=0")]
    [InlineData("?read_statement_timeout=long", "read_statement_timeout=long")]
    [InlineData("?threads=2", "threads")]
    public async Task An_option_that_is_not_known_or_has_no_such_value_is_refused(string options, string said)
    {
        var refused = await Assert.ThrowsAsync<PolicyException>(() =>
            PostgreSqlDatabase.OpenAsync(DatabaseUrl.Parse("postgresql://me@localhost/x" + options))
        );
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_only_reads_is_held_to_its_own_limits_and_a_step_is_not()
    {
        await Db.ExecuteAsync("CREATE TABLE public.held (a INTEGER)");
        await using var database = await PostgreSqlDatabase.OpenAsync(
            DatabaseUrl.Parse(Server.Url + "?lock_timeout=3600&read_lock_timeout=0.05&read_statement_timeout=0.4")
        );
        SqlText nap = $"SELECT 1 FROM pg_sleep(0.8)";
        var slow = await Assert.ThrowsAsync<EngineException>(() => AskAsync(nap, Scope.Reading));
        Assert.Equal(EngineCodes.Interrupted, slow.Code);
        Assert.Contains("read_statement_timeout", slow.Message, StringComparison.Ordinal);
        Assert.Single(await AskAsync(nap, Scope.Writing));
        await using var other = await Server.ConnectAsync();
        await using var transaction = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new NpgsqlCommand("LOCK TABLE public.held IN ACCESS EXCLUSIVE MODE", other, transaction))
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var waits = await Assert.ThrowsAsync<EngineException>(() => AskAsync($"SELECT a FROM public.held", Scope.Reading));
        Assert.Equal(EngineCodes.Locked, waits.Code);
        var patient = AskAsync($"SELECT a FROM public.held", Scope.Writing);
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        Assert.Empty(await patient);

        Task<IReadOnlyList<Row>> AskAsync(SqlText query, Scope scope) =>
            database.Engine.TransactAsync((s, token) => s.QueryAsync(query, token), scope, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_policy_has_one_lease_on_the_server_and_the_other_learns_who_has_it()
    {
        await using var one = await Db.OpenAsync();
        await using var two = await Db.OpenAsync();
        var first = await one.Engine.LeaseAsync("m.cpu", default);
        var busy = await Assert.ThrowsAsync<BusyException>(() => two.Engine.LeaseAsync("m.cpu", default));
        Assert.Contains("varve", busy.Message, StringComparison.Ordinal);
        await using (await two.Engine.LeaseAsync("m.other", default))
            await first.DisposeAsync();
        await using var second = await two.Engine.LeaseAsync("m.cpu", default);
        Assert.True(second.Fence > first.Fence);
    }

    [Fact]
    public async Task A_lease_of_a_process_that_was_killed_is_waited_for_until_the_server_has_noticed()
    {
        // As the session of such a process: it has the lock, nobody asks it anything, and in a moment it lets go.
        var key = PostgreSqlLease.KeyOf("m.cpu");
        await using var dead = await ((PostgreSqlScratch)Db).ConnectAsync();
        await using var hold = new NpgsqlCommand(FormattableString.Invariant($"SELECT pg_advisory_lock({key})"), dead);
        await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await using var database = await Db.OpenAsync();

        var taken = database.Engine.LeaseAsync("m.cpu", TestContext.Current.CancellationToken);
        while (!taken.IsCompleted && !(bool)(await Db.QueryAsync(Tried))[0][0]!) { }
        await using var given = new NpgsqlCommand(FormattableString.Invariant($"SELECT pg_advisory_unlock({key})"), dead);
        await given.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        await (await taken).DisposeAsync();
    }

    // Who holds the lease is asked after a first try, in the same session.
    private const string Tried =
        "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%a.state_change%' AND pid <> pg_backend_pid())";

    [Fact]
    public async Task A_lease_whose_session_was_ended_is_lost_and_nothing_is_written_under_it()
    {
        await using var database = await Db.OpenAsync();
        await using var lease = await database.Engine.LeaseAsync("m.cpu", default);
        var lost = new TaskCompletionSource();
        await using var registration = lease.Lost.Register(lost.SetResult);
        await Db.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        );
        await lost.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var error = await Assert.ThrowsAsync<EngineException>(() =>
            database.Engine.TransactAsync(
                (s, token) => s.ExecuteAsync($"CREATE TABLE public.x (a INTEGER)", token),
                Scope.Writing with
                {
                    Lease = lease,
                },
                default
            )
        );
        Assert.Equal((EngineCodes.Lost, false), (error.Code, error.IsTransient));
        Assert.Empty(await Db.ShapesAsync("public"));
    }

    [Fact]
    public async Task A_session_that_was_ended_in_the_middle_leaves_nothing_of_its_transaction()
    {
        await using var database = await Db.OpenAsync();
        var error = await Assert.ThrowsAsync<EngineException>(() =>
            database.Engine.TransactAsync(
                async (s, token) =>
                {
                    await s.ExecuteAsync($"CREATE TABLE public.x (a INTEGER)", token);
                    var pid = (await s.QueryAsync($"SELECT pg_backend_pid()", token))[0].Long(0);
                    await Db.ExecuteAsync(FormattableString.Invariant($"SELECT pg_terminate_backend({pid})"));
                    return await s.ExecuteAsync($"INSERT INTO public.x VALUES (1)", token);
                },
                Scope.Writing,
                default
            )
        );
        Assert.Equal((EngineCodes.Lost, true), (error.Code, error.IsTransient));
        Assert.Empty(await Db.ShapesAsync("public"));
    }

    [Fact]
    public async Task A_user_without_rights_is_told_so_and_doctor_says_what_to_grant()
    {
        var story = await BeginAsync(Policy("keep: 3d\ntiers: [{ every: 1h }]"), Every("2025-01-01", "2025-01-08", "1h"));
        var role = $"reader_{Environment.ProcessId}";
        await Db.ExecuteAsync(
            $"DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA m, varve TO {role}; GRANT ALL ON ALL TABLES IN SCHEMA varve TO {role}; GRANT SELECT ON m.cpu TO {role}"
        );
        var url = DatabaseUrl.Parse(Server.Url.Replace($"{DatabaseUrl.Parse(Server.Url).User}@", $"{role}@", StringComparison.Ordinal));
        await using (var database = await PostgreSqlDatabase.OpenAsync(url))
        {
            var lifecycle = new Lifecycle(database);
            var outcome = await RunOutcome.OfAsync(lifecycle, new() { Yes = true, AsOf = At("2025-01-08") });
            Assert.Contains(outcome.Errors, e => e.Code == ServerCodes.NoRight);
            var findings = await PostgreSqlHealth.DiagnoseAsync(database, await lifecycle.PoliciesAsync(Policies.Selection.All));
            Assert.Equal(["rights.schema", "rights.table"], findings.Select(f => f.Check).Order());
            Assert.All(findings, f => Assert.StartsWith("GRANT ", f.WayOut, StringComparison.Ordinal));
        }

        Assert.Equal(7 * 24, (await story.SourceAsync()).Count);
        await Db.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
    }

    [Fact]
    public async Task Runs_of_several_policies_at_once_end_well_and_their_log_is_one_chain()
    {
        List<Story> stories = [];
        foreach (var name in new[] { "cpu", "mem", "net" })
            stories.Add(
                await Story.BeginAsync(
                    Db,
                    Cpu() with
                    {
                        Name = new("m", name),
                    },
                    Policy("keep: 3d\ntiers: [{ every: 1h }]", "avg").Replace("m.cpu", $"m.{name}", StringComparison.Ordinal),
                    Every("2025-01-01", "2025-01-08", "1h")
                )
            );
        await Task.WhenAll(
            stories.Select(async story =>
            {
                for (var day = 5; day < 8; day++)
                {
                    var outcome = await story.WithAsync(
                        l =>
                            RunOutcome.OfAsync(
                                l,
                                new() { Yes = true, AsOf = At($"2025-01-0{day}") },
                                Policies.Selection.Of(story.Policy.Name)
                            ),
                        new SettableTime(At("2025-01-08"))
                    );
                    Assert.Empty(outcome.Errors);
                }
            })
        );
        var log = await stories[0].WithAsync(l => l.VerifyAuditAsync());
        Assert.Empty(log.Findings);
        foreach (var story in stories)
            Assert.Equal(4 * 24, (await story.SourceAsync()).Count);
    }

    [Fact]
    public async Task What_the_owner_does_to_the_source_does_not_know_of_the_views()
    {
        var story = await BeginAsync(Policy("keep: 3d\ntiers: [{ every: 1h }]", "avg, max"), Every("2025-01-01", "2025-01-08", "1h"));
        await story.RunWellAsync("2025-01-08");
        await Db.ExecuteAsync("ALTER TABLE m.cpu ALTER COLUMN v TYPE NUMERIC(12, 6)");
        await Db.ExecuteAsync("ALTER TABLE m.cpu ADD COLUMN more INTEGER; ALTER TABLE m.cpu RENAME TO gauges");
        await Assert.ThrowsAsync<PostgresException>(() => Db.QueryAsync("SELECT * FROM m.cpu_all"));
        Assert.NotEmpty(await Db.QueryAsync("SELECT * FROM m.cpu_1h"));
        await Db.ExecuteAsync("DROP TABLE m.gauges");
    }

    [Theory]
    [InlineData("numeric", "12.5", "12.5", true)]
    [InlineData("numeric(5,2)", "1.005", null, false)]
    [InlineData("integer", "2147483648", null, false)]
    [InlineData("uuid", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", true)]
    [InlineData("uuid", "aaaa", null, false)]
    [InlineData("date", "2025-02-30", null, false)]
    [InlineData("timestamp with time zone", "2025-04-05T02:00:00+02:00", "2025-04-05 00:00:00+00", true)]
    [InlineData("timestamp without time zone", "2025-04-05T02:00:00+02:00", null, false)]
    public async Task What_a_person_wrote_is_a_value_of_the_column_or_none(string type, string written, string? value, bool isThere)
    {
        await Db.ExecuteAsync($"CREATE TABLE public.typed (v {type})");
        await using var database = await Db.OpenAsync();
        var found = await database.Engine.TransactAsync(
            async (s, token) =>
            {
                var column = (await s.DescribeAsync(new("public", "typed"), token))!.Columns[0];
                return (
                    await s.QueryAsync(
                        $"SELECT CAST({database.Engine.Dialect.Typed(column, written, $"v")} AS TEXT) FROM (SELECT 1) x(v)",
                        token
                    )
                )[0]
                    .TextOrNull(0);
            },
            Scope.Reading,
            default
        );
        Assert.Equal(isThere, found is not null);
        Assert.Equal(value, found);
    }
}
