using System.Diagnostics.CodeAnalysis;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines;

/// <summary>
/// What a unit of work reads, writes and removes, said before its first statement: an engine that has to lock, or to look
/// at the health of what is touched, does it by this.
/// </summary>
[Experimental("VARVE001")]
public sealed record Scope
{
    /// <summary>Nothing is written.</summary>
    public static Scope Reading { get; } = new() { IsReadOnly = true };

    /// <summary>Relations of Varve's own are written, which nobody else writes.</summary>
    public static Scope Writing { get; } = new();

    /// <summary>True where nothing is written.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Parts of the user's tables, and of tiers, that the work stands on; empty for none.</summary>
    public IReadOnlyList<ScopePart> Parts { get; init; } = [];

    /// <summary>
    /// True where a person's statement reads relations that nobody names here: an engine that has to make rows visible, or to look
    /// whether all of a table is there, does so for every table that the statement may read.
    /// </summary>
    public bool ReadsAny { get; init; }

    /// <summary>The lease that the work is done under; null where it needs none.</summary>
    public ILease? Lease { get; init; }
}

/// <summary>A part of one table.</summary>
/// <param name="Table">Which.</param>
/// <param name="Time">Its time column.</param>
/// <param name="Ranges">Rows of these times.</param>
/// <param name="Use">What is done with them.</param>
[Experimental("VARVE001")]
public sealed record ScopePart(TableName Table, TimeColumn Time, RangeSet Ranges, ScopeUse Use);

/// <summary>What is done with rows.</summary>
[Experimental("VARVE001")]
public enum ScopeUse
{
    /// <summary>They are read.</summary>
    Read,

    /// <summary>They are replaced.</summary>
    Write,

    /// <summary>They are proven and removed.</summary>
    Remove,
}

/// <summary>What comes next in a unit of work.</summary>
[Experimental("VARVE001")]
public enum Before
{
    /// <summary>What was written is read back.</summary>
    Verify,

    /// <summary>What was proven is removed.</summary>
    Remove,

    /// <summary>What was verified or removed is recorded.</summary>
    Record,
}

/// <summary>The right to change what is known of one policy; disposing it gives it back.</summary>
[Experimental("VARVE001")]
public interface ILease : IAsyncDisposable
{
    /// <summary>A number that is greater than that of every earlier lease of the same policy.</summary>
    long Fence { get; }

    /// <summary>Cancelled where it was lost: another may hold it now, and nothing more may be written under it.</summary>
    CancellationToken Lost { get; }
}
