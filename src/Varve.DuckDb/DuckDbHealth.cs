using Varve.Diagnosis;
using Varve.Engines;
using Varve.Sql;

namespace Varve.DuckDb;

/// <summary>What only DuckDB has: the file's free blocks, and what was not yet written into it.</summary>
public static class DuckDbHealth
{
    private const long LeastBytes = 16 * 1024 * 1024;

    /// <summary>Findings about the file of a database; none for one in memory. Nothing is changed.</summary>
    /// <exception cref="ArgumentException">The database is not DuckDB's.</exception>
    public static async Task<IReadOnlyList<Finding>> DiagnoseAsync(Database database, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        if (database.Engine is not DuckDbEngine engine)
            throw new ArgumentException($"{database.Name} is not a DuckDB database.", nameof(database));
        var rows = await engine.TransactAsync(
            (s, token) =>
                s.QueryAsync(
                    $"""
                    SELECT d.path, z.block_size * z.free_blocks, z.block_size * z.total_blocks FROM duckdb_databases() d
                    JOIN pragma_database_size() z ON z.database_name = d.database_name WHERE d.database_name = current_database()
                    """,
                    token
                ),
            Scope.Reading,
            cancellationToken
        );
        return rows is [var row] && row.TextOrNull(0) is { } file ? [.. Of(file, row.Long(1), row.Long(2))] : [];
    }

    private static IEnumerable<Finding> Of(string file, long free, long total)
    {
        if (total >= LeastBytes && free * 2 >= total)
            yield return new(
                "file.compact",
                Severity.Note,
                null,
                FormattableString.Invariant(
                    $"{file} has {total / 1_000_000d:N0} MB, of which {free / 1_000_000d:N0} MB are free blocks: new rows use them again, the disk does not get them back."
                ),
                "Where the disk needs them: varve compact --to NEW.duckdb writes a smaller copy."
            );
        if (new FileInfo($"{file}.wal") is { Exists: true, Length: > 0 } wal)
            yield return new(
                "file.wal",
                Severity.Warning,
                null,
                FormattableString.Invariant(
                    $"{wal.FullName} holds {wal.Length:N0} bytes that are not yet in the file: who wrote last did not close it, or has it open."
                ),
                "The next process that opens it for writing takes them over. Copy and move the two files together."
            );
    }
}
