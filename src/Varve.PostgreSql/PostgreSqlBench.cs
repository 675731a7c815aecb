using System.Text;
using DuckDB.NET.Data;
using Npgsql;
using NpgsqlTypes;
using Varve.DuckDb;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.PostgreSql;

/// <summary>
/// The bench of one unit of work. Rows come by a copy in another session, which sees what the unit of work sees: it is lent
/// its snapshot. They go by statements of the unit of work, so that they go with it.
/// </summary>
internal sealed class PostgreSqlBench(PostgreSqlEngine engine, DuckDbBench bench) : PartBench
{
    private static readonly double s_nan = BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0000);

    /// <summary>Text that a statement carries to the server at once.</summary>
    private const int MostText = 1 << 20;

    /// <summary>Rows that a page has.</summary>
    private const long Page = 5_000;

    /// <inheritdoc/>
    public override Dialect Dialect => bench.Dialect;

    /// <inheritdoc/>
    public override IStatements Statements => bench.Statements;

    /// <inheritdoc/>
    public override string Engine => $"duckdb {bench.Version}";

    /// <inheritdoc/>
    public override async Task<TableName> BringAsync(
        IStatements from,
        TableName table,
        IReadOnlyList<Column> columns,
        TimeColumn time,
        RangeSet? ranges,
        CancellationToken cancellationToken
    )
    {
        // What the unit of work itself made is seen by nobody else: it comes in answers, as they are.
        var snapshot = await MadeHereAsync(from, table, cancellationToken)
            ? null
            : (await from.QueryAsync($"SELECT pg_export_snapshot()", cancellationToken))[0].Text(0);
        var export = PostgreSqlBenches.Export(table, columns, time, ranges, engine.Dialect);
        if (snapshot is not null)
            from.Note(export);
        return await bench.TakeAsync(
            columns,
            appender =>
                snapshot is null
                    ? PagesAsync(from, appender, table, columns, cancellationToken)
                    : engine.BesideAsync(
                        snapshot,
                        beside =>
                            beside.ExportAsync(
                                export,
                                exporter => AppendAsync(exporter, appender, columns, cancellationToken),
                                cancellationToken
                            ),
                        cancellationToken
                    ),
            cancellationToken
        );
    }

    /// <inheritdoc/>
    public override async Task<long> WriteAsync(IStatements from, SqlText query, string path, CancellationToken cancellationToken)
    {
        var snapshot = (await from.QueryAsync($"SELECT pg_export_snapshot()", cancellationToken))[0].Text(0);
        var shown = await engine.BesideAsync(
            snapshot,
            async beside =>
            {
                var columns = await beside.ColumnsAsync(query, cancellationToken);
                Column[] held = [.. columns.Select(c => PostgreSqlWire.TypeOf(c) is { } type ? c with { TypeName = type } : AsText(c))];
                var values = held.Select(c => PostgreSqlWire.Write(c.TypeName, $"{new Identifier(c.Name)}"));
                SqlText copy = $"COPY (SELECT {SqlText.Join(", ", values)} FROM ({query}) AS varve_answer) TO STDOUT (FORMAT binary)";
                return await bench.TakeAsync(
                    held,
                    appender =>
                        beside.ExportAsync(copy, exporter => AppendAsync(exporter, appender, held, cancellationToken), cancellationToken),
                    cancellationToken
                );
            },
            cancellationToken
        );
        var rows = await Statements.ExecuteAsync(Dialect.Parquet!.Write($"SELECT * FROM {shown}", path), cancellationToken);
        await bench.DropAsync(shown, cancellationToken);
        return rows;
    }

    /// <inheritdoc/>
    public override async Task MakeAsync(
        IStatements to,
        TableName table,
        IReadOnlyList<Column> columns,
        SqlText rows,
        CancellationToken cancellationToken
    )
    {
        List<SqlText> types =
        [
            .. columns.Select(c =>
                PostgreSqlWire.Made(c.TypeName)
                ?? throw new EngineException(
                    EngineCodes.Conversion,
                    $"The column {c.Name} of the archive is {c.TypeName}, and PostgreSQL has no such type. Restore it into a DuckDB file: restore --db duckdb:FILE."
                )
            ),
        ];
        await to.ExecuteAsync(
            $"CREATE TABLE {table} ({SqlText.Join(", ", columns.Zip(types, (c, t) => (SqlText)$"{new Identifier(c.Name)} {t}"))})",
            cancellationToken
        );
        var batch = columns.Select(_ => new StringBuilder("{")).ToArray();
        await bench.GiveAsync(
            columns,
            rows,
            async values =>
            {
                for (var i = 0; i < values.Length; i++)
                    Add(batch[i], values[i]);
                if (batch.Sum(b => b.Length) >= MostText)
                    await FlushAsync();
            },
            cancellationToken
        );
        await FlushAsync();

        async Task FlushAsync()
        {
            if (batch[0].Length == 1)
                return;
            var arrays = batch.Select(b => (SqlText)$"CAST({b.Append('}').ToString()} AS TEXT[])").ToList();
            var names = columns.Select((_, i) => (SqlText)$"{Wire(i)}");
            await to.ExecuteAsync(
                $"INSERT INTO {table} SELECT {SqlText.Join(", ", columns.Select((c, i) => PostgreSqlWire.Read(c.TypeName, $"{Wire(i)}")))} FROM unnest({SqlText.Join(", ", arrays)}) AS varve_rows ({SqlText.Join(", ", names)})",
                cancellationToken
            );
            foreach (var column in batch)
                column.Clear().Append('{');
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => bench.DisposeAsync();

    // An element in quotes may hold anything but a quote and a backslash.
    private static void Add(StringBuilder array, string? value)
    {
        if (array.Length > 1)
            array.Append(',');
        if (value is null)
            array.Append("NULL");
        else
            array
                .Append('"')
                .Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal))
                .Append('"');
    }

    private static async Task<bool> MadeHereAsync(IStatements from, TableName table, CancellationToken cancellationToken)
    {
        var rows = await from.QueryAsync(
            $"""
            SELECT c.xmin = CAST(pg_current_xact_id_if_assigned() AS xid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relname = {table.Name} AND n.nspname = coalesce({table.Schema}, current_setting('varve.default_schema'))
            """,
            cancellationToken
        );
        return rows.Count > 0 && !rows[0].IsNull(0) && rows[0].Truth(0);
    }

    private static async Task PagesAsync(
        IStatements from,
        DuckDBAppender appender,
        TableName table,
        IReadOnlyList<Column> columns,
        CancellationToken cancellationToken
    )
    {
        var kinds = columns.Select(c => DuckDbWire.Of(c.TypeName)).ToArray();
        await from.ExecuteAsync($"DECLARE varve_pages NO SCROLL CURSOR FOR {PostgreSqlBenches.Rows(table, columns)}", cancellationToken);
        while (await from.QueryAsync($"FETCH {Page} FROM varve_pages", cancellationToken) is { Count: > 0 } page)
        {
            foreach (var values in page)
            {
                var row = appender.CreateRow();
                for (var i = 0; i < kinds.Length; i++)
                {
                    if (values.IsNull(i))
                        row.AppendNullValue();
                    else if (kinds[i] is DuckDbWire.Kind.Number)
                        row.AppendValue(values.Long(i));
                    else if (kinds[i] is DuckDbWire.Kind.Real)
                        row.AppendValue(Plain((double)values[i]!));
                    else
                        row.AppendValue(values.Text(i));
                }

                row.EndRow();
            }
        }

        await from.ExecuteAsync($"CLOSE varve_pages", cancellationToken);
    }

    // PostgreSQL has one NaN; that of .NET has a sign.
    private static double Plain(double value) => double.IsNaN(value) ? s_nan : value;

    private static Column AsText(Column column) => column with { Type = new ColumnType.Text(), TypeName = "VARCHAR" };

    private static Identifier Wire(int column) => new(FormattableString.Invariant($"c{column}"));

    private static async Task AppendAsync(
        NpgsqlBinaryExporter exporter,
        DuckDBAppender appender,
        IReadOnlyList<Column> columns,
        CancellationToken cancellationToken
    )
    {
        var kinds = columns.Select(c => DuckDbWire.Of(c.TypeName)).ToArray();
        while (await exporter.StartRowAsync(cancellationToken) >= 0)
        {
            var row = appender.CreateRow();
            foreach (var kind in kinds)
            {
                if (exporter.IsNull)
                {
                    await exporter.SkipAsync(cancellationToken);
                    row.AppendNullValue();
                    continue;
                }

                switch (kind)
                {
                    case DuckDbWire.Kind.Number:
                        row.AppendValue(await exporter.ReadAsync<long>(NpgsqlDbType.Bigint, cancellationToken));
                        break;
                    case DuckDbWire.Kind.Real:
                        row.AppendValue(Plain(await exporter.ReadAsync<double>(NpgsqlDbType.Double, cancellationToken)));
                        break;
                    default:
                        row.AppendValue(await exporter.ReadAsync<string>(NpgsqlDbType.Text, cancellationToken));
                        break;
                }
            }

            row.EndRow();
        }
    }
}
