using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.PostgreSql;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>A session is Varve's own from first to last, whatever stands between, and whatever its user is set to.</summary>
public sealed class SharedSessionTests() : ConformanceSuite(PostgreSqlScratch.New)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What a pooler does between two transactions: another session answers, set by another Varve or by nobody.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_that_a_pooler_gave_to_others_is_told_and_neither_worked_in_nor_leased(bool byAnother)
    {
        await using var database = await PostgreSqlDatabase.OpenAsync(DatabaseUrl.Parse(((PostgreSqlScratch)Db).Url));
        await WriteAsync($"CREATE TABLE public.a (a INTEGER)");
        await WriteAsync(byAnother ? (Sql.SqlText)$"SET varve.session = 'another'" : $"RESET ALL");

        var work = await Assert.ThrowsAsync<EngineException>(() => WriteAsync($"CREATE TABLE public.b (a INTEGER)"));
        var lease = await Assert.ThrowsAsync<EngineException>(() => database.Engine.LeaseAsync("m.cpu", Token));

        Assert.Equal((ServerCodes.SharedSession, false), (work.Code, work.IsTransient));
        Assert.Equal(ServerCodes.SharedSession, lease.Code);
        Assert.Contains("pool_mode = session", work.Message, StringComparison.Ordinal);
        Assert.Equal("a", Assert.Single(await Db.ShapesAsync("public")).Name);
        Assert.Empty(
            await Db.QueryAsync(
                "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        );

        Task<long> WriteAsync(Sql.SqlText statement) =>
            database.Engine.TransactAsync((s, token) => s.ExecuteAsync(statement, token), Scope.Writing, Token);
    }

    [Fact]
    public async Task What_a_user_is_set_to_changes_nothing()
    {
        var role = $"odd_{Environment.ProcessId}";
        string[] settings =
        [
            "statement_timeout = '1s'",
            "lock_timeout = '1ms'",
            "idle_session_timeout = '200ms'",
            "idle_in_transaction_session_timeout = '100ms'",
            "default_transaction_isolation = 'serializable'",
            "default_transaction_deferrable = on",
            "TimeZone = 'Asia/Kathmandu'",
            "DateStyle = 'German'",
            "array_nulls = off",
            "quote_all_identifiers = on",
            "search_path = 'nowhere'",
        ];
        await Db.ExecuteAsync(
            $"DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN SUPERUSER; {string.Concat(settings.Select(s => $"ALTER ROLE {role} SET {s}; "))}"
        );
        try
        {
            var user = DatabaseUrl.Parse(((PostgreSqlScratch)Db).Url).User;
            var url = ((PostgreSqlScratch)Db).Url.Replace($"{user}@", $"{role}@", StringComparison.Ordinal);
            await using var database = await PostgreSqlDatabase.OpenAsync(DatabaseUrl.Parse(url));
            var told = await AskAsync(
                $"""
                SELECT concat_ws(' ', current_setting('statement_timeout'), current_setting('lock_timeout'), current_setting('TimeZone'), current_setting('array_nulls'),
                  current_setting('transaction_isolation'), current_schema(), TIMESTAMP '2025-03-04', current_setting('idle_in_transaction_session_timeout'))
                """
            );
            Assert.Equal("0 2s UTC on repeatable read pg_catalog 2025-03-04 00:00:00 0", told);

            // The connection rests in the pool for longer than a session of this user may.
            await Task.Delay(TimeSpan.FromMilliseconds(500), Token);
            Assert.Equal(
                1,
                Assert.Single(await Db.QueryAsync($"SELECT count(*)::integer FROM pg_stat_activity WHERE usename = '{role}'"))[0]
            );
            Assert.Equal("0", await AskAsync($"SELECT current_setting('idle_session_timeout')"));

            Task<string> AskAsync(Sql.SqlText query) =>
                database.Engine.TransactAsync(async (s, token) => (await s.QueryAsync(query, token))[0].Text(0), Scope.Writing, Token);
        }
        finally
        {
            await Db.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }
}
