using System.Globalization;
using Npgsql;
using Varve.Engines;
using Varve.Sql;

namespace Varve.PostgreSql;

/// <summary>
/// A mark that each session of Varve is given, to know it again. A pooler that hands a session to somebody else between two
/// transactions takes the settings away that Varve relies on, and two runs could have one lock of one session.
/// </summary>
internal static class PostgreSqlSession
{
    /// <summary>Where the mark is.</summary>
    public const string Setting = "varve.session";

    private const string Unknown = "42704";

    private static readonly string s_process = Guid.CreateVersion7().ToString("N");

    /// <summary>The mark of a connection: the number that the server, or a pooler before it, gave it.</summary>
    public static string Mark(NpgsqlConnection connection) =>
        string.Create(CultureInfo.InvariantCulture, $"{s_process}.{connection.ProcessID}");

    /// <summary>Statements, the first of a transaction, and the mark of whoever answers. Nothing is read, and no snapshot taken.</summary>
    /// <exception cref="EngineException">It is another session than that of the connection.</exception>
    public static async Task BeginAsync(PostgreSqlStatements statements, SqlText begin, CancellationToken cancellationToken)
    {
        string? mark;
        try
        {
            mark = (await statements.QueryAsync($"{begin}; SHOW varve.session", cancellationToken))[0].TextOrNull(0);
        }
        catch (EngineException error) when (error.InnerException is PostgresException { SqlState: Unknown })
        {
            mark = null;
        }

        if (mark != Mark(statements.Connection))
            throw IsShared(statements.Database);
    }

    /// <summary>What is said where a pooler gives sessions away.</summary>
    public static EngineException IsShared(string database) =>
        new(
            ServerCodes.SharedSession,
            $"{database}: a pooler between gives the session of this connection to others after each transaction, and with it the lock that keeps two runs apart. Let it keep one session for one client (PgBouncer: pool_mode = session), or name the server itself. Nothing was changed."
        );
}
