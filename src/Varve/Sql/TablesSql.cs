namespace Varve.Sql;

/// <summary>Which tables a database has, in the words that every engine understands: those of the standard's information schema.</summary>
internal static class TablesSql
{
    /// <summary>The schema of a table that is named without one.</summary>
    public static SqlText DefaultSchema => $"SELECT current_schema()";

    /// <summary>
    /// Schema and name of every table of this database that has rows of its own, in that order: no view, no temporary or
    /// foreign table, nothing of the system, nothing of the catalog.
    /// </summary>
    /// <param name="catalogSchema">The schema of Varve's own tables.</param>
    public static SqlText BaseTables(string catalogSchema) =>
        $"""
        SELECT table_schema, table_name FROM information_schema.tables
        WHERE table_type = {"BASE TABLE"} AND table_catalog = current_database()
          AND table_schema NOT IN ({"information_schema"}, {"pg_catalog"}, {"sys"}, {"blob"}, {catalogSchema})
        ORDER BY table_schema, table_name
        """;
}
