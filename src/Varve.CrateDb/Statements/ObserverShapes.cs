using Varve.Policies;
using Varve.Sql;

namespace Varve.CrateDb.Statements;

/// <summary>What is asked of the catalogs about any relation.</summary>
internal static class ObserverShapes
{
    /// <summary>Table or view, and what it is partitioned by; no row where there is none, or no right to it.</summary>
    public static SqlText Relation(TableName table) =>
        $"SELECT table_type, partitioned_by FROM information_schema.tables WHERE table_schema = {table.Schema} AND table_name = {table.Name}";

    /// <summary>Name, type, scale and generation expression of each column, in their order.</summary>
    public static SqlText Columns(TableName table) =>
        $"""
            SELECT column_name, data_type, numeric_scale, generation_expression FROM information_schema.columns
            WHERE table_schema = {table.Schema} AND table_name = {table.Name} ORDER BY ordinal_position
            """;

    /// <summary>Every view with its query.</summary>
    public static SqlText Views() =>
        $"SELECT table_schema, table_name, view_definition FROM information_schema.views ORDER BY table_schema, table_name";

    /// <summary>The bytes of the primary shards of some tables.</summary>
    public static SqlText Bytes(IReadOnlyList<TableName> tables) =>
        $"SELECT schema_name, table_name, sum(size) FROM sys.shards WHERE ({CatalogShapes.Any("schema_name", tables)}) AND primary GROUP BY 1, 2";

    /// <summary>The rows of some tables, in one row; CrateDB counts them without reading.</summary>
    public static SqlText Rows(IReadOnlyList<TableName> tables) =>
        $"SELECT {SqlText.Join(", ", tables.Select(t => (SqlText)$"(SELECT count(*) FROM {t})"))}";
}
