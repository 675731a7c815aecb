namespace Varve.PostgreSql;

/// <summary>How Varve behaves towards a PostgreSQL server.</summary>
public sealed record PostgreSqlOptions
{
    /// <summary>
    /// How long Varve waits for a lock that another session holds: as long as that, others may wait behind Varve. What did not
    /// get its lock is rolled back and tried again. Default: two seconds.
    /// </summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one statement may take; zero: as long as it needs. Default: zero.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.Zero;

    /// <summary>The same for work that writes nothing: plans, status, queries, diagnosis, verification. Default: <see cref="LockTimeout"/>.</summary>
    public TimeSpan? ReadLockTimeout { get; init; }

    /// <summary>How long one statement of work that writes nothing may take; zero: as long as it needs. Default: <see cref="StatementTimeout"/>.</summary>
    public TimeSpan? ReadStatementTimeout { get; init; }

    /// <summary>How long a connection may take to come about. Default: 15 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the lease of a policy is waited for that another run holds. Default: not at all.</summary>
    public TimeSpan LeaseWait { get; init; } = TimeSpan.Zero;

    /// <summary>True: nothing is written.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Where a URL with <c>password_stdin=true</c> reads its password; null: nowhere.</summary>
    public TextReader? Input { get; init; }
}
