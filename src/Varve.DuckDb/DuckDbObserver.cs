using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;

namespace Varve.DuckDb;

/// <summary>What is there: relations, columns, rows, bytes. One for each connection.</summary>
internal sealed class DuckDbObserver
{
    private const int MostCounted = 50;

    // The list of all relations costs more the more there are, and one by its name costs the same always.
    private Dictionary<(string Schema, string Name), Known> _known = [];

    // A file has one size of block for good.
    private long? _blockBytes;

    /// <summary>DuckDB compares names without regard to the case of ASCII letters; the answer spells them as they are stored.</summary>
    public async Task<TableDescription?> DescribeAsync(
        DuckDbStatements statements,
        DuckDbDialect dialect,
        TableName table,
        CancellationToken cancellationToken
    )
    {
        if (_known.TryGetValue(Key(table), out var known) && await AsKnownAsync(statements, known, cancellationToken) is { } same)
            return same;
        if (
            await IsAbsentAsync(statements, dialect.Qualify(table), cancellationToken)
            || !await ListAsync(statements, table, cancellationToken)
        )
            return null;
        var found = _known[Key(table)];
        try
        {
            return await WithAlikesAsync(
                statements,
                found,
                new(found.Name, found.IsView, await ColumnsAsync(statements, found.Name, cancellationToken)),
                cancellationToken
            );
        }
        catch (EngineException broken) when (found.IsView && IsUnbound(broken))
        {
            // What it reads has changed: the list of all columns knows those that it was made with.
            return await ListedAsync(statements, found.Name, cancellationToken);
        }
    }

    /// <summary>A relation that was there before; null where it is no longer there as what it was. Only a table has a rowid.</summary>
    private static async Task<TableDescription?> AsKnownAsync(IStatements statements, Known known, CancellationToken cancellationToken)
    {
        var relation = known.Name;
        try
        {
            var columns = await statements.QueryAsync(
                $"SELECT column_name, column_type FROM (DESCRIBE SELECT rowid, * FROM {relation})",
                cancellationToken
            );
            return known.IsView
                ? null
                : await WithAlikesAsync(statements, known, new(relation, false, Columns(columns.Skip(1), 0)), cancellationToken);
        }
        catch (EngineException changed) when (IsUnbound(changed))
        {
            if (!known.IsView)
                return null;
        }

        try
        {
            return await WithAlikesAsync(
                statements,
                known,
                new(relation, true, await ColumnsAsync(statements, relation, cancellationToken)),
                cancellationToken
            );
        }
        catch (EngineException changed) when (IsUnbound(changed))
        {
            return null;
        }
    }

    /// <summary>
    /// Marks the columns that have a collation: each that DuckDB has takes texts for equal that are not the same. No list of
    /// columns shows it, and no type; a comparison does. It is made where the text of a relation speaks of one, and nowhere else.
    /// </summary>
    private static async Task<TableDescription> WithAlikesAsync(
        IStatements statements,
        Known known,
        TableDescription description,
        CancellationToken cancellationToken
    )
    {
        string[] texts = [.. description.Columns.Where(c => c.TypeName == "VARCHAR").Select(c => c.Name)];
        if (!known.MayCollate || texts.Length == 0)
            return description;
        var alikes = await AlikesAsync(statements, description.Table, texts, cancellationToken);
        return description with
        {
            Columns = [.. description.Columns.Select(c => alikes.Contains(c.Name) ? c with { HasAlikes = true } : c)],
        };
    }

    /// <summary>Columns by which `a` is `A`, or `e` with an accent is `e`, or a letter with one is the letter and the accent.</summary>
    private static async Task<IReadOnlySet<string>> AlikesAsync(
        IStatements statements,
        TableName table,
        string[] texts,
        CancellationToken cancellationToken
    )
    {
        // A row of the table's types without a row of the table: a comparison with a column has the column's collation.
        var columns = SqlText.Join(", ", texts.Select(t => (SqlText)$"{new Identifier(t)}"));
        SqlText Row(string value) => SqlText.Join(", ", texts.Select(_ => (SqlText)$"{value}"));
        SqlText Of(string text)
        {
            SqlText name = $"{new Identifier(text)}";
            return $"coalesce(bool_or(({name} = {"A"} AND {name} COLLATE \"C\" <> {"A"}) OR ({name} = {"\u00e9"} AND {name} COLLATE \"C\" <> {"\u00e9"})), false)";
        }

        var found = await statements.QueryAsync(
            $"""
            SELECT {SqlText.Join(", ", texts.Select(Of))} FROM (
              SELECT {columns} FROM (SELECT * FROM {table} LIMIT 0)
              UNION ALL SELECT {Row("a")} UNION ALL SELECT {Row("e")} UNION ALL SELECT {Row("e\u0301")}
            )
            """,
            cancellationToken
        );
        return texts.Where((_, i) => found[0].Truth(i)).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>
    /// True where no relation has that name. That it has a view says nothing of what the view reads, which is not looked at: only the
    /// entry of the catalog is. False where it cannot be told so.
    /// </summary>
    private static async Task<bool> IsAbsentAsync(IStatements statements, string name, CancellationToken cancellationToken)
    {
        if (HasQuote(name))
            return false;
        try
        {
            await statements.QueryAsync($"SELECT 1 FROM pragma_storage_info({name}) LIMIT 0", cancellationToken);
            return false;
        }
        catch (EngineException error) when (!error.IsTransient)
        {
            return error.Code == EngineCodes.Unknown;
        }
    }

    // The function takes a name as text, and has no way to write a quote inside of one.
    private static bool HasQuote(string name) => name.Contains("\"\"", StringComparison.Ordinal);

    private static bool IsUnbound(EngineException error) =>
        !error.IsTransient && error.Code is EngineCodes.Unknown or EngineCodes.Statement;

    /// <summary>Learns the names of all relations; true where that one is among them.</summary>
    private async Task<bool> ListAsync(DuckDbStatements statements, TableName table, CancellationToken cancellationToken)
    {
        if (statements.HasListed)
            return _known.ContainsKey(Key(table));
        var rows = await statements.QueryAsync(
            $"""
            SELECT schema_name, table_name, false, contains(lower(sql), 'collate') FROM duckdb_tables() WHERE database_name = current_database()
            UNION ALL
            SELECT schema_name, view_name, true, contains(lower(sql), 'collate') FROM duckdb_views() WHERE database_name = current_database()
            """,
            cancellationToken
        );
        // What a view reads is not in its text.
        var any = rows.Any(r => r.Truth(3));
        _known = rows.Select(r => new Known(new(r.Text(0), r.Text(1)), r.Truth(2), r.Truth(2) ? any : r.Truth(3)))
            .DistinctBy(r => Key(r.Name))
            .ToDictionary(r => Key(r.Name));
        statements.Listed();
        return _known.ContainsKey(Key(table));
    }

    private static (string Schema, string Name) Key(TableName table) =>
        (Folded(table.Schema ?? DuckDbDialect.DefaultSchema), Folded(table.Name));

    private static string Folded(string name) => string.Concat(name.Select(c => char.IsAscii(c) ? char.ToLowerInvariant(c) : c));

    private static async Task<IReadOnlyList<Column>> ColumnsAsync(
        IStatements statements,
        TableName relation,
        CancellationToken cancellationToken
    ) => Columns(await statements.QueryAsync($"SELECT column_name, column_type FROM (DESCRIBE {relation})", cancellationToken), 0);

    /// <summary>A view by the list of all columns, which binds every view of the database: for one that cannot be bound itself.</summary>
    private static async Task<TableDescription?> ListedAsync(IStatements statements, TableName table, CancellationToken cancellationToken)
    {
        var schema = table.Schema ?? DuckDbDialect.DefaultSchema;
        var all = await statements.QueryAsync(
            $"""
            SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns()
            WHERE database_name = current_database() AND lower(schema_name) = lower({schema}) AND lower(table_name) = lower({table.Name})
            ORDER BY column_index
            """,
            cancellationToken
        );
        var rows = all.Where(r => Same(r.Text(0), schema) && Same(r.Text(1), table.Name)).ToList();
        return rows.Count == 0 ? null : new(new(rows[0].Text(0), rows[0].Text(1)), true, Columns(rows, 2));
    }

    private static IReadOnlyList<Column> Columns(IEnumerable<Row> rows, int name) =>
        [.. rows.Select(r => new Column(r.Text(name), DuckDbTypes.Read(r.Text(name + 1)), r.Text(name + 1)))];

    /// <summary>
    /// Rows by <c>count(*)</c>, which DuckDB answers from its metadata and what was deleted (its own estimate lags behind
    /// deletes); bytes by the blocks that a table has in the file. Views and what is not there are left out.
    /// </summary>
    public async Task<IReadOnlyList<RelationSize>> MeasureAsync(
        IStatements statements,
        DuckDbDialect dialect,
        IReadOnlyList<TableName> tables,
        bool withBytes,
        CancellationToken cancellationToken
    )
    {
        List<(TableName Asked, TableName Found)> measured = [];
        foreach (var table in tables.Distinct())
        {
            if (await statements.DescribeAsync(table, cancellationToken) is { IsView: false, Table: var found })
                measured.Add((table, found));
        }

        List<RelationSize> sizes = [];
        foreach (var some in measured.Chunk(MostCounted))
        {
            var counted = await statements.QueryAsync(
                $"SELECT {SqlText.Join(", ", some.Select(m => (SqlText)$"(SELECT count(*) FROM {m.Found})"))}",
                cancellationToken
            );
            for (var i = 0; i < some.Length; i++)
                sizes.Add(
                    new(
                        some[i].Asked,
                        counted[0].Long(i),
                        withBytes ? await BytesAsync(statements, dialect.Qualify(some[i].Found), cancellationToken) : 0
                    )
                );
        }

        return sizes;
    }

    /// <summary>A relation that was listed.</summary>
    /// <param name="Name">As it is stored.</param>
    /// <param name="IsView">Not a table.</param>
    /// <param name="MayCollate">Some column may have a collation.</param>
    private sealed record Known(TableName Name, bool IsView, bool MayCollate);

    private async Task<long> BytesAsync(IStatements statements, string name, CancellationToken cancellationToken)
    {
        if (HasQuote(name))
            return 0;
        _blockBytes ??=
            (
                await statements.QueryAsync(
                    $"SELECT max(block_size) FROM pragma_database_size() WHERE database_name = current_database()",
                    cancellationToken
                )
            )[0]
                .LongOrNull(0)
            ?? 0;
        var rows = await statements.QueryAsync(
            $"SELECT count(DISTINCT block_id) FROM pragma_storage_info({name}) WHERE persistent AND block_id >= 0",
            cancellationToken
        );
        return rows[0].Long(0) * _blockBytes.Value;
    }

    private static bool Same(string left, string right)
    {
        if (left.Length != right.Length)
            return false;
        for (var i = 0; i < left.Length; i++)
            if (
                left[i] != right[i]
                && (!char.IsAscii(left[i]) || !char.IsAscii(right[i]) || char.ToLowerInvariant(left[i]) != char.ToLowerInvariant(right[i]))
            )
                return false;
        return true;
    }
}
