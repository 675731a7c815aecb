using System.Globalization;
using Varve.Policies;

namespace Varve.Importing;

/// <summary>How the age of a partition is compared.</summary>
public enum ToolkitCompare
{
    /// <summary>By the end of the partition: it goes when its youngest possible row is old enough.</summary>
    End,

    /// <summary>By the start of the partition, as cratedb-toolkit does: rows go that are younger than the policy says.</summary>
    Start,
}

/// <summary>From cratedb-toolkit's retention policies to those of Varve. Pure.</summary>
public static class ToolkitImport
{
    /// <summary>All rows of one table become one policy.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="timeOf">The time column of a table, which the toolkit does not know; null where nobody does.</param>
    /// <param name="compare">How the age of a partition is compared.</param>
    /// <exception cref="PolicyException">The time column of a table is not known.</exception>
    public static ImportResult Convert(IReadOnlyList<ToolkitPolicy> rows, Func<TableName, string?> timeOf, ToolkitCompare compare)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(timeOf);
        List<string> left = [];
        List<ImportedPolicy> policies = [];
        var tables = rows.GroupBy(r => r.Table).ToList();
        var shared = tables
            .GroupBy(t => t.Key.Name, StringComparer.OrdinalIgnoreCase)
            .Where(g => g.Count() > 1)
            .SelectMany(g => g)
            .Select(g => g.Key)
            .ToHashSet();
        foreach (var table in tables)
        {
            var sound = table.Where(row => IsSound(row, left)).ToList();
            if (sound.Count == 0)
                continue;
            var name = shared.Contains(table.Key) ? $"{table.Key.Schema}-{table.Key.Name}" : table.Key.Name;
            policies.Add(Policy(name, sound, timeOf, compare, left));
        }

        return new(policies, left);
    }

    private static ImportedPolicy Policy(
        string name,
        List<ToolkitPolicy> rows,
        Func<TableName, string?> timeOf,
        ToolkitCompare compare,
        List<string> left
    )
    {
        var table = rows[0].Table;
        var columns = rows.Select(r => r.PartitionColumn).Distinct().ToList();
        var time =
            compare == ToolkitCompare.Start
                ? columns[0]
                : timeOf(table)
                    ?? throw new PolicyException(
                        ImportCodes.Unsaid,
                        $"cratedb-toolkit knows the partition column of {table.Text}, {columns[0]}, but not its time column. Say it with --time "
                            + $"COLUMN or "
                            + $"--time {table.Text}=COLUMN, read the policies from the cluster instead of a file, or keep the toolkit's comparison with --compare "
                            + $"start."
                    );
        var text = new PolicyText();
        foreach (var row in rows)
            text.Comment($"cratedb-toolkit: {Said(row)}");
        if (columns.Count > 1)
            text.Comment($"The rows name different partition columns: {string.Join(", ", columns)}.");
        text.Line($"policy: {PolicyText.Scalar(name)}")
            .Line($"table: {PolicyText.Scalar(table.Text)}")
            .Line($"time: {PolicyText.Scalar(time)}");
        Removal(text, rows, compare, columns[0]);
        Moves(text, rows);
        Tags(text, rows);
        return text.Made(name, table, left);
    }

    /// <summary>Of several rows that remove, the earliest one leaves nothing for the others.</summary>
    private static void Removal(PolicyText text, List<ToolkitPolicy> rows, ToolkitCompare compare, string column)
    {
        var removing = rows.Where(r => r.Strategy != ToolkitStrategy.Reallocate)
            .OrderBy(r => r.Days)
            .ThenByDescending(r => r.Strategy == ToolkitStrategy.Snapshot)
            .ToList();
        if (removing.Count == 0)
        {
            text.Comment("No row of the toolkit removes anything, so everything is kept.").Line("keep: forever");
            return;
        }

        var first = removing[0];
        text.Comment(
            compare == ToolkitCompare.End
                ? $"The toolkit compared the start of a partition with the cutoff, and removed rows that were younger than {first.Days} days "
                    + $"by up to "
                    + $"the length of the partition. Here a partition goes when its end is {first.Days} days old: with months that is up to 31 "
                    + $"days later."
                : $"As the toolkit does, the start of a partition counts: {column} is what is compared, so rows go that are younger than "
                    + $"{first.Days} days by up to the length of a partition."
        );
        text.Comment(
            $"The cutoff is counted from the instant of the run, not from midnight of the client's day; --cutoff-day still sets " + $"it."
        );
        text.Line($"keep: {first.Days.ToString(CultureInfo.InvariantCulture)}d");
        foreach (var other in removing.Skip(1))
        {
            text.Comment($"{Said(other)} finds nothing any more: the partitions are gone after {first.Days} days.");
        }

        if (first.Strategy == ToolkitStrategy.Snapshot)
        {
            text.Comment(
                "The toolkit removed a partition also where its snapshot was not whole. Here it goes only when the snapshot is "
                    + "proven whole."
            );
            text.Comment($"The repository {first.Repository} is declared to Varve as the archive location of that name.");
            text.Line($"archive: {{ to: {PolicyText.Scalar(first.Repository!)} }}");
        }
        else if (removing.Any(r => r.Strategy == ToolkitStrategy.Snapshot))
        {
            text.Comment(
                "No snapshot is taken before, because the row that only removes comes first, as it did in the toolkit. To take "
                    + "one: archive."
            );
        }
    }

    private static void Moves(PolicyText text, List<ToolkitPolicy> rows)
    {
        var hops = rows.Where(r => r.Strategy == ToolkitStrategy.Reallocate).OrderBy(r => r.Days).ToList();
        if (hops.Count == 0)
            return;
        text.Comment(
            "The toolkit asked for the move and did not look whether a node has the attribute. Here it is watched until every "
                + "shard is there."
        );
        var written = hops.Select(h =>
                $"{{ after: {h.Days.ToString(CultureInfo.InvariantCulture)}d, to: {{ "
                + $"{PolicyText.Scalar(h.Attribute!)}: {PolicyText.Scalar(h.AttributeValue!)} }} }}"
            )
            .ToList();
        text.Key("relocate", written is [var one] ? one : $"[{string.Join(", ", written)}]");
    }

    private static void Tags(PolicyText text, List<ToolkitPolicy> rows)
    {
        var tags = rows.SelectMany(r => r.Tags).Distinct().Order(StringComparer.Ordinal).ToList();
        if (tags.Count == 0)
            return;
        if (rows.Any(r => !r.Tags.SequenceEqual(tags)))
            text.Comment("The rows had different tags, so that --tags ran some of them; one policy runs as a whole.");
        text.Line($"tags: {PolicyText.List(tags)}");
    }

    private static bool IsSound(ToolkitPolicy row, List<string> left)
    {
        var why = row switch
        {
            { Days: < 1 or > 3_000_000 } => $"a period of {row.Days} days is none that a policy can have",
            { Strategy: ToolkitStrategy.Reallocate } when row.Attribute is null || row.AttributeValue is null =>
                "it names no attribute to move to",
            { Strategy: ToolkitStrategy.Snapshot, Repository: null } => "it names no repository",
            _ => null,
        };
        if (why is not null)
            left.Add($"{row.Table.Text}: {Said(row)} is left out, because {why}.");
        return why is null;
    }

    private static string Said(ToolkitPolicy row)
    {
        var what = row.Strategy switch
        {
            ToolkitStrategy.Reallocate => $"reallocate to {row.Attribute}={row.AttributeValue}",
            ToolkitStrategy.Snapshot => $"snapshot to {row.Repository} and remove",
            _ => "remove",
        };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{what} after {row.Days} days by {row.PartitionColumn}{(row.Id is null ? "" : $", {row.Id}")}"
        );
    }
}
