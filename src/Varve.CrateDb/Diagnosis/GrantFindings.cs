using Varve.Diagnosis;
using Varve.Policies;

namespace Varve.CrateDb.Diagnosis;

/// <summary>Whether the user has what a policy needs besides reading and writing its table. Pure.</summary>
internal static class GrantFindings
{
    /// <summary>Nothing where grants may not be seen: what a role gives is not among them, so that nothing is an error.</summary>
    public static IEnumerable<Finding> Of(Policy policy, TableName table, ClusterFacts facts)
    {
        if (facts.Grants is not { } grants || facts.IsSuperuser != false)
            yield break;
        List<string> acts =
        [
            .. policy.Relocate.Count > 0 ? ["moves partitions"] : Array.Empty<string>(),
            .. !policy.Keep.IsForever && policy.ExpireBy != ExpireBy.Rows
                ? ["closes partitions for writes before they go"]
                : Array.Empty<string>(),
        ];
        if (acts.Count > 0 && !Has(grants, "DDL", table))
            yield return new(
                "rights.table",
                Severity.Warning,
                policy.Name,
                $"{facts.User} was not given DDL on {table.Text}, whose policy {string.Join(" and ", acts)}; what a role gives was not looked at.",
                $"GRANT DDL ON TABLE {table.Text} TO \"{facts.User}\""
            );
        if (policy.Archive is { } archive && !HasCluster(grants, "DDL"))
            yield return new(
                "rights.cluster",
                Severity.Warning,
                policy.Name,
                $"{facts.User} was not given DDL on the cluster, which makes snapshots of {table.Text} in `{archive.To}` and brings them back; what a role gives was not looked at.",
                $"GRANT DDL TO \"{facts.User}\""
            );
    }

    // What is said of the smallest thing that has it counts.
    private static bool Has(IReadOnlyList<Grant> grants, string privilege, TableName table)
    {
        List<Grant> of = [.. grants.Where(g => g.Privilege == privilege)];
        return
            (of.Find(g => g.Class == "TABLE" && g.Name == table.Text) ?? of.Find(g => g.Class == "SCHEMA" && g.Name == table.Schema))
                is { } said
            ? !said.IsDenied
            : HasCluster(grants, privilege);
    }

    private static bool HasCluster(IReadOnlyList<Grant> grants, string privilege) =>
        grants.Any(g => g.Class == "CLUSTER" && g.Privilege == privilege && !g.IsDenied);
}
