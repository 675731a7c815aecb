using Varve.Engines;
using Varve.Sql;

namespace Varve.DuckDb;

/// <summary>
/// How much memory a connection has, and how much it may be given for tables of hundreds of columns. DuckDB cannot write a
/// row of a table without two blocks of 256 KiB for each of its columns, one of values and one of what is NULL: in the
/// transaction, and once more at the end of the table when it commits.
/// </summary>
/// <param name="Bytes">What it was opened with.</param>
/// <param name="Most">What it may be given; the same where somebody said how much there is.</param>
internal sealed record DuckDbMemory(long Bytes, long Most)
{
    // Where that does not fit, the commit fails, and a log that was written with more cannot be replayed. What is over four
    // blocks is for what is computed meanwhile.
    private const long BytesOfColumn = 1100 << 10;

    /// <summary>Memory that nobody limited for columns.</summary>
    public static DuckDbMemory Unknown { get; } = new(long.MaxValue, long.MaxValue);

    /// <summary>True where nothing is written, and so nothing more is needed.</summary>
    public bool IsOnlyRead { get; init; }

    /// <summary>The most columns of a table that can be written.</summary>
    public int MaxColumns => (int)Math.Min(int.MaxValue, Most / BytesOfColumn);

    /// <summary>
    /// What a database is opened with unless somebody said more or less: half of what the process may use is there for tables
    /// that are too wide for the rest.
    /// </summary>
    public static DuckDbMemory Growing(long bytes) => new(bytes, Math.Max(bytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2));

    /// <summary>The statements that give it room for a table of that many columns, never less than it has; none where it has it.</summary>
    public IEnumerable<SqlText> Room(int columns)
    {
        var needed = Math.Min(Most, columns * BytesOfColumn);
        if (IsOnlyRead || needed <= Bytes)
            yield break;
        yield return $"SET VARIABLE varve_room = greatest(coalesce(getvariable('varve_room'), 0), {needed})";
        yield return $"SET memory_limit = CAST(getvariable('varve_room') AS VARCHAR) || 'B'";
    }
}
