using Varve.Policies;

namespace Varve.Sql;

/// <summary>Questions of a diagnosis.</summary>
internal static class DiagnosisSql
{
    /// <summary>No row of a view: the engine has to understand all of it all the same.</summary>
    public static SqlText Nothing(TableName view) => $"SELECT 1 FROM {view} WHERE 1 = 0";
}
