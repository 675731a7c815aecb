using Varve.Policies;
using Varve.Sql;

namespace Varve.CrateDb.Statements;

/// <summary>What is asked of the catalogs about any relation.</summary>
internal static class ObserverShapes
{
    /// <summary>Every view with its query.</summary>
    public static SqlText Views() =>
        $"SELECT table_schema, table_name, view_definition FROM information_schema.views ORDER BY table_schema, table_name";

    /// <summary>Every table of a user.</summary>
    public static SqlText Tables() =>
        $"""
            SELECT table_schema, table_name FROM information_schema.tables
            WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('sys', 'information_schema', 'pg_catalog', 'blob') ORDER BY table_schema, table_name
            """;

    /// <summary>The bytes of the primary shards of some tables.</summary>
    public static SqlText Bytes(IReadOnlyList<TableName> tables) =>
        $"SELECT schema_name, table_name, sum(size) FROM sys.shards WHERE ({CatalogShapes.Any("schema_name", tables)}) AND primary GROUP BY 1, 2";

    /// <summary>The rows of some tables, in one row; CrateDB counts them without reading.</summary>
    public static SqlText Rows(IReadOnlyList<TableName> tables) =>
        $"SELECT {SqlText.Join(", ", tables.Select(t => (SqlText)$"({Count(t)})"))}";

    /// <summary>The rows of a table.</summary>
    public static SqlText Count(TableName table) => $"SELECT count(*) FROM {table}";
}
