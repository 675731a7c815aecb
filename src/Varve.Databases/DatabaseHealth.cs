using Varve.CrateDb;
using Varve.Diagnosis;
using Varve.DuckDb;
using Varve.Engines;
using Varve.Policies;
using Varve.PostgreSql;

namespace Varve.Databases;

/// <summary>What doctor finds that only one engine has: the files, rights and settings of the database itself.</summary>
internal static class DatabaseHealth
{
    /// <summary>Looks, and changes nothing.</summary>
    public static async Task<IReadOnlyList<Finding>> DiagnoseAsync(
        DatabaseUrl url,
        Lifecycle lifecycle,
        Database database,
        CancellationToken cancellationToken
    )
    {
        if (url.Scheme == "duckdb")
            return await DuckDbHealth.DiagnoseAsync(database, cancellationToken);
        var policies = await lifecycle.PoliciesAsync(Selection.All, cancellationToken);
        return url.Scheme == "cratedb"
            ? await CrateDbHealth.DiagnoseAsync(database, policies, cancellationToken)
            : await PostgreSqlHealth.DiagnoseAsync(database, policies, cancellationToken);
    }
}
