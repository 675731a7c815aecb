using System.Collections.Concurrent;
using Npgsql;
using Varve.PostgreSql;

namespace Varve.Engines.Tests.Scratch;

/// <summary>
/// Databases on it that tests lend one after the other: emptying one takes a few milliseconds, making one takes fifty.
/// </summary>
public static partial class PostgreSqlServer
{
    private static readonly ConcurrentBag<Lent> s_free = [];
    private static int s_made;

    /// <summary>An empty database.</summary>
    public static Lent Lend()
    {
        Require();
        return s_free.TryTake(out var free) ? free : Make(DatabaseUrl.Parse(Url!));
    }

    /// <summary>A copy of a database that nobody is connected to, which is gone when it is given back.</summary>
    public static Lent Copy(Lent database)
    {
        database.Source.Clear();
        database.Varve.Clear();
        return Make(DatabaseUrl.Parse(Url!), database.Name, isLent: false);
    }

    private static Lent Make(DatabaseUrl url, string template = "template0", bool isLent = true)
    {
        var name = FormattableString.Invariant($"varve_{Environment.ProcessId}_{Interlocked.Increment(ref s_made)}");
        using var admin = NpgsqlDataSource.Create(Text(url, url.Database ?? "postgres"));
        using (var drop = admin.CreateCommand($"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            drop.ExecuteNonQuery();

        // Sessions that were closed are there a moment longer; the server waits five seconds for them.
        using (var create = admin.CreateCommand($"CREATE DATABASE {name} TEMPLATE {template}"))
            create.ExecuteNonQuery();
        return new(
            name,
            Url!.Replace($"/{url.Database}", $"/{name}", StringComparison.Ordinal),
            NpgsqlDataSource.Create(Text(url, name)),
            isLent
        );
    }

    /// <summary>A database that is given back empty.</summary>
    public sealed class Lent(string name, string url, NpgsqlDataSource source, bool isLent) : IAsyncDisposable
    {
        public string Name { get; } = name;

        public string Url { get; } = url;

        /// <summary>Connections of the users of the database.</summary>
        public NpgsqlDataSource Source { get; } = source;

        /// <summary>Connections of Varve.</summary>
        public NpgsqlDataSource Varve { get; } =
            PostgreSqlOpening.Source(
                PostgreSqlUrl.Read(DatabaseUrl.Parse(url), new()).Connection,
                new() { LockTimeout = TimeSpan.FromMilliseconds(200) }
            );

        public async ValueTask DisposeAsync()
        {
            if (!isLent)
            {
                await Source.DisposeAsync();
                await Varve.DisposeAsync();
                await using var admin = NpgsqlDataSource.Create(Text(DatabaseUrl.Parse(Url), "postgres"));
                await using var drop = admin.CreateCommand($"DROP DATABASE {Name} WITH (FORCE)");
                await drop.ExecuteNonQueryAsync();
                return;
            }

            await using (
                var clear = Source.CreateCommand(
                    """
                    DO $$ DECLARE s text; BEGIN
                      FOR s IN SELECT nspname FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\_%' LOOP
                        EXECUTE format('DROP SCHEMA %I CASCADE', s);
                      END LOOP;
                      CREATE SCHEMA public;
                    END $$
                    """
                )
            )
                await clear.ExecuteNonQueryAsync();
            s_free.Add(this);
        }
    }
}
