using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Sql;

/// <summary>Rows of a table and rows of parts, as queries that have the same columns, and what they add up to.</summary>
internal sealed class ArchiveSql(Dialect dialect, ParquetSql parquet, IReadOnlyList<Column> columns, TimeColumn time)
{
    /// <summary>The columns that a summary has for each column of the rows.</summary>
    public const int PerColumn = 5;

    /// <summary>The columns, as parts hold them.</summary>
    public IReadOnlyList<Column> Columns => columns;

    /// <summary>The time column.</summary>
    public TimeColumn Time => time;

    private readonly IReadOnlyList<SqlText> _names = [.. columns.Select(c => (SqlText)$"{new Identifier(c.Name)}")];

    /// <summary>The rows of a table in some ranges; null: all of them.</summary>
    public SqlText Rows(TableName table, RangeSet? ranges) => Within($"SELECT {SqlText.Join(", ", _names)} FROM {table}", ranges);

    /// <summary>The rows of parts in some ranges; null: all of them.</summary>
    public SqlText Rows(IReadOnlyList<string> paths, RangeSet? ranges) =>
        Within($"SELECT {SqlText.Join(", ", _names)} FROM {parquet.Read(columns, paths)} AS varve_part", ranges);

    /// <summary>The rows of the first query that the second does not have; equal rows are counted.</summary>
    public static SqlText Surplus(SqlText rows, SqlText held) => $"({rows}) EXCEPT ALL ({held})";

    /// <summary>How many rows a query has.</summary>
    public static SqlText Count(SqlText rows) => $"SELECT count(*) FROM ({rows}) AS varve_rows";

    /// <summary>How many rows are older than the one before them, as the engine gives them.</summary>
    public SqlText OutOfOrder(SqlText rows) => parquet.OutOfOrder(rows, new(time.Name));

    /// <summary>Writes rows to a file, oldest first; what comes in that order need not be sorted.</summary>
    public SqlText Write(SqlText rows, string path, bool inOrder)
    {
        if (inOrder)
            return parquet.Write(rows, path);
        return parquet.Write($"SELECT * FROM ({rows}) AS varve_rows ORDER BY {new Identifier(time.Name)}", path);
    }

    /// <summary>
    /// Number of rows and their hash, and for each column: values, least, greatest, sum, and the sum of magnitudes of what is not
    /// exact.
    /// </summary>
    public SqlText Summary(SqlText rows)
    {
        var totals = columns.SelectMany((column, i) => Totals(column.Type, dialect.Bytewise(column, _names[i])));
        return $"SELECT count(*), {parquet.RowHash(_names)}, {SqlText.Join(", ", totals)} FROM ({rows}) AS varve_rows";
    }

    /// <summary>Number of rows and their hash.</summary>
    public SqlText Hash(SqlText rows) => $"SELECT count(*), {parquet.RowHash(_names)} FROM ({rows}) AS varve_rows";

    /// <summary>Makes a schema where there is none of that name.</summary>
    /// <summary>Makes a table of the rows of parts.</summary>
    public static SqlText Create(TableName table, SqlText rows) => $"CREATE TABLE {table} AS {rows}";

    private SqlText Within(SqlText rows, RangeSet? ranges) => ranges is null ? rows : $"{rows} WHERE {RangeSql.In(dialect, time, ranges)}";

    private IEnumerable<SqlText> Totals(ColumnType type, SqlText value)
    {
        yield return $"count({value})";
        switch (type)
        {
            case ColumnType.Nested:
                foreach (var _ in Enumerable.Range(1, PerColumn - 1))
                    yield return $"NULL";
                break;
            case ColumnType.Float:
                // Zero has two signs, and either may be the least.
                yield return parquet.Text($"min({value}) + 0");
                yield return parquet.Text($"max({value}) + 0");
                yield return $"CAST(sum({dialect.Finite(value)}) AS DOUBLE PRECISION)";
                yield return $"CAST(sum(abs({dialect.Finite(value)})) AS DOUBLE PRECISION)";
                break;
            case ColumnType.Decimal:
                yield return parquet.Text($"min({value})");
                yield return parquet.Text($"max({value})");
                yield return $"sum(CAST({value} AS DOUBLE PRECISION))";
                yield return $"sum(abs(CAST({value} AS DOUBLE PRECISION)))";
                break;
            default:
                yield return parquet.Text($"min({value})");
                yield return parquet.Text($"max({value})");
                SqlText sum = $"NULL";
                if (type is ColumnType.Integer)
                    sum = parquet.Text(dialect.ExactSum(value, 0));
                yield return sum;
                yield return $"NULL";
                break;
        }
    }
}
