using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Server.Home.Mirrored;

/// <summary>
/// Statements on the mirror of a home, and what they change: whatever writes gives back its rows, as they are afterwards or
/// were before they went.
/// </summary>
/// <param name="own">The statements.</param>
/// <param name="dialect">Of the mirror.</param>
/// <param name="known">The columns of its tables, as they were looked up before; not read where this one changes tables.</param>
internal sealed class ChangeRecorder(IStatements own, Dialect dialect, Dictionary<TableName, IReadOnlyList<string>> known) : IStatements
{
    private readonly List<HomeChange> _changes = [];
    private bool _hasDefined;

    /// <summary>What was changed; null for nothing.</summary>
    public HomeEntry? Entry => _hasDefined || _changes.Count > 0 ? new(_hasDefined ? HomeSchema.Version : null, _changes) : null;

    /// <inheritdoc/>
    public async Task<long> ExecuteAsync(SqlText statement, CancellationToken cancellationToken)
    {
        if (VerbOf(statement) is not { } isRemoval)
        {
            _hasDefined = true;
            return await own.ExecuteAsync(statement, cancellationToken);
        }

        var table = statement.Relations.First();
        var columns = isRemoval && HomeTables.Keys[table] is { Length: > 0 } key ? key : await ColumnsAsync(table, cancellationToken);
        var rows = await own.QueryAsync($"{statement} RETURNING {HomeChange.Names(columns)}", cancellationToken);
        if (rows.Count > 0)
            _changes.Add(HomeChange.Of(table, columns, rows, isRemoval));
        return rows.Count;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Row>> QueryAsync(SqlText query, CancellationToken cancellationToken) =>
        own.QueryAsync(query, cancellationToken);

    /// <inheritdoc/>
    public Task<TableDescription?> DescribeAsync(TableName table, CancellationToken cancellationToken) =>
        own.DescribeAsync(table, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RelationSize>> MeasureAsync(
        IReadOnlyList<TableName> tables,
        bool withBytes,
        CancellationToken cancellationToken
    ) => own.MeasureAsync(tables, withBytes, cancellationToken);

    /// <inheritdoc/>
    public Task BarrierAsync(Before next, CancellationToken cancellationToken) => own.BarrierAsync(next, cancellationToken);

    // True where rows go, false where they are written, null where tables are made or changed.
    private bool? VerbOf(SqlText statement) =>
        statement.Render(dialect).Text.TrimStart().Split(' ', 2)[0] switch
        {
            "DELETE" => true,
            "INSERT" or "UPDATE" => false,
            "CREATE" or "ALTER" => null,
            var verb => throw new InvalidOperationException($"What {verb} changes in a home is not known."),
        };

    private async Task<IReadOnlyList<string>> ColumnsAsync(TableName table, CancellationToken cancellationToken)
    {
        if (!_hasDefined && known.TryGetValue(table, out var columns))
            return columns;
        columns = [.. (await own.DescribeAsync(table, cancellationToken))!.Columns.Select(c => c.Name)];
        if (!_hasDefined)
            known[table] = columns;
        return columns;
    }
}
