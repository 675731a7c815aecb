using System.Diagnostics.CodeAnalysis;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Sql;

/// <summary>The table of a tier.</summary>
/// <param name="Table">Its name.</param>
/// <param name="Time">The column of the start of a bucket.</param>
/// <param name="Series">The columns of the series.</param>
/// <param name="Columns">All columns in order.</param>
/// <param name="Longest">The longest bucket.</param>
[Experimental("VARVE001")]
public sealed record TierTable(
    TableName Table,
    TimeColumn Time,
    IReadOnlyList<Identifier> Series,
    IReadOnlyList<StateColumn> Columns,
    NodaTime.Duration Longest
);

/// <summary>A column of the table of a tier.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
[Experimental("VARVE001")]
public sealed record StateColumn(Identifier Name, StateType Type);
