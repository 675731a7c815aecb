using Varve.Planning;

namespace Varve.Archiving;

/// <summary>
/// Parts that were written before the columns of the table changed: their rows are not those of the source any more, as far
/// as can be compared.
/// </summary>
internal static class SchemaDrift
{
    /// <summary>
    /// How the columns of a part differ from those that the table has now, as parts would hold them; null where they are the
    /// same.
    /// </summary>
    public static string? Why(ArchiveManifest manifest, IReadOnlyList<Column> columns)
    {
        foreach (var column in columns)
        {
            if (manifest.Columns.FirstOrDefault(c => c.Name == column.Name) is not { } its)
                return $"it has no column {column.Name}";
            if (its.Type != column.TypeName)
                return $"{column.Name} is {its.Type} in it and {column.TypeName} in the table";
        }

        return manifest.Columns.FirstOrDefault(c => columns.All(b => b.Name != c.Name)) is { } gone
            ? $"the table has no column {gone.Name} any more"
            : null;
    }

    /// <summary>What to say of it.</summary>
    public static HaltException Halt(string file, string why, string policy) =>
        new(
            WorkCodes.OtherSchema,
            $"{file} was written before the table changed: {why}. Its rows are not removed from the source. Let the next run archive them as they are now: varve archive verify {policy} --again. Or give the table its columns back."
        );
}
