using System.Diagnostics.CodeAnalysis;
using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Engines;

/// <summary>How an engine moves parts of a table to another place: faster or cheaper disks, other machines.</summary>
[Experimental("VARVE001")]
public abstract class Relocation
{
    /// <summary>Why parts cannot move to a place of that kind, with the way out; null where they can. Nothing is looked up.</summary>
    public abstract string? Unfit(Place place);

    /// <summary>Why nothing can be moved there as things are, with the way out; null where something can.</summary>
    public abstract Task<string?> RefusesAsync(IStatements statements, Place place, CancellationToken cancellationToken);

    /// <summary>The statements by which all that a table has of a range is moved, as far as it is not there, in order.</summary>
    public abstract Task<IReadOnlyList<SqlText>> MovingAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        TimeRange range,
        Place to,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Begins to move all that a table has of a range, or does the next piece of it, and says how far it is. It is called
    /// again, each time as a unit of work of its own, until it says that all of it is there; what is there already is left as
    /// it is, so that one call too many changes nothing. A part that is on its way goes on by itself, or is left whole where
    /// it was.
    /// </summary>
    /// <exception cref="EngineException">There is no room there, no such place, or no right to it; nothing of this call was
    /// kept.</exception>
    public abstract Task<MoveState> MoveAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        TimeRange range,
        Place to,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Where the parts of a range lie, or were told to lie, of which a move to a place would change that. It is read before the
    /// move is begun, and kept, so that the move can be taken back.
    /// </summary>
    public abstract Task<IReadOnlyList<MoveOrigin>> OriginsAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        TimeRange range,
        Place to,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Takes a move back, or the next piece of it: what is still told to lie at the place is told to lie where it was before.
    /// What somebody has told otherwise meanwhile is left alone. It is called again as <see cref="MoveAsync"/> is.
    /// </summary>
    /// <exception cref="EngineException">There is no right to it, or a table is locked; nothing of this call was kept.</exception>
    public abstract Task<MoveState> TakeBackAsync(
        IStatements statements,
        TableName table,
        TimeColumn time,
        TimeRange range,
        Place to,
        IReadOnlyList<MoveOrigin> origins,
        CancellationToken cancellationToken
    );

    /// <summary>For how long a move may not get on before it is given up, and left to the next run.</summary>
    public virtual Duration Patience => Duration.FromMinutes(10);
}

/// <summary>Where a part was before it was told to move.</summary>
/// <param name="Part">Which, as the engine names it; null: every part of the range.</param>
/// <param name="Place">The name of the place, or the value of the attribute; null: nothing was asked for.</param>
[Experimental("VARVE001")]
public sealed record MoveOrigin(string? Part, string? Place)
{
    /// <summary>What holds of one part.</summary>
    public static MoveOrigin? Of(IEnumerable<MoveOrigin> origins, string part) =>
        origins.FirstOrDefault(o => o.Part == part) ?? origins.FirstOrDefault(o => o.Part is null);
}

/// <summary>How far a move is.</summary>
/// <param name="Done">Bytes that are there.</param>
/// <param name="Bytes">Bytes in all; 0 where unknown.</param>
/// <param name="IsDone">True where all of it is there, and nothing of it elsewhere.</param>
[Experimental("VARVE001")]
public sealed record MoveState(long Done, long Bytes, bool IsDone)
{
    /// <summary>What was done, where it was no move; null for a move.</summary>
    public string? Note { get; init; }

    /// <summary>Why it does not get on, as the engine says it; null where it does, or nothing is said.</summary>
    public string? Stuck { get; init; }

    /// <summary>True where something of it is being copied right now: it gets on, though nothing more has come in yet.</summary>
    public bool IsCopying { get; init; }

    /// <summary>How long to wait before it is asked for again.</summary>
    public Duration Pause { get; init; } = Duration.Zero;
}
