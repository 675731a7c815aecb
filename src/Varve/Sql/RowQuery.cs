using System.Diagnostics.CodeAnalysis;

namespace Varve.Sql;

/// <summary>A query that gives one row, or none.</summary>
/// <param name="Query">All of it.</param>
/// <param name="Values">The same value by value: each is a query of one column that gives one row or none, which is NULL.</param>
[Experimental("VARVE001")]
public sealed record RowQuery(SqlText Query, IReadOnlyList<SqlText> Values);
