using System.Diagnostics.CodeAnalysis;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Engines;

/// <summary>A part of a table.</summary>
/// <param name="Table">The table that has its rows: its own, or that which it is a part of.</param>
/// <param name="Of">The table that it is directly a part of.</param>
/// <param name="Range">The times that its rows can have.</param>
[Experimental("VARVE001")]
public sealed record TablePart(TableName Table, TableName Of, TimeRange Range)
{
    /// <summary>True for its rows among those of <see cref="Table"/>; null where all of them are.</summary>
    public SqlText? Within { get; init; }

    /// <summary>Which it is and what it holds, where that can be told later; null where a transaction sees to it.</summary>
    public PartMark? Mark { get; init; }
}

/// <summary>Which part of a table it is, and what it holds.</summary>
/// <param name="Part">Which: another one that is made in its place later has another name.</param>
/// <param name="State">Changes with every change of its rows.</param>
[Experimental("VARVE001")]
public sealed record PartMark(string Part, string State);
