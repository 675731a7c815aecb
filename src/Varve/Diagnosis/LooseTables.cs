using Varve.Catalog;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Diagnosis;

/// <summary>Tables with times that no policy keeps: they may have been forgotten, or not.</summary>
internal sealed class LooseTables(IEngine engine, CatalogStore store)
{
    private const int MostNamed = 5;

    // Where there are more, their columns are not looked at.
    private const int MostLooked = 300;

    /// <summary>The finding that names them; null where there is none.</summary>
    /// <param name="kept">Tables that policies and patterns keep.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Finding?> FindAsync(IReadOnlyList<TableName> kept, CancellationToken cancellationToken)
    {
        var tables = await engine.TransactAsync((s, token) => TimedAsync(s, kept, token), Scope.Reading, cancellationToken);
        if (tables.Count == 0)
            return null;
        var more = tables.Count - MostNamed;
        var named = string.Join(", ", tables.Take(MostNamed).Select(t => t.Text));
        return new(
            "table.loose",
            Severity.Note,
            null,
            FormattableString.Invariant(
                $"No policy keeps {named}{(more > 0 ? $" and {more} more" : "")}, which {(tables.Count == 1 ? "has" : "have")} times."
            ),
            $"varve init {tables[0].Text} proposes one. What is meant to stay as it is needs none."
        );
    }

    private async Task<IReadOnlyList<TableName>> TimedAsync(
        IStatements statements,
        IReadOnlyList<TableName> kept,
        CancellationToken cancellationToken
    )
    {
        var schema = (await statements.QueryAsync(TablesSql.DefaultSchema(engine.Dialect), cancellationToken))[0].Text(0);
        string Whole(TableName table) => (table.Schema is null ? new(schema, table.Name) : table).Text;
        var own = await store.Ledgers.RelationsAsync(statements, cancellationToken);
        var known = new HashSet<string>(
            kept.Concat(own.Select(o => o.Table)).Select(Whole),
            engine.Capabilities.IgnoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal
        );
        List<TableName> loose =
        [
            .. (await store.BaseTablesAsync(statements, cancellationToken)).Where(t => !known.Contains(Whole(t))).Take(MostLooked),
        ];
        await statements.AheadAsync(new() { Tables = loose }, cancellationToken);
        List<TableName> timed = [];
        foreach (var table in loose)
            if (
                await statements.DescribeAsync(table, cancellationToken) is { } there
                && there.Columns.Any(c => c.Type is ColumnType.Timestamp or ColumnType.TimestampTz or ColumnType.Date)
            )
                timed.Add(table);
        return timed;
    }
}
