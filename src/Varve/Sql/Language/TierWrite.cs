using System.Diagnostics.CodeAnalysis;

namespace Varve.Sql;

/// <summary>Rows that take the place of those that a tier has in some ranges.</summary>
/// <param name="Tier">The tier.</param>
/// <param name="Columns">The columns of the rows, in order: all of the tier but those that its input does not know.</param>
/// <param name="Unknown">
/// The other columns of the table, NULL in these rows: states that the input does not know, and those of functions that the
/// policy no longer asks for.
/// </param>
/// <param name="Rows">The query that gives them.</param>
/// <param name="Within">True for the rows of the tier that are replaced.</param>
/// <param name="Generation">Greater with each attempt to write anything to tiers of this policy; 0 where attempts do not overlap.</param>
[Experimental("VARVE001")]
public sealed record TierWrite(
    TierTable Tier,
    IReadOnlyList<Identifier> Columns,
    IReadOnlyList<Identifier> Unknown,
    SqlText Rows,
    SqlText Within,
    long Generation
)
{
    /// <summary>Writes the rows, whatever is there.</summary>
    public SqlText Insert => $"INSERT INTO {Tier.Table} ({SqlText.Join(", ", Columns.Select(c => (SqlText)$"{c}"))}) {Rows}";
}
