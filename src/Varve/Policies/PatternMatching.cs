namespace Varve.Policies;

/// <summary>One table that a pattern matches.</summary>
/// <param name="Table">The table as the pattern writes it: without its schema where the pattern has none.</param>
/// <param name="Rival">Another pattern that has the table already, or that matches it too; null where it is this one's.</param>
internal sealed record MatchedTable(TableName Table, Policy? Rival);

/// <summary>
/// Which tables belong to which pattern. A table belongs to one: to the one that has it already, else to the only one that
/// matches it.
/// </summary>
/// <param name="patterns">Every pattern in force.</param>
/// <param name="defaultSchema">The schema of a table that is named without one.</param>
/// <param name="ignoresCase">True where names that differ in case only are one name.</param>
internal sealed class PatternMatching(IReadOnlyList<Policy> patterns, string defaultSchema, bool ignoresCase)
{
    /// <summary>What a restore makes is a copy to look at, and has the age of what was archived.</summary>
    private const string Restored = "_restored";

    /// <summary>True where a pattern means a table.</summary>
    public bool Means(Policy pattern, TableName table) =>
        (pattern.Table.Schema is not null || table.Schema == defaultSchema)
        && pattern.Table.Means(table, ignoresCase)
        && !table.Name.EndsWith(Restored, StringComparison.OrdinalIgnoreCase)
        && !pattern.Except.Any(except => except.Means(table, ignoresCase));

    /// <summary>The tables of one of the patterns, in the order of the tables.</summary>
    /// <param name="pattern">One of them.</param>
    /// <param name="tables">Tables with their schema that may belong to a pattern.</param>
    /// <param name="holder">The name of the pattern that has a table already; null for none.</param>
    public IEnumerable<MatchedTable> Of(Policy pattern, IEnumerable<TableName> tables, Func<TableName, string?> holder) =>
        from table in tables
        where Means(pattern, table)
        select new MatchedTable(pattern.Table.Schema is null ? new(null, table.Name) : table, Rival(pattern, table, holder(table)));

    private Policy? Rival(Policy pattern, TableName table, string? holder)
    {
        var all = patterns.Where(p => Means(p, table)).ToList();
        return all.Find(p => p.Name == holder) is { } has
            ? has.Name == pattern.Name
                ? null
                : has
            : all.Find(p => p.Name != pattern.Name);
    }
}
