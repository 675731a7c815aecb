using Varve.DuckDb;
using Varve.Engines;

namespace Varve.Databases;

/// <summary>A compact copy of a database, where its engine keeps it in a file that does not shrink.</summary>
internal static class Compaction
{
    /// <summary>Refuses what has no such file.</summary>
    /// <exception cref="PolicyException">With what its engine does instead.</exception>
    internal static void Require(DatabaseUrl url)
    {
        var why = url switch
        {
            { Scheme: "duckdb", Path: ":memory:" } => "A database in memory has no file to compact.",
            { Scheme: "duckdb" } => null,
            { Scheme: "postgresql" } =>
                "compact is for DuckDB files. PostgreSQL reuses space by itself (autovacuum); VACUUM FULL gives it back to the disk.",
            _ => $"compact is for DuckDB files: {url.Scheme} gives the space of removed rows back by itself.",
        };
        if (why is not null)
            throw new PolicyException(WorkCodes.Usage, why);
    }

    /// <summary>Writes the copy; the database itself is only read.</summary>
    /// <param name="url">The database; nobody may have it open for writing.</param>
    /// <param name="target">A file that does not exist.</param>
    /// <param name="cancellationToken">Ends it; nothing is left behind.</param>
    internal static Task<DuckDbCompactionReport> WriteAsync(DatabaseUrl url, string target, CancellationToken cancellationToken)
    {
        Require(url);
        return DuckDbCompaction.CompactAsync(url, target, cancellationToken: cancellationToken);
    }

    /// <summary>Where a copy is written that nobody named a file for: beside the database.</summary>
    internal static string Beside(string file) =>
        Path.Combine(
            Path.GetDirectoryName(file)!,
            $"{Path.GetFileNameWithoutExtension(file)}.compact{(Path.GetExtension(file) is { Length: > 0 } kind ? kind : ".duckdb")}"
        );
}
