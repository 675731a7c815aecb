using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;
using Varve.Engines;

namespace Varve.PostgreSql;

/// <summary>
/// PostgreSQL's errors as Varve's, told apart by SQLSTATE. Its messages can quote values of rows and statements, so that only
/// the names that it gives beside them are taken over.
/// </summary>
internal static class PostgreSqlErrors
{
    /// <summary>True where a statement was stopped, or its connection with it.</summary>
    public static bool IsInterrupt(Exception error) =>
        error is OperationCanceledException or PostgresException { SqlState: PostgresErrorCodes.QueryCanceled }
        || error is NpgsqlException { InnerException: OperationCanceledException or TimeoutException };

    /// <summary>True where the server's certificate was refused.</summary>
    public static bool IsOfCertificate(EngineException error) =>
        error is { Code: ServerCodes.Unsafe, InnerException: NpgsqlException { InnerException: AuthenticationException } };

    /// <summary>True where the connection is of no use any more.</summary>
    public static bool IsLost(Exception error) => error is EngineException { Code: EngineCodes.Lost };

    /// <summary>The error as the caller should see it; null for what is not PostgreSQL's.</summary>
    public static VarveException? Read(Exception error, string database) =>
        error switch
        {
            PostgresException known => Told(known, database),
            OperationCanceledException => new EngineException(
                EngineCodes.Interrupted,
                $"{database}: the statement was interrupted from outside. Nothing of it was kept; run again.",
                isTransient: true,
                error
            ),
            NpgsqlException { InnerException: IOException or SocketException or TimeoutException or EndOfStreamException }
            or NpgsqlException { IsTransient: true } => Lost(database, error),
            NpgsqlException or InvalidOperationException { Source: "Npgsql" } => Lost(database, error),
            _ => null,
        };

    /// <summary>The error of a connection that did not come about.</summary>
    public static VarveException Opening(Exception error, string database) =>
        error switch
        {
            PostgresException known => Told(known, database),
            NpgsqlException { InnerException: AuthenticationException inner } => new EngineException(
                ServerCodes.Unsafe,
                $"{database}: the certificate of the server does not prove that it is this host ({First(inner)}). Name the authority that signed it (sslrootcert=PATH), and the host as the certificate has it.",
                inner: error
            ),
            NpgsqlException ssl when ssl.Message.Contains("SSL", StringComparison.Ordinal) => new EngineException(
                ServerCodes.Unsafe,
                $"{database}: the server has no TLS, and a connection beyond this machine must have it. Turn it on there (ssl = on); sslmode=disable in the URL goes without, where the network is trusted.",
                inner: error
            ),
            NpgsqlException { InnerException: TimeoutException } or TimeoutException => new EngineException(
                ServerCodes.Unreachable,
                $"{database}: the server took the connection and does not answer. Check that this is PostgreSQL's port (connect_timeout=SECONDS waits longer).",
                isTransient: true,
                error
            ),
            NpgsqlException { InnerException: SocketException socket } => Unreached(socket, database, error),
            NpgsqlException when error.Message.Contains("password", StringComparison.OrdinalIgnoreCase) => new EngineException(
                ServerCodes.Login,
                $"{database}: the server asks for a password, and none is given. Write password_env=NAME, password_file=PATH or password_stdin=true into the URL, or put it into ~/.pgpass.",
                inner: error
            ),
            _ => new EngineException(
                ServerCodes.Unreachable,
                $"{database}: the connection failed ({First(error)}). Check the URL, and that the server runs.",
                isTransient: true,
                error
            ),
        };

    private static EngineException Unreached(SocketException socket, string database, Exception error) =>
        socket.SocketErrorCode switch
        {
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => new(
                ServerCodes.Unreachable,
                $"{database}: no machine of that name is known. Check the host of the URL.",
                inner: error
            ),
            SocketError.TimedOut => new(
                ServerCodes.Unreachable,
                $"{database}: the machine does not answer. Check host and port of the URL, and the firewalls between.",
                isTransient: true,
                error
            ),
            _ => new(
                ServerCodes.Unreachable,
                $"{database}: nothing takes connections there ({socket.SocketErrorCode}). Check host and port of the URL, and that the server runs.",
                isTransient: true,
                error
            ),
        };

    private static EngineException Lost(string database, Exception error) =>
        new(
            EngineCodes.Lost,
            $"{database}: the connection ended. What was not committed is rolled back; run again.",
            isTransient: true,
            error
        );

    private static EngineException Told(PostgresException error, string database)
    {
        var (code, message, transient) = Told(error);
        return new(code, $"{database}: {message}", transient, error);
    }

    private static (string Code, string Message, bool IsTransient) Told(PostgresException error) =>
        error.SqlState switch
        {
            PostgresErrorCodes.SerializationFailure => (
                EngineCodes.Conflict,
                "another transaction changed the same rows first. Nothing was kept; run again.",
                true
            ),
            PostgresErrorCodes.DeadlockDetected => (
                EngineCodes.Conflict,
                "another session and this one waited for each other, and the server ended this one's statement. Nothing was kept; run again.",
                true
            ),
            PostgresErrorCodes.LockNotAvailable => (
                EngineCodes.Locked,
                $"another session holds a lock on {Relation(error, "what was to be changed")}, for longer than Varve waits (lock_timeout; read_lock_timeout for what writes nothing). Nothing was kept; run again later.",
                true
            ),
            PostgresErrorCodes.QueryCanceled => (
                EngineCodes.Interrupted,
                "the statement was stopped from outside, or took longer than statement_timeout (read_statement_timeout for what writes nothing) of the URL allows. Nothing of it was kept; run again.",
                true
            ),
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or "25P03" or "57P05" => (
                EngineCodes.Lost,
                "the server ended this session. What was not committed is rolled back; run again.",
                true
            ),
            PostgresErrorCodes.CannotConnectNow => (
                ServerCodes.NotReady,
                "the server is starting or stopping. Wait, then run again.",
                true
            ),
            PostgresErrorCodes.TooManyConnections => (
                ServerCodes.NotReady,
                "the server has as many connections as it may (max_connections, or the limit of the user). Close some, or raise it.",
                true
            ),
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => (
                ServerCodes.Login,
                "the server refuses this user, or the password. Check the URL and pg_hba.conf; a password is best given by password_env=NAME, password_file=PATH, password_stdin=true or ~/.pgpass.",
                false
            ),
            PostgresErrorCodes.InvalidCatalogName => (ServerCodes.Login, "there is no such database on the server. Check the URL.", false),
            PostgresErrorCodes.ReadOnlySqlTransaction => (
                EngineCodes.ReadOnly,
                "the server can only be read now: a standby, or default_transaction_read_only is on. Name the primary; or take that setting off the user or the database (ALTER ROLE … RESET default_transaction_read_only).",
                false
            ),
            PostgresErrorCodes.InsufficientPrivilege => (ServerCodes.NoRight, NoRight(error), false),
            PostgresErrorCodes.DiskFull => (
                EngineCodes.DiskFull,
                "no room is left on the disk of the server. Make room; nothing of the step was kept.",
                false
            ),
            PostgresErrorCodes.OutOfMemory => (
                EngineCodes.OutOfMemory,
                "the work did not fit into the memory of the server. Lower work_mem or raise the memory of the server.",
                false
            ),
            PostgresErrorCodes.ProgramLimitExceeded or PostgresErrorCodes.TooManyColumns or PostgresErrorCodes.StatementTooComplex => (
                EngineCodes.OutOfMemory,
                "the statement is beyond a limit of the server: too many columns, or too large a group. Measure less in one policy.",
                false
            ),
            PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName => (
                EngineCodes.Unknown,
                "a relation does not exist. Was it renamed or dropped? `varve check` compares policies with the database.",
                false
            ),
            PostgresErrorCodes.UndefinedColumn => (
                EngineCodes.Unknown,
                "a column does not exist. Was it renamed or dropped? `varve check` compares policies with the database.",
                false
            ),
            PostgresErrorCodes.NumericValueOutOfRange => (
                EngineCodes.Overflow,
                "a result is out of range. A sum has at most 38 digits, a double about 1.8e308: leave sum and avg out for that measure, or measure in a larger unit.",
                false
            ),
            PostgresErrorCodes.DatetimeFieldOverflow or PostgresErrorCodes.IntervalFieldOverflow => (
                EngineCodes.Overflow,
                "a time is beyond what PostgreSQL can hold.",
                false
            ),
            PostgresErrorCodes.DependentObjectsStillExist => (
                EngineCodes.Constraint,
                $"something else in the database depends on {Relation(error, "it")}. Remove that first.",
                false
            ),
            PostgresErrorCodes.DuplicateTable
            or PostgresErrorCodes.DuplicateObject
            or PostgresErrorCodes.DuplicateSchema
            or PostgresErrorCodes.DuplicateColumn => (EngineCodes.NameTaken, $"{Relation(error, "a name")} exists already.", false),
            PostgresErrorCodes.ObjectInUse or PostgresErrorCodes.ObjectNotInPrerequisiteState => (
                EngineCodes.Locked,
                "another session uses what was to be changed. Run again later.",
                true
            ),
            PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => (
                EngineCodes.Damaged,
                $"the server says that {Relation(error, "a relation")} is damaged. Look into its log, and restore from a backup.",
                false
            ),
            PostgresErrorCodes.UniqueViolation => (
                EngineCodes.Conflict,
                "another session wrote the same row of the catalog first. Nothing was kept; run again.",
                true
            ),
            PostgresErrorCodes.RaiseException => (
                EngineCodes.Refused,
                "a trigger, an event trigger or a function in the database refused it (P0001). The log of the server has its words.",
                false
            ),
            ['2', '2', ..] => (
                EngineCodes.Conversion,
                "a value could not be converted. Look for values that do not fit their column's type.",
                false
            ),
            ['2', '3', ..] => (
                EngineCodes.Constraint,
                $"a constraint of {Relation(error, "a table")} forbids it. Look at its keys, checks and NOT NULL columns.",
                false
            ),
            ['0', '8', ..] => (EngineCodes.Lost, "the connection ended. What was not committed is rolled back; run again.", true),
            ['4', '2', ..] => (
                EngineCodes.Statement,
                $"PostgreSQL did not understand a statement of Varve's ({error.SqlState}). Report it with `varve plan --sql` and the version of PostgreSQL.",
                false
            ),
            ['5', '8' or '5' or '7', ..] or ['X', 'X', ..] => (
                EngineCodes.Refused,
                $"the server failed ({error.SqlState}). Its log says more.",
                false
            ),
            _ => (
                EngineCodes.Refused,
                $"PostgreSQL refused ({error.SqlState}). The steps of the run (`varve history`) say at which statement.",
                false
            ),
        };

    /// <summary>PostgreSQL names the object, and nothing else, in this message.</summary>
    private static string NoRight(PostgresException error) =>
        error.MessageText.Contains("row-level security", StringComparison.Ordinal)
            ? $"row-level security hides rows of {Relation(error, "a table")} from this user, and what Varve does not see it cannot prove. Give the user BYPASSRLS, or a table of its own."
            : $"the database user has no right to do it ({error.MessageText}). docs/postgresql.md has the statements that grant what Varve needs.";

    private static string Relation(PostgresException error, string otherwise) =>
        error.TableName is { Length: > 0 } table
            ? error.SchemaName is { Length: > 0 } schema
                ? $"{schema}.{table}"
                : table
            : otherwise;

    private static string First(Exception error) => error.Message.Split('\n')[0].Trim().TrimEnd('.');
}
