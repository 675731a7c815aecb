using System.Diagnostics.CodeAnalysis;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Engines;

/// <summary>
/// A database that Varve keeps tables in. All work is SQL that it runs itself; no source row travels.
/// Every method throws <see cref="EngineException"/> for what the database refuses, and <see cref="BusyException"/>
/// where another process holds it.
/// </summary>
[Experimental("VARVE001")]
public interface IEngine : IAsyncDisposable
{
    /// <summary>How this engine says things in SQL.</summary>
    Dialect Dialect { get; }

    /// <summary>What it can do; it refuses the rest and never does less than asked.</summary>
    Capabilities Capabilities { get; }

    /// <summary>Who and what answers: version, database, user, and the server's clock.</summary>
    Task<EngineIdentity> IdentifyAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Runs a unit of work. Where the engine has transactions it is one, with one snapshot, and is committed, or rolled back
    /// if it throws; where it has none each statement is done by itself, and stays.
    /// </summary>
    Task<T> TransactAsync<T>(Func<IStatements, CancellationToken, Task<T>> work, Scope scope, CancellationToken cancellationToken);

    /// <summary>
    /// After a run that wrote: makes what was removed free to be used again. What cannot be done now is left for the next time.
    /// </summary>
    Task SettleAsync(CancellationToken cancellationToken);

    /// <summary>Takes the lease of one policy; disposing it gives it back.</summary>
    /// <exception cref="BusyException">Another run holds it.</exception>
    Task<ILease> LeaseAsync(string policy, CancellationToken cancellationToken);
}

/// <summary>The statements of one unit of work.</summary>
[Experimental("VARVE001")]
public interface IStatements
{
    /// <summary>Runs a statement; the number of rows it wrote or removed, 0 for DDL.</summary>
    Task<long> ExecuteAsync(SqlText statement, CancellationToken cancellationToken);

    /// <summary>Runs a query whose answer is small, and reads it whole.</summary>
    Task<IReadOnlyList<Row>> QueryAsync(SqlText query, CancellationToken cancellationToken);

    /// <summary>A table or view as it stands; null where there is none. Names are matched exactly.</summary>
    Task<TableDescription?> DescribeAsync(TableName table, CancellationToken cancellationToken);

    /// <summary>
    /// Rows and bytes of relations that exist, from what the engine knows without reading them. Bytes may cost a look at
    /// where every part of a table lies: they are asked for where a person reads them, not by runs.
    /// </summary>
    Task<IReadOnlyList<RelationSize>> MeasureAsync(IReadOnlyList<TableName> tables, bool withBytes, CancellationToken cancellationToken);

    /// <summary>Makes what was written visible to what comes next, where the engine does not do that by itself.</summary>
    /// <exception cref="EngineException">What the work stands on is no longer as its scope said; nothing more may be done with
    /// it.</exception>
    Task BarrierAsync(Before next, CancellationToken cancellationToken);

    /// <summary>
    /// Told what is asked next in this unit of work. An engine that is far away asks for all of it at once; whoever asks then is
    /// told what was seen here, unless something was written since.
    /// </summary>
    Task AheadAsync(Ahead next, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The engine's own statements, where these are laid around them.</summary>
    IStatements Own => this;

    /// <summary>
    /// Told of a statement that was run beside the unit of work and belongs to it: whoever keeps a record of it, has it in there.
    /// </summary>
    void Note(SqlText statement) { }
}

/// <summary>One row of a small answer: values by position, with the conversions that Varve needs.</summary>
[Experimental("VARVE001")]
public sealed class Row(object?[] values)
{
    /// <summary>The value as the driver gave it; null for SQL NULL.</summary>
    public object? this[int column] => values[column];

    /// <summary>The number of columns.</summary>
    public int Count => values.Length;

    /// <summary>True where the value is SQL NULL.</summary>
    public bool IsNull(int column) => values[column] is null;

    /// <summary>An integer of any width; a sum that the engine gives as a big integer must fit.</summary>
    public long Long(int column) =>
        values[column] switch
        {
            long number => number,
            System.Numerics.BigInteger big => (long)big,
            { } other => Convert.ToInt64(other, System.Globalization.CultureInfo.InvariantCulture),
            null => throw new InvalidOperationException($"Column {column} is NULL where a number was expected."),
        };

    /// <summary>An integer, or null.</summary>
    public long? LongOrNull(int column) => IsNull(column) ? null : Long(column);

    /// <summary>Text.</summary>
    public string Text(int column) => (string)values[column]!;

    /// <summary>Text, or null.</summary>
    public string? TextOrNull(int column) => (string?)values[column];

    /// <summary>A truth value.</summary>
    public bool Truth(int column) => (bool)values[column]!;
}

/// <summary>Who and what answers.</summary>
/// <param name="Engine">The engine's name: duckdb, postgresql, cratedb.</param>
/// <param name="Version">Its version as it says it.</param>
/// <param name="Database">The database by name.</param>
/// <param name="User">The database user.</param>
/// <param name="Now">The server's clock.</param>
[Experimental("VARVE001")]
public sealed record EngineIdentity(string Engine, string Version, string Database, string User, NodaTime.Instant Now);

/// <summary>Size of one relation.</summary>
/// <param name="Table">Which.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Bytes">Its bytes on disk, 0 where it was not written out yet or nobody asked.</param>
[Experimental("VARVE001")]
public sealed record RelationSize(TableName Table, long Rows, long Bytes)
{
    /// <summary>Rows that were removed or replaced and whose room is not free yet, estimated; told with the bytes, 0 without.</summary>
    public long Dead { get; init; }
}
