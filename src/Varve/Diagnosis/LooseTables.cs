using Varve.Applying;
using Varve.Engines;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Diagnosis;

/// <summary>Tables with times that no policy keeps: they may have been forgotten, or not.</summary>
internal sealed class LooseTables(Session session)
{
    private const int MostNamed = 5;

    // Where there are more, their columns are not looked at.
    private const int MostLooked = 300;

    /// <summary>The finding that names them; null where there is none.</summary>
    public async Task<Finding?> FindAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<TableName> loose =
        [
            .. (await new KeptTables(session).ListAsync(cancellationToken))
                .Where(t => t.Policy is null)
                .Select(t => t.Table)
                .Take(MostLooked),
        ];
        var tables = await session.Engine.TransactAsync((s, token) => TimedAsync(s, loose, token), Scope.Reading, cancellationToken);
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

    private static async Task<IReadOnlyList<TableName>> TimedAsync(
        IStatements statements,
        IReadOnlyList<TableName> loose,
        CancellationToken cancellationToken
    )
    {
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
