using System.Diagnostics.CodeAnalysis;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Engines;

/// <summary>
/// Where parts of archives are written and read for an engine that has no files of its own: a small database of this machine.
/// </summary>
[Experimental("VARVE001")]
public abstract class PartBenches
{
    /// <summary>A column as parts hold it; null where its values would not come back as they went.</summary>
    public abstract Column? Held(Column column);

    /// <summary>A column that would be held, for whoever has one that is not, as people write its type.</summary>
    public abstract string Instead(Column column);

    /// <summary>Opens a bench; nothing is left of it once it is disposed.</summary>
    public abstract Task<PartBench> OpenAsync(CancellationToken cancellationToken);
}

/// <summary>A small database that reads and writes parts, and to which rows are brought to be compared with them.</summary>
[Experimental("VARVE001")]
public abstract class PartBench : IAsyncDisposable
{
    /// <summary>Its SQL, which has Parquet.</summary>
    public abstract Dialect Dialect { get; }

    /// <summary>Its statements; each is done by itself.</summary>
    public abstract IStatements Statements { get; }

    /// <summary>What it is, and which version: who makes the hashes of rows.</summary>
    public abstract string Engine { get; }

    /// <summary>Brings rows of a table here, as the unit of work sees them, in little memory.</summary>
    /// <param name="from">The unit of work.</param>
    /// <param name="table">The table.</param>
    /// <param name="columns">Its columns as parts hold them.</param>
    /// <param name="time">Its time column.</param>
    /// <param name="ranges">Which rows; null: all of them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What they are called here.</returns>
    public abstract Task<TableName> BringAsync(
        IStatements from,
        TableName table,
        IReadOnlyList<Column> columns,
        TimeColumn time,
        RangeSet? ranges,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Writes the rows of a query of the unit of work to a Parquet file of this machine, in their order and in little memory;
    /// values of types that parts do not hold as text.
    /// </summary>
    /// <param name="from">The unit of work.</param>
    /// <param name="query">The query, in the SQL of the unit of work.</param>
    /// <param name="path">The file; what was there is replaced.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How many rows it has.</returns>
    public abstract Task<long> WriteAsync(IStatements from, SqlText query, string path, CancellationToken cancellationToken);

    /// <summary>Makes a table there of rows that a query has here, in little memory.</summary>
    /// <exception cref="EngineException">A type has no counterpart there.</exception>
    public abstract Task MakeAsync(
        IStatements to,
        TableName table,
        IReadOnlyList<Column> columns,
        SqlText rows,
        CancellationToken cancellationToken
    );

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
