using Npgsql;
using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>The audit log is one chain for all, and no step with its proof is done again because somebody else appended to it.</summary>
public sealed class AuditTests() : ConformanceSuite(PostgreSqlScratch.New)
{
    private const string Told = "SELECT count(*) FROM varve.audit WHERE action = 'rows.expired'";

    [Fact]
    public async Task What_others_append_during_a_long_step_does_not_make_it_be_done_again()
    {
        var story = await BeginAsync(Policy("keep: 3d\ntiers: [{ every: 1h }]", "avg"), Every("2025-01-01", "2025-01-08", "1h"));
        await Db.ExecuteAsync(
            """
            CREATE SEQUENCE m.tries; CREATE TABLE m.mem (ts TIMESTAMP, host TEXT, v DOUBLE PRECISION);
            CREATE FUNCTION m.wait() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = '30s' AS $$ BEGIN PERFORM nextval('m.tries'); PERFORM pg_advisory_xact_lock(42); RETURN NULL; END $$;
            CREATE TRIGGER wait BEFORE DELETE ON m.cpu FOR EACH STATEMENT EXECUTE FUNCTION m.wait()
            """
        );
        await using var other = await ((PostgreSqlScratch)Db).ConnectAsync();
        await AskAsync(other, "SELECT pg_advisory_lock(42)");
        var running = Task.Run(() => story.RunAsync("2025-01-09"));
        while (!running.IsCompleted && Number(await Db.QueryAsync("SELECT CAST(is_called AS INTEGER) FROM m.tries"), 0) == 0)
            await Task.Delay(20);
        await new Story(Db, Cpu() with { Name = new("m", "mem") }).ApplyAsync(
            Policy("tiers: [{ every: 1h }]", "avg").Replace("m.cpu", "m.mem", StringComparison.Ordinal)
        );
        await AskAsync(other, "SELECT pg_advisory_unlock(42)");

        Assert.Empty((await running).Errors);
        Assert.Equal(1, Number(await Db.QueryAsync("SELECT last_value FROM m.tries"), 0));
        Assert.Equal(1, Number(await Db.QueryAsync(Told), 0));
        Assert.Empty((await story.WithAsync(l => l.VerifyAuditAsync())).Findings);
        Same(Since(Every("2025-01-01", "2025-01-08", "1h"), "2025-01-06"), await story.SourceAsync());
    }

    [Fact]
    public async Task What_could_not_be_appended_after_a_step_is_appended_by_the_next_run()
    {
        var story = await BeginAsync(Policy("keep: 3d\ntiers: [{ every: 1h }]", "avg"), Every("2025-01-01", "2025-01-08", "1h"));
        await story.RunWellAsync("2025-01-02");
        await Db.ExecuteAsync(
            """
            CREATE FUNCTION varve.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'lock_not_available'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON varve.audit FOR EACH ROW WHEN (NEW.action = 'rows.expired') EXECUTE FUNCTION varve.refuse()
            """
        );
        await story.RunWellAsync("2025-01-09");
        Assert.Equal(0, Number(await Db.QueryAsync(Told), 0));
        await Db.ExecuteAsync("DROP TRIGGER refuse ON varve.audit");
        await story.RunWellAsync("2025-01-09");
        await story.RunWellAsync("2025-01-09");
        Assert.Equal(1, Number(await Db.QueryAsync(Told), 0));
        Assert.Empty((await story.WithAsync(l => l.VerifyAuditAsync())).Findings);
    }

    private static async Task AskAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
