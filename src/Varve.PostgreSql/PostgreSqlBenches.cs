using Varve.DuckDb;
using Varve.Engines;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.PostgreSql;

/// <summary>Parts of PostgreSQL's rows are written and read by an embedded DuckDB, so that they are those of every other Varve.</summary>
internal sealed class PostgreSqlBenches(PostgreSqlEngine engine) : PartBenches
{
    /// <inheritdoc/>
    public override Column? Held(Column column) =>
        PostgreSqlWire.TypeOf(column) is { } type ? new(column.Name, DuckDbTypes.Read(type), type) : null;

    /// <inheritdoc/>
    public override string Instead(Column column) => PostgreSqlWire.Instead(column);

    /// <inheritdoc/>
    public override async Task<PartBench> OpenAsync(CancellationToken cancellationToken) =>
        new PostgreSqlBench(engine, await DuckDbBench.OpenAsync(cancellationToken));

    /// <summary>The statement by which rows leave the server.</summary>
    public static SqlText Export(TableName table, IReadOnlyList<Column> held, TimeColumn time, RangeSet? ranges, Dialect dialect)
    {
        var rows = Rows(table, held);
        if (ranges is not null)
            rows = $"{rows} WHERE {RangeSql.In(dialect, time, ranges)}";
        return $"COPY ({rows}) TO STDOUT (FORMAT binary)";
    }

    /// <summary>Rows of a table as they come to a bench.</summary>
    public static SqlText Rows(TableName table, IReadOnlyList<Column> held) =>
        $"SELECT {SqlText.Join(", ", held.Select(c => PostgreSqlWire.Write(c.TypeName, $"{new Identifier(c.Name)}")))} FROM {table}";
}
