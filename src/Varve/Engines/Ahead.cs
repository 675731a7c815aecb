using System.Diagnostics.CodeAnalysis;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Engines;

/// <summary>What a unit of work asks next: see <see cref="IStatements.AheadAsync"/>.</summary>
[Experimental("VARVE001")]
public sealed record Ahead
{
    /// <summary>What is described; it need not be there.</summary>
    public IReadOnlyList<TableName> Tables { get; init; } = [];

    /// <summary>Tables that are read: what has to be done before a first look at one is done for all of them together.</summary>
    public IReadOnlyList<TableName> Reads { get; init; } = [];

    /// <summary>Tables whose rows are counted; they were described.</summary>
    public IReadOnlyList<TableName> Sizes { get; init; } = [];

    /// <summary>Queries of one row.</summary>
    public IReadOnlyList<RowQuery> Rows { get; init; } = [];
}
