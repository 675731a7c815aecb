using System.Diagnostics.CodeAnalysis;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Engines;

/// <summary>How an engine removes parts of a table as a whole: without a row that is written, and nothing to clean up after.</summary>
[Experimental("VARVE001")]
public abstract class Partitioning
{
    /// <summary>
    /// True where rows that come while a step works are kept apart from those that it has proven only if parts go as a whole.
    /// Rows that are in no such part stay then, unless a policy says otherwise.
    /// </summary>
    public virtual bool PartsOnly => false;

    /// <summary>A table with its parts as its policy says how long they are; as it was described where the policy says nothing.</summary>
    public virtual Task<TableDescription> WithPartsAsync(
        TableDescription table,
        string time,
        PartitionWidth width,
        CancellationToken cancellationToken
    ) => Task.FromResult(table);

    /// <summary>
    /// Finishes, in a unit of work of its own, what somebody began to take off a table and left half done, and what nobody is at
    /// any more. No row goes by that. What was finished, as people read it.
    /// </summary>
    public virtual Task<IReadOnlyList<string>> FinishAsync(TableName table, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>
    /// The parts of a table that overlap some ranges, end with them or before, and may be removed as a whole if they have no
    /// other rows. Where the engine has transactions nobody else writes to them until the end of this one, and readers go on;
    /// elsewhere each has a mark of what it holds now. What is proven after this is what goes. The first thing that is done.
    /// </summary>
    /// <exception cref="EngineException">Others hold them for longer than the engine waits.</exception>
    public abstract Task<IReadOnlyList<TablePart>> HoldAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        RangeSet ranges,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// What <see cref="HoldAsync"/> would give, for a step that is only written down: nothing is kept from others, and it may be
    /// as it was seen a moment ago.
    /// </summary>
    public virtual Task<IReadOnlyList<TablePart>> ForeseeAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        RangeSet ranges,
        CancellationToken cancellationToken
    ) => HoldAsync(statements, table, time, ranges, cancellationToken);

    /// <summary>
    /// Gives back what an attempt that did not come to its end took from others: parts that were to go take writes again.
    /// </summary>
    public virtual Task ReleaseAsync(IStatements statements, IReadOnlyList<TablePart> parts, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    /// <summary>True for a part that takes no writes from <see cref="DropAsync"/> on, and took some before.</summary>
    public virtual bool Closes(TablePart part) => false;

    /// <summary>The statements by which <see cref="DropAsync"/> removes parts that nobody has written to since, in order.</summary>
    public abstract IReadOnlyList<SqlText> Dropping(IReadOnlyList<TablePart> parts);

    /// <summary>Removes parts that are held; the number of their rows.</summary>
    /// <exception cref="EngineException">Some of them are not as they were when they were held any more, and stay; the others are
    /// gone.</exception>
    public abstract Task<long> DropAsync(IStatements statements, IReadOnlyList<TablePart> parts, CancellationToken cancellationToken);
}
