namespace Varve.Policies;

/// <summary>A table belongs to exactly one policy, and a name to one.</summary>
internal static class UniquePolicies
{
    /// <summary>Refuses a second policy for one table, and a second one of one name.</summary>
    internal static void Check(IReadOnlyList<PolicyDocument> documents, List<Problem> problems)
    {
        for (var i = 0; i < documents.Count; i++)
        {
            var (second, before) = (documents[i], documents.Take(i));
            if (before.FirstOrDefault(d => d.Policy.Table == second.Policy.Table) is { } table)
            {
                problems.Add(
                    Twice(
                        second,
                        "table",
                        $"The table {second.Policy.Table.Text} has a policy already, `{table.Policy.Name}` at {table.At("table")?.Text}. A table belongs to exactly one policy: merge the two."
                    )
                );
            }
            else if (before.FirstOrDefault(d => d.Policy.Name == second.Policy.Name) is { } name)
            {
                problems.Add(
                    Twice(
                        second,
                        "policy",
                        $"The name `{second.Policy.Name}` is taken by the policy for {name.Policy.Table.Text} at {name.At("policy")?.Text}. Give one of them another `policy`."
                    )
                );
            }
        }
    }

    private static Problem Twice(PolicyDocument second, string path, string message) =>
        new(PolicyCodes.OneEach, message) { Path = path, Position = second.At(path) };
}
