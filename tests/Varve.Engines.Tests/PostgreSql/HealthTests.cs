using Npgsql;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;
using Varve.PostgreSql;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>What doctor says of a server, the statements that give rights, and a lease that is waited for.</summary>
public sealed class HealthTests() : ConformanceSuite(PostgreSqlScratch.New)
{
    private PostgreSqlScratch Server => (PostgreSqlScratch)Db;

    [Fact]
    public async Task A_partition_that_somebody_began_to_detach_is_found_with_the_statement_that_finishes_it()
    {
        await Db.ExecuteAsync(
            """
            CREATE SCHEMA m; CREATE TABLE m.cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION) PARTITION BY RANGE (ts);
            CREATE TABLE m.cpu_1 PARTITION OF m.cpu FOR VALUES FROM ('2025-01-01') TO ('2025-01-03'); CREATE TABLE m.cpu_2 PARTITION OF m.cpu FOR VALUES FROM ('2025-01-03') TO ('2025-01-05')
            """
        );
        var story = new Story(Db, Cpu());
        await story.ApplyAsync(Policy("keep: 3d\ntiers: [{ every: 1h }]"));
        Assert.DoesNotContain(await FindAsync(story), f => f.Check == "partition.detaching");
        await using (var reader = await Server.ConnectAsync())
        {
            await using var reading = await reader.BeginTransactionAsync();
            await using (var look = new NpgsqlCommand("SELECT count(*) FROM m.cpu", reader))
                await look.ExecuteScalarAsync();
            await using var other = await Server.ConnectAsync();
            await using (var patience = new NpgsqlCommand("SET lock_timeout = 300", other))
                await patience.ExecuteNonQueryAsync();
            await using var detach = new NpgsqlCommand("ALTER TABLE m.cpu DETACH PARTITION m.cpu_1 CONCURRENTLY", other);
            await Assert.ThrowsAsync<PostgresException>(() => detach.ExecuteNonQueryAsync());
            await using (var calm = new NpgsqlCommand("RESET lock_timeout", other))
                await calm.ExecuteNonQueryAsync();
        }

        var found = Assert.Single(await FindAsync(story), f => f.Check == "partition.detaching");
        Assert.Equal("ALTER TABLE m.cpu DETACH PARTITION m.cpu_1 FINALIZE;", found.WayOut);
        await Db.ExecuteAsync(found.WayOut);
        Assert.DoesNotContain(await FindAsync(story), f => f.Check == "partition.detaching");
    }

    [Fact]
    public async Task With_the_statements_that_are_printed_a_user_runs_and_a_reader_reads()
    {
        var (user, reader) = (
            FormattableString.Invariant($"varve user {Environment.ProcessId}"),
            FormattableString.Invariant($"varve reader {Environment.ProcessId}")
        );
        await Db.ExecuteAsync(
            "CREATE SCHEMA \"m m\"; CREATE TABLE \"m m\".cpu (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION) PARTITION BY RANGE (ts); CREATE TABLE \"m m\".old PARTITION OF \"m m\".cpu FOR VALUES FROM ('2025-01-01') TO ('2025-01-03'); CREATE TABLE \"m m\".rest PARTITION OF \"m m\".cpu DEFAULT"
        );
        await Db.ExecuteAsync(
            "INSERT INTO \"m m\".cpu SELECT TIMESTAMP '2025-01-01' + n * INTERVAL '1 hour', 'a', n FROM generate_series(0, 200) n"
        );
        await Db.ExecuteAsync(
            $"DROP ROLE IF EXISTS \"{user}\"; DROP ROLE IF EXISTS \"{reader}\"; CREATE ROLE \"{user}\" LOGIN; CREATE ROLE \"{reader}\"; CREATE ROLE \"{user} owner\"; GRANT ALL ON SCHEMA \"m m\" TO \"{user} owner\""
        );
        foreach (var table in new[] { "cpu", "old", "rest" })
            await Db.ExecuteAsync($"ALTER TABLE \"m m\".{table} OWNER TO \"{user} owner\"");
        try
        {
            var document = PolicyYaml.Parse(
                "table: '\"m m\".cpu'\ntime: ts\nseries: [host]\nmeasures: { v: [avg] }\nkeep: 3d\ntiers: [{ every: 1h }]",
                "p.yaml"
            );
            await using var database = await PostgreSqlDatabase.OpenAsync(
                DatabaseUrl.Parse(Server.Url.Replace("varve@", Uri.EscapeDataString(user) + "@", StringComparison.Ordinal))
            );
            IReadOnlyList<Varve.Catalog.StoredPolicy> policies = [new(document[0].Policy, 1, "", "", At("2025-01-09"), "")];
            var statements = await PostgreSqlGrants.StatementsAsync(database, policies, reader, "varve");
            Assert.Contains(statements, s => s.StartsWith($"GRANT \"{user} owner\" TO \"{user}\"", StringComparison.Ordinal));
            await Db.ExecuteAsync(string.Join('\n', statements.TakeWhile(s => s.Length > 0)));
            var lifecycle = new Lifecycle(database, new() { TimeProvider = new SettableTime(At("2025-01-09")) });
            await lifecycle.ApplyAsync(document);
            var outcome = await RunOutcome.OfAsync(lifecycle, new() { Yes = true, AsOf = At("2025-01-09") });
            Assert.Empty(outcome.Errors);
            Assert.True(outcome.Summary.RowsRemoved > 0);
            Assert.Equal(0L, Number(await Db.QueryAsync("SELECT count(*) FROM pg_class WHERE relname = 'old'"), 0));
            await Db.ExecuteAsync(string.Join('\n', statements.SkipWhile(s => s.Length > 0)));
            Assert.Equal(
                201L,
                Number(await Db.QueryAsync($"SET ROLE \"{reader}\"; SELECT sum(varve_rows)::bigint FROM \"m m\".cpu_all; RESET ROLE"), 0)
            );
        }
        finally
        {
            await Db.ExecuteAsync(
                $"DROP SCHEMA IF EXISTS varve CASCADE; DROP OWNED BY \"{user}\", \"{reader}\", \"{user} owner\" CASCADE; DROP ROLE \"{user}\"; DROP ROLE \"{reader}\"; DROP ROLE \"{user} owner\""
            );
        }
    }

    [Fact]
    public async Task A_session_that_holds_a_table_is_named_with_what_it_holds()
    {
        await Db.ExecuteAsync(
            "CREATE SCHEMA IF NOT EXISTS m; CREATE TABLE m.held (ts timestamp, host text, v double precision) PARTITION BY RANGE (ts); CREATE TABLE m.held_2025 PARTITION OF m.held FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')"
        );
        var policy = PolicyYaml
            .Parse("table: m.held\ntime: ts\nseries: [host]\nmeasures: { v: [avg] }\ntiers: [{ every: 1h }]", "p.yaml")[0]
            .Policy;
        IReadOnlyList<Varve.Catalog.StoredPolicy> policies = [new(policy, 1, "", "", At("2025-01-09"), "")];
        await using var database = await PostgreSqlDatabase.OpenAsync(DatabaseUrl.Parse(Server.Url));
        await using var other = await Server.ConnectAsync();
        await using var transaction = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new Npgsql.NpgsqlCommand("LOCK TABLE m.held_2025 IN SHARE MODE", other, transaction))
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var found = Assert.Single(await PostgreSqlHealth.DiagnoseAsync(database, policies), f => f.Check == "session.lock");
        Assert.Contains("holds ShareLock on m.held_2025", found.Found, StringComparison.Ordinal);
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(await PostgreSqlHealth.DiagnoseAsync(database, policies), f => f.Check == "session.lock");
        await Db.ExecuteAsync("DROP TABLE m.held");
    }

    [Fact]
    public async Task A_session_that_is_in_one_transaction_for_long_is_named_with_what_it_costs()
    {
        await using var database = await PostgreSqlDatabase.OpenAsync(DatabaseUrl.Parse(Server.Url));
        await using var other = await Server.ConnectAsync();
        await using var transaction = await other.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var look = new NpgsqlCommand("SELECT pg_backend_pid()", other, transaction))
            await look.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(await PostgreSqlHealth.DiagnoseAsync(database, []), f => f.Check == "session.long");
        var found = Assert.Single(await FindAsync(database, new(TimeSpan.Zero, long.MaxValue)), f => f.Check == "session.long");
        Assert.StartsWith(FormattableString.Invariant($"Session {other.ProcessID} ("), found.Found, StringComparison.Ordinal);
        Assert.Contains("has been in one transaction for 0 minutes, idle in transaction", found.Found, StringComparison.Ordinal);
        Assert.Contains(
            FormattableString.Invariant($"SELECT pg_terminate_backend({other.ProcessID})"),
            found.WayOut,
            StringComparison.Ordinal
        );
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(await FindAsync(database, new(TimeSpan.Zero, long.MaxValue)), f => f.Check == "session.long");
    }

    [Fact]
    public async Task A_user_who_may_not_see_since_when_others_are_in_a_transaction_is_told_so_and_sees_their_locks()
    {
        var role = FormattableString.Invariant($"varve_blind_{Environment.ProcessId}");
        await Db.ExecuteAsync(
            $"CREATE SCHEMA m; CREATE TABLE m.cpu (ts timestamp, host text, v double precision); DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA m TO {role}; GRANT SELECT, DELETE ON m.cpu TO {role}"
        );
        try
        {
            IReadOnlyList<Varve.Catalog.StoredPolicy> policies =
            [
                new(PolicyYaml.Parse(Policy("tiers: [{ every: 1h }]"), "p.yaml")[0].Policy, 1, "", "", At("2025-01-09"), ""),
            ];
            await using var database = await PostgreSqlDatabase.OpenAsync(
                DatabaseUrl.Parse(Server.Url.Replace("varve@", role + "@", StringComparison.Ordinal))
            );
            // One that is at nothing is not worth a word.
            await using var other = await Server.ConnectAsync();
            Assert.DoesNotContain(await FindAsync(database, policies), f => f.Check.StartsWith("session.", StringComparison.Ordinal));
            await using (var transaction = await other.BeginTransactionAsync(TestContext.Current.CancellationToken))
            {
                await using (var hold = new NpgsqlCommand("LOCK TABLE m.cpu IN SHARE MODE", other, transaction))
                    await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
                var found = await FindAsync(database, policies);
                var hidden = Assert.Single(found, f => f.Check == "session.hidden");
                Assert.StartsWith(
                    $"One session of other users (varve) is in a transaction, and {role} may not see since when",
                    hidden.Found,
                    StringComparison.Ordinal
                );
                Assert.DoesNotContain(found, f => f.Check == "session.long");
                Assert.Contains(
                    "holds ShareLock on m.cpu, since when is hidden from this user",
                    Assert.Single(found, f => f.Check == "session.lock").Found,
                    StringComparison.Ordinal
                );
                await Db.ExecuteAsync(hidden.WayOut[..(hidden.WayOut.IndexOf(';', StringComparison.Ordinal) + 1)]);
                found = await FindAsync(database, policies);
                Assert.DoesNotContain(found, f => f.Check == "session.hidden");
                Assert.Single(found, f => f.Check == "session.long");
                Assert.Contains(
                    " s, idle in transaction",
                    Assert.Single(found, f => f.Check == "session.lock").Found,
                    StringComparison.Ordinal
                );
            }
        }
        finally
        {
            await Db.ExecuteAsync($"DROP OWNED BY {role} CASCADE; DROP ROLE {role}");
        }

        static Task<IReadOnlyList<Diagnosis.Finding>> FindAsync(Database database, IReadOnlyList<Varve.Catalog.StoredPolicy> policies) =>
            PostgreSqlHealth.DiagnoseAsync(database, policies, new(TimeSpan.Zero, long.MaxValue), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_transaction_that_was_prepared_and_left_is_named_with_what_it_holds_and_the_statements_that_end_it()
    {
        if ((string)(await Db.QueryAsync("SHOW max_prepared_transactions"))[0][0]! == "0")
            Assert.Skip("The server prepares no transactions (max_prepared_transactions = 0); the one that test.sh starts does.");
        await Db.ExecuteAsync("CREATE SCHEMA m; CREATE TABLE m.left (n integer); CREATE INDEX ON m.left (n)");
        await using var database = await PostgreSqlDatabase.OpenAsync(DatabaseUrl.Parse(Server.Url));
        var isLeft = true;
        await Db.ExecuteAsync("BEGIN; INSERT INTO m.left VALUES (1); PREPARE TRANSACTION 'it''s \\left'");
        try
        {
            Assert.DoesNotContain(await PostgreSqlHealth.DiagnoseAsync(database, []), f => f.Check == "transaction.prepared");
            var found = Assert.Single(await FindAsync(database, new(TimeSpan.Zero, long.MaxValue)), f => f.Check == "transaction.prepared");
            Assert.StartsWith(
                "The transaction E'it''s \\\\left' of varve was prepared 0 minutes ago and never ended, and holds m.\"left\": ",
                found.Found,
                StringComparison.Ordinal
            );
            await Db.ExecuteAsync(found.WayOut[found.WayOut.IndexOf("ROLLBACK", StringComparison.Ordinal)..^1]);
            isLeft = false;
            Assert.DoesNotContain(await FindAsync(database, new(TimeSpan.Zero, long.MaxValue)), f => f.Check == "transaction.prepared");
        }
        finally
        {
            // A database with one cannot be dropped.
            if (isLeft)
                await Db.ExecuteAsync("ROLLBACK PREPARED 'it''s \\left'");
        }
    }

    [Fact]
    public async Task A_replication_slot_that_is_behind_is_named_with_the_statement_that_drops_it()
    {
        var slot = FormattableString.Invariant($"varve_slot_{Environment.ProcessId}");
        var isLogical = (string)(await Db.QueryAsync("SHOW wal_level"))[0][0]! == "logical";
        await Db.ExecuteAsync(
            isLogical
                ? $"SELECT pg_create_logical_replication_slot('{slot}', 'pgoutput')"
                : $"SELECT pg_create_physical_replication_slot('{slot}', true)"
        );
        var isDropped = false;
        try
        {
            await Db.ExecuteAsync("CREATE TABLE public.written AS SELECT n FROM generate_series(1, 1000) n");
            await using var database = await PostgreSqlDatabase.OpenAsync(DatabaseUrl.Parse(Server.Url));
            Assert.DoesNotContain(await PostgreSqlHealth.DiagnoseAsync(database, []), f => f.Check == "slot.behind");
            var found = Assert.Single(await BehindAsync(database));
            Assert.Contains("behind and nobody reads it: the server keeps", found.Found, StringComparison.Ordinal);
            await Db.ExecuteAsync(found.WayOut[found.WayOut.IndexOf("SELECT", StringComparison.Ordinal)..]);
            isDropped = true;
            Assert.Empty(await BehindAsync(database));
        }
        finally
        {
            if (!isDropped)
                await Db.ExecuteAsync($"SELECT pg_drop_replication_slot('{slot}')");
        }

        // Slots are the server's, and others may have some.
        async Task<IReadOnlyList<Diagnosis.Finding>> BehindAsync(Database database) =>
            [
                .. (await FindAsync(database, new(TimeSpan.FromDays(1), 10_000))).Where(f =>
                    f.Check == "slot.behind" && f.Found.Contains($" {slot} is ", StringComparison.Ordinal)
                ),
            ];
    }

    [Fact]
    public async Task A_lease_that_another_run_has_is_waited_for_as_long_as_was_said()
    {
        await using var one = await PostgreSqlDatabase.OpenAsync(DatabaseUrl.Parse(Server.Url));
        await using var patient = await PostgreSqlDatabase.OpenAsync(
            DatabaseUrl.Parse(Server.Url),
            new() { LeaseWait = TimeSpan.FromSeconds(20) }
        );
        await using var hasty = await PostgreSqlDatabase.OpenAsync(
            DatabaseUrl.Parse(Server.Url),
            new() { LeaseWait = TimeSpan.FromMilliseconds(400) }
        );
        var held = await one.Engine.LeaseAsync("p", CancellationToken.None);
        var waiting = patient.Engine.LeaseAsync("p", CancellationToken.None);
        await Assert.ThrowsAsync<BusyException>(() => hasty.Engine.LeaseAsync("p", CancellationToken.None));
        Assert.False(waiting.IsCompleted);
        await held.DisposeAsync();
        await (await waiting).DisposeAsync();
    }

    private static Task<IReadOnlyList<Diagnosis.Finding>> FindAsync(Database database, HealthLimits limits) =>
        PostgreSqlHealth.DiagnoseAsync(database, [], limits, TestContext.Current.CancellationToken);

    private Task<IReadOnlyList<Diagnosis.Finding>> FindAsync(Story story) =>
        story.WithAsync(async lifecycle =>
        {
            await using var database = await Db.OpenAsync();
            return await PostgreSqlHealth.DiagnoseAsync(database, await lifecycle.PoliciesAsync(Selection.All));
        });
}
