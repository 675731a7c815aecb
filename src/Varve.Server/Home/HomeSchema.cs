using System.Globalization;
using Varve.Engines;
using Varve.Sql;

namespace Varve.Server.Home;

/// <summary>Creates a home, and brings an older one up to date; one that is newer than this Varve is refused with both versions.</summary>
internal sealed class HomeSchema(IEngine engine)
{
    /// <summary>The entry that counts what was changed, so that servers of one home see each other's changes.</summary>
    internal const string ChangesName = "changes";

    /// <summary>The entry that counts changes of what a schedule is made of.</summary>
    internal const string SchedulesName = "schedules";

    private const string VersionName = "schema_version";
    private const int MostAttempts = 5;

    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(200);

    private static readonly Func<Dialect, IEnumerable<SqlText>>[] s_migrations = [First, _ => Second(), _ => Third(), _ => Fourth()];

    /// <summary>The version that this Varve writes.</summary>
    public static int Version => s_migrations.Length;

    /// <summary>What makes tables of a later version of those of an earlier one; 0: there are none.</summary>
    public static IEnumerable<SqlText> Upgrade(Dialect dialect, int from, int to) => s_migrations[from..to].SelectMany(m => m(dialect));

    /// <exception cref="EngineException">The version is newer than this Varve.</exception>
    public static void RequireKnown(int version)
    {
        if (version > Version)
            throw new EngineException(
                ServerCodes.NewerHome,
                FormattableString.Invariant(
                    $"The home has version {version}, this Varve knows up to {Version}: use the newer Varve that wrote it."
                )
            );
    }

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await EnsureOnceAsync(cancellationToken);
                return;
            }
            catch (EngineException raced) when (attempt < MostAttempts && raced.Code is EngineCodes.Conflict or EngineCodes.NameTaken)
            {
                // Another server makes the same home at this moment: what it has made is looked at again.
                await Task.Delay(s_again, cancellationToken);
            }
        }
    }

    private async Task EnsureOnceAsync(CancellationToken cancellationToken)
    {
        var version = await VersionAsync(cancellationToken);
        RequireKnown(version);
        if (version == Version)
            return;
        await engine.TransactAsync(
            async (statements, token) =>
            {
                foreach (var statement in Upgrade(engine.Dialect, version, Version))
                    await statements.ExecuteAsync(statement, token);
                await statements.ExecuteAsync($"DELETE FROM {HomeTables.Meta} WHERE name = {VersionName}", token);
                await statements.ExecuteAsync(
                    $"INSERT INTO {HomeTables.Meta} (name, value) VALUES ({VersionName}, {Version.ToString(CultureInfo.InvariantCulture)})",
                    token
                );
                return 0;
            },
            Scope.Writing,
            cancellationToken
        );
    }

    private async Task<int> VersionAsync(CancellationToken cancellationToken)
    {
        if (await engine.TransactAsync((s, token) => s.DescribeAsync(HomeTables.Meta, token), Scope.Reading, cancellationToken) is null)
            return 0;
        var rows = await engine.TransactAsync(
            (s, token) => s.QueryAsync($"SELECT value FROM {HomeTables.Meta} WHERE name = {VersionName}", token),
            Scope.Reading,
            cancellationToken
        );
        return int.Parse(rows[0].Text(0), CultureInfo.InvariantCulture);
    }

    /// <summary>Version 1. Instants are microseconds since 1970 UTC.</summary>
    private static IEnumerable<SqlText> First(Dialect dialect)
    {
        yield return $"CREATE SCHEMA IF NOT EXISTS {dialect.Schema(HomeTables.Schema)}";
        yield return $"CREATE TABLE {HomeTables.Meta} (name VARCHAR NOT NULL, value VARCHAR)";
        yield return $"""
            CREATE TABLE {HomeTables.Tokens} (id VARCHAR NOT NULL, kind VARCHAR NOT NULL, hash VARCHAR NOT NULL, name VARCHAR NOT NULL, role VARCHAR NOT NULL, tenant VARCHAR NOT NULL,
            parent VARCHAR, created_us BIGINT NOT NULL, created_by VARCHAR NOT NULL, expires_us BIGINT NOT NULL, revoked_us BIGINT, used_us BIGINT)
            """;
        yield return $"""
            CREATE TABLE {HomeTables.Schedules} (connection VARCHAR NOT NULL, policy VARCHAR NOT NULL, rule VARCHAR NOT NULL, armed_us BIGINT NOT NULL, failures INTEGER NOT NULL, circuit_us BIGINT,
            success_us BIGINT, overdue_us BIGINT, paused_us BIGINT, paused_by VARCHAR, pause_reason VARCHAR, paused_until_us BIGINT, skip_by VARCHAR, gone_us BIGINT)
            """;
        yield return $"""
            CREATE TABLE {HomeTables.Runs} (id VARCHAR NOT NULL, connection VARCHAR NOT NULL, policy VARCHAR NOT NULL, trigger_kind VARCHAR NOT NULL, scheduled_us BIGINT, missed INTEGER NOT NULL,
            request VARCHAR NOT NULL, subject VARCHAR NOT NULL, queued_us BIGINT NOT NULL, started_us BIGINT, finished_us BIGINT, state VARCHAR NOT NULL, reason VARCHAR, error_code VARCHAR, error VARCHAR, result VARCHAR)
            """;
        yield return $"CREATE TABLE {HomeTables.IdempotencyKeys} (tenant VARCHAR NOT NULL, idempotency_key VARCHAR NOT NULL, request_hash VARCHAR NOT NULL, run VARCHAR NOT NULL, created_us BIGINT NOT NULL)";
        yield return $"""
            CREATE TABLE {HomeTables.Audit} (seq BIGINT NOT NULL, at_us BIGINT NOT NULL, subject VARCHAR NOT NULL, method VARCHAR NOT NULL, tenant VARCHAR NOT NULL, action VARCHAR NOT NULL, target VARCHAR,
            detail VARCHAR NOT NULL, previous_hash VARCHAR NOT NULL, hash VARCHAR NOT NULL)
            """;
        yield return $"CREATE TABLE {HomeTables.Connections} (name VARCHAR NOT NULL, url VARCHAR NOT NULL, tenant VARCHAR NOT NULL, at_once INTEGER NOT NULL, created_us BIGINT NOT NULL, created_by VARCHAR NOT NULL)";
    }

    /// <summary>Version 2: queries, backfills, and what is told to others.</summary>
    private static IEnumerable<SqlText> Second()
    {
        yield return $"ALTER TABLE {HomeTables.Schedules} ADD COLUMN is_query BOOLEAN DEFAULT FALSE";
        yield return $"ALTER TABLE {HomeTables.Runs} ADD COLUMN window_from_us BIGINT";
        yield return $"ALTER TABLE {HomeTables.Runs} ADD COLUMN window_to_us BIGINT";
        yield return $"ALTER TABLE {HomeTables.Runs} ADD COLUMN backfill VARCHAR";
        yield return $"""
            CREATE TABLE {HomeTables.Queries} (connection VARCHAR NOT NULL, name VARCHAR NOT NULL, revision INTEGER NOT NULL, is_current BOOLEAN NOT NULL, yaml VARCHAR NOT NULL,
            applied_us BIGINT NOT NULL, applied_by VARCHAR NOT NULL)
            """;
        yield return $"""
            CREATE TABLE {HomeTables.Backfills} (id VARCHAR NOT NULL, connection VARCHAR NOT NULL, query VARCHAR NOT NULL, from_us BIGINT NOT NULL, to_us BIGINT NOT NULL, newest_first BOOLEAN NOT NULL,
            at_once INTEGER NOT NULL, again VARCHAR NOT NULL, state VARCHAR NOT NULL, next_us BIGINT, reason VARCHAR, subject VARCHAR NOT NULL, created_us BIGINT NOT NULL, finished_us BIGINT)
            """;
        yield return $"""
            CREATE TABLE {HomeTables.Deliveries} (id VARCHAR NOT NULL, target VARCHAR NOT NULL, tenant VARCHAR NOT NULL, kind VARCHAR NOT NULL, body VARCHAR NOT NULL, created_us BIGINT NOT NULL,
            attempts INTEGER NOT NULL, next_us BIGINT, state VARCHAR NOT NULL, answer VARCHAR, done_us BIGINT)
            """;
    }

    /// <summary>Version 3: several servers on one home, of which one leads.</summary>
    private static IEnumerable<SqlText> Third()
    {
        yield return $"CREATE TABLE {HomeTables.Lead} (server VARCHAR NOT NULL, beat BIGINT NOT NULL, fence BIGINT NOT NULL)";
        yield return $"INSERT INTO {HomeTables.Lead} (server, beat, fence) VALUES ({""}, {0L}, {0L})";
        yield return $"INSERT INTO {HomeTables.Meta} (name, value) VALUES ({ChangesName}, {"0"}), ({SchedulesName}, {"0"})";
        yield return $"ALTER TABLE {HomeTables.Runs} ADD COLUMN end_asked VARCHAR";
        yield return $"ALTER TABLE {HomeTables.Runs} ADD COLUMN end_by VARCHAR";
        yield return $"CREATE TABLE {HomeTables.FormKeys} (id VARCHAR NOT NULL, xml VARCHAR NOT NULL)";
    }

    /// <summary>Version 4: what runs remove each day.</summary>
    private static IEnumerable<SqlText> Fourth()
    {
        yield return $"CREATE TABLE {HomeTables.Removed} (run VARCHAR NOT NULL, tenant VARCHAR NOT NULL, day_us BIGINT NOT NULL, removed BIGINT NOT NULL)";
    }
}
