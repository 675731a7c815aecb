namespace Varve.Sql;

/// <summary>Where tables are that are named without a schema.</summary>
internal static class TablesSql
{
    /// <summary>The schema of a table that is named without one.</summary>
    public static SqlText DefaultSchema(Dialect dialect) => $"SELECT {dialect.CurrentSchema}";
}
