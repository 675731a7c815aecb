using System.Globalization;
using Varve.Policies;

namespace Varve.Planning;

/// <summary>Whether parts of a table can move where its policy says.</summary>
internal static class LayoutRulesRelocate
{
    internal static void Check(Policy policy, TableDescription table, TimeColumn? time, Func<Place, string?>? unfit, List<Problem> problems)
    {
        if (policy.Relocate.Count == 0)
            return;
        if (unfit is null)
        {
            problems.Add(
                new(PolicyCodes.NoRelocation, "This engine cannot move parts of a table. Take `relocate` out.") { Path = "relocate" }
            );
            return;
        }

        for (var i = 0; i < policy.Relocate.Count; i++)
            if (unfit(policy.Relocate[i].To) is { } reason)
                problems.Add(
                    new(PolicyCodes.NoRelocation, reason) { Path = string.Create(CultureInfo.InvariantCulture, $"relocate[{i}].to") }
                );

        if (time is null || table.Pieces?.Column == time.Name)
            return;
        problems.Add(
            new(
                PolicyCodes.NoParts,
                table.Pieces is { Column: var column }
                    ? $"{table.Table.Text} is partitioned by `{column}`, and its time is `{time.Name}`: no partition says how old its rows are. Name `{column}` as the time, or take `relocate` out."
                    : $"{table.Table.Text} has no partitions by ranges of `{time.Name}`, and only whole partitions move. Partition it, or take `relocate` out."
            )
            {
                Path = "relocate",
            }
        );
    }
}
