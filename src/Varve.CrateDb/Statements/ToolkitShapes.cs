using Varve.Policies;
using Varve.Sql;

namespace Varve.CrateDb.Statements;

/// <summary>What is asked of cratedb-toolkit's own table.</summary>
internal static class ToolkitShapes
{
    /// <summary>All of it: the columns differ between its versions.</summary>
    public static SqlText Policies(TableName table) => $"SELECT * FROM {table}";
}
