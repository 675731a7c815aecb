namespace Varve.Sql;

/// <summary>Where tables are that are named without a schema.</summary>
internal static class TablesSql
{
    /// <summary>The schema of a table that is named without one.</summary>
    public static SqlText DefaultSchema(Dialect dialect) => $"SELECT {dialect.CurrentSchema}";

    /// <summary>One row where there is a schema of that name.</summary>
    public static SqlText Schema(string name) =>
        $"SELECT 1 FROM information_schema.schemata WHERE catalog_name = current_database() AND schema_name = {name}";
}
