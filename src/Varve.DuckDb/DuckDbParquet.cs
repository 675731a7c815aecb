using System.Text.RegularExpressions;
using Varve.Planning;
using Varve.Sql;

namespace Varve.DuckDb;

/// <summary>
/// Parquet files as DuckDB writes and reads them. Only types of which every value was seen to come back are archived:
/// HUGEINT would become DOUBLE, INTERVAL lose its microseconds, ENUM and BIT become text.
/// </summary>
internal sealed partial class DuckDbParquet : ParquetSql
{
    private const int MostText = 1000;

    private static readonly HashSet<string> s_kept = new(StringComparer.Ordinal)
    {
        "TINYINT",
        "SMALLINT",
        "INTEGER",
        "BIGINT",
        "UTINYINT",
        "USMALLINT",
        "UINTEGER",
        "UBIGINT",
        "FLOAT",
        "DOUBLE",
        "BOOLEAN",
        "VARCHAR",
        "JSON",
        "BLOB",
        "UUID",
        "DATE",
        "TIME",
        "TIMESTAMP",
        "TIMESTAMP_NS",
        "TIMESTAMP WITH TIME ZONE",
    };

    /// <inheritdoc/>
    public override bool Survives(string typeName) => IsKept(typeName) || typeName is "TIMESTAMP_S" or "TIMESTAMP_MS";

    /// <inheritdoc/>
    public override Column Column(string name, string typeName) => new(name, DuckDbTypes.Read(typeName), typeName);

    /// <inheritdoc/>
    public override SqlText Write(SqlText rows, string path) =>
        $"COPY ({rows}) TO {path} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)";

    /// <summary>
    /// Files are read in the order of the list, and DuckDB keeps the order of what it reads. It holds each group in memory,
    /// once for each thread.
    /// </summary>
    public override SqlText Join(IReadOnlyList<string> paths, string path) =>
        $"COPY (SELECT * FROM read_parquet([{SqlText.Join(", ", paths.Select(p => (SqlText)$"{p}"))}], hive_partitioning = false)) TO {path} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480, USE_TMP_FILE false)";

    /// <summary>A window without an order runs over the rows as they come: a small part of what sorting them costs.</summary>
    public override SqlText OutOfOrder(SqlText rows, Identifier time) =>
        $"SELECT count(*) FROM (SELECT {time} < lag({time}) OVER () AS varve_back FROM ({rows}) AS varve_rows) AS varve_steps WHERE varve_back";

    /// <summary>
    /// The folders of a path are no columns, whatever they are called. Columns are found by name: their order may have changed.
    /// </summary>
    public override SqlText Read(IReadOnlyList<Column> columns, IReadOnlyList<string> paths) =>
        $"(SELECT {SqlText.Join(", ", columns.Select(Cast))} FROM read_parquet([{SqlText.Join(", ", paths.Select(p => (SqlText)$"{p}"))}], hive_partitioning = false, union_by_name = true))";

    /// <summary>The sum of 64-bit hashes, which a HUGEINT holds for more rows than there can be.</summary>
    public override SqlText RowHash(IReadOnlyList<SqlText> columns) =>
        $"CAST(coalesce(sum(hash({SqlText.Join(", ", columns)})), 0) AS VARCHAR)";

    /// <inheritdoc/>
    public override SqlText Text(SqlText value) => $"left(CAST({value} AS VARCHAR), {(long)MostText})";

    private static bool IsKept(string type) =>
        s_kept.Contains(type) || Decimal().IsMatch(type) || (type.EndsWith("[]", StringComparison.Ordinal) && IsKept(type[..^2]));

    // A file has microseconds for both of them.
    private static SqlText Cast(Column column)
    {
        var name = new Identifier(column.Name);
        return column.TypeName switch
        {
            "TIMESTAMP_S" => $"CAST({name} AS TIMESTAMP_S) AS {name}",
            "TIMESTAMP_MS" => $"CAST({name} AS TIMESTAMP_MS) AS {name}",
            _ => $"{name}",
        };
    }

    [GeneratedRegex(@"\ADECIMAL\([0-9]+,[0-9]+\)\z")]
    private static partial Regex Decimal();
}
