using System.Diagnostics.CodeAnalysis;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines;

/// <summary>How an engine removes parts of a table as a whole: without a row that is written, and nothing to clean up after.</summary>
[Experimental("VARVE001")]
public abstract class Partitioning
{
    /// <summary>
    /// The parts of a table that overlap some ranges, end with them or before, and may be removed as a whole if they have no
    /// other rows. Until the transaction ends nobody else writes to them, readers go on: what is proven after this is what
    /// goes. The first thing that a transaction does.
    /// </summary>
    /// <exception cref="EngineException">Others hold them for longer than the engine waits.</exception>
    public abstract Task<IReadOnlyList<TablePart>> HoldAsync(IStatements statements, TableName table, TimeColumn time, RangeSet ranges, CancellationToken cancellationToken);

    /// <summary>Removes a part that is held; the number of its rows.</summary>
    public abstract Task<long> DropAsync(IStatements statements, TablePart part, CancellationToken cancellationToken);
}

/// <summary>A part of a table.</summary>
/// <param name="Table">Its own name.</param>
/// <param name="Of">The table that it is directly a part of.</param>
/// <param name="Range">The times that its rows can have.</param>
[Experimental("VARVE001")]
public sealed record TablePart(TableName Table, TableName Of, TimeRange Range);
