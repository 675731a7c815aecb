using Varve.Policies;

namespace Varve.Planning;

/// <summary>What a policy may ask of a source that can only be read: to roll it up.</summary>
internal static class LayoutRulesReadOnly
{
    /// <summary>False where nothing can be made of the source.</summary>
    internal static bool Check(Policy policy, TableDescription table, List<Problem> problems)
    {
        if (!table.IsView)
            return true;
        if (Refused(table) is { } reason)
        {
            problems.Add(new(PolicyCodes.NotATable, reason) { Path = "table" });
            return false;
        }

        var (kind, way) = Said(table.Kind);
        List<(bool Asked, string Path, string Key)> keys =
        [
            (!policy.Keep.IsForever, "keep", "keep"),
            (policy.Archive is not null, "archive", "archive"),
            (policy.Relocate.Count > 0, "relocate", "relocate"),
            (policy.ExpireBy is ExpireBy.Partitions, "expire", "expire: partitions"),
        ];
        foreach (var (_, path, key) in keys.Where(k => k.Asked))
            problems.Add(
                new(
                    PolicyCodes.NotATable,
                    $"{table.Table.Text} is {kind}: it can be rolled up, and nothing of it is removed, archived or moved. Take `{key}` out, or {way}."
                )
                {
                    Path = path,
                }
            );
        problems.Add(
            new(PolicyCodes.RollUpOnly, $"{table.Table.Text} is {kind}: it is rolled up, and no row of it goes.")
            {
                Path = "table",
                IsWarning = true,
            }
        );
        return true;
    }

    /// <summary>What says that rows of a source do not go; null for a table.</summary>
    internal static string? Kept(TableDescription table) =>
        table.IsView ? $"{table.Table.Text} is {Said(table.Kind).Kind}, and no row of it is removed by Varve" : null;

    /// <summary>Why nothing can be made of a relation; null where it can be rolled up.</summary>
    internal static string? Refused(TableDescription table) =>
        table.Kind switch
        {
            RelationKind.View => $"{table.Table.Text} is a view: its rows cannot be removed. Name the table behind it.",
            RelationKind.TemporaryTable =>
                $"{table.Table.Text} is a temporary table: only the session that made it can read its rows. Make it an ordinary or an UNLOGGED table.",
            _ => null,
        };

    private static (string Kind, string Way) Said(RelationKind kind) =>
        kind switch
        {
            RelationKind.ForeignTable => ("a foreign table", "make a policy where its rows lie"),
            RelationKind.MaterializedView => ("a materialized view", "name the table behind it"),
            _ => ("a view", "name the table behind it"),
        };
}
