using Varve.Policies;

namespace Varve.Planning;

/// <summary>What an engine can archive.</summary>
/// <param name="Survives">True for a column whose values come back as they went.</param>
/// <param name="Snapshots">True where it archives by snapshots of its own, which can be drilled.</param>
public sealed record ArchiveLimits(Func<Column, bool> Survives, bool Snapshots)
{
    /// <summary>A type that would survive, for a column of which it does not; null: what DuckDB has.</summary>
    public Func<Column, string>? Instead { get; init; }
}

/// <summary>Whether the rows of a table can be archived, and come back as they went.</summary>
internal static class LayoutRulesArchive
{
    internal static void Check(Policy policy, TableDescription table, ArchiveLimits? limits, List<Problem> problems)
    {
        if (policy.Archive is not { } archive)
            return;
        if (limits is null)
        {
            problems.Add(
                new(PolicyCodes.NoArchives, "This engine cannot archive rows yet. Take `archive` out, or keep the source longer.")
                {
                    Path = "archive",
                }
            );
            return;
        }

        if (archive.Drill && !limits.Snapshots)
        {
            problems.Add(
                new(
                    PolicyCodes.ArchiveDrill,
                    "`drill` is for engines that archive by snapshots. Take it out: here every part is read back and compared before its rows go."
                )
                {
                    Path = "archive.drill",
                }
            );
        }

        foreach (var column in table.Columns.Where(c => !limits.Survives(c)))
        {
            problems.Add(
                new(
                    PolicyCodes.ArchiveType,
                    $"The column `{column.Name}` of {table.Table.Text} is {column.TypeName}, whose values do not come back from an archive as they went. Store it as {limits.Instead?.Invoke(column) ?? Instead(column.TypeName)}, or take `archive` out."
                )
                {
                    Path = "archive",
                }
            );
        }
    }

    private static string Instead(string type) =>
        type switch
        {
            "HUGEINT" or "UHUGEINT" => "DECIMAL(38, 0)",
            "INTERVAL" => "a BIGINT of microseconds",
            "TIME WITH TIME ZONE" => "TIME",
            _ => "VARCHAR",
        };
}
