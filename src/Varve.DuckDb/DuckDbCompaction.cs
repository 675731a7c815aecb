using System.Globalization;
using DuckDB.NET.Data;
using Varve.Engines;
using Varve.Sql;

namespace Varve.DuckDb;

/// <summary>
/// Writes a compact copy of a DuckDB file: blocks of removed rows are reused inside a file and never given back, a copy
/// has none of them. The copy is compared with its source before it gets its name; the source is only read.
/// </summary>
public static class DuckDbCompaction
{
    private const string Taken = "VRV170";

    /// <summary>
    /// Copies every schema, table, index, constraint, default, sequence with its value, view, type, macro and comment, the
    /// catalog among them.
    /// </summary>
    /// <param name="source">The file; nobody may have it open for writing.</param>
    /// <param name="target">A file that does not exist; it appears under this name once it is whole and compared.</param>
    /// <param name="options">Memory and threads.</param>
    /// <param name="cancellationToken">Ends it; nothing is left behind.</param>
    /// <exception cref="PolicyException">The target exists, or is the source.</exception>
    /// <exception cref="EngineException">The file is missing or damaged, there is no room, DuckDB refused, or the copy is not the
    /// same.</exception>
    /// <exception cref="BusyException">Another process writes to the file.</exception>
    public static async Task<DuckDbCompactionReport> CompactAsync(
        string source,
        string target,
        DuckDbOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(source);
        ArgumentException.ThrowIfNullOrWhiteSpace(target);
        var (from, to) = (Path.GetFullPath(source), Path.GetFullPath(target));
        Refuse(from, to);
        var partial = string.Create(CultureInfo.InvariantCulture, $"{to}.{Guid.CreateVersion7():N}.partial");
        try
        {
            var report = await Task.Run(() => CopyAsync(from, partial, options ?? new(), cancellationToken), CancellationToken.None);
            File.Move(partial, to, overwrite: false);
            return report with { Target = to };
        }
        catch (IOException moved) when (File.Exists(to))
        {
            throw new PolicyException(Taken, $"{to} appeared while the copy was made; nothing was overwritten. Name another file.", moved);
        }
        finally
        {
            foreach (var rest in new[] { partial, $"{partial}.wal" })
                File.Delete(rest);
            if (Directory.Exists($"{partial}.tmp"))
                Directory.Delete($"{partial}.tmp", recursive: true);
        }
    }

    /// <summary>
    /// As <see cref="CompactAsync(string, string, DuckDbOptions?, CancellationToken)"/>, for the file that a URL names, with its
    /// options.
    /// </summary>
    public static Task<DuckDbCompactionReport> CompactAsync(
        DatabaseUrl source,
        string target,
        DuckDbOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(source);
        return CompactAsync(source.Path, target, DuckDbUrl.Apply(source, options ?? new()), cancellationToken);
    }

    private static void Refuse(string from, string to)
    {
        if (!File.Exists(from))
            throw new EngineException(EngineCodes.Missing, $"There is no database {from}. Check the path.");
        if (Real(from) == Real(to))
            throw new PolicyException(Taken, $"{to} is the database itself: a compact copy is a new file. Name another one.");
        if (File.Exists(to) || Directory.Exists(to) || File.Exists($"{to}.wal"))
            throw new PolicyException(
                Taken,
                $"{to}{(File.Exists(to) || Directory.Exists(to) ? "" : ".wal")} is there already, and is not overwritten. Name another file, or remove it."
            );
        var folder = Path.GetDirectoryName(to)!;
        if (!Directory.Exists(folder))
            throw new EngineException(EngineCodes.Missing, $"There is no folder {folder}. Make it first, or name another file.");
    }

    private static string Real(string path) =>
        File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;

    private static async Task<DuckDbCompactionReport> CopyAsync(
        string from,
        string partial,
        DuckDbOptions options,
        CancellationToken cancellationToken
    )
    {
        var text = new DuckDBConnectionStringBuilder { DataSource = ":memory:", MemoryLimit = options.MemoryLimit };
        if (options.Threads is { } threads)
            text.Threads = threads;
        await using var connection = new DuckDBConnection(text.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        var name = Attached(from);
        var statements = new DuckDbStatements(connection, new DuckDbDialect("memory"), new DuckDbObserver(), from);
        var (old, fresh) = (new Identifier(name), new Identifier(DuckDbCompactionCopy.Target));
        await statements.ExecuteAsync($"SET temp_directory = {partial + ".tmp"}", cancellationToken);
        await statements.ExecuteAsync($"ATTACH {from} AS {old} (READ_ONLY)", cancellationToken);
        await RoomAsync(statements, name, from, partial, cancellationToken);
        if (options.MemoryLimit == DuckDbOptions.DefaultMemoryLimit)
            await WidenAsync(statements, name, cancellationToken);
        await statements.ExecuteAsync(
            $"ATTACH {partial} AS {fresh} (STORAGE_VERSION {await VersionAsync(statements, name, cancellationToken)})",
            cancellationToken
        );
        var copy = new DuckDbCompactionCopy(statements, name);
        var tables = await copy.RunAsync(cancellationToken);
        await statements.ExecuteAsync($"CHECKPOINT {fresh}", cancellationToken);
        var rows = await new DuckDbCompactionProof(statements, name, from).CompareAsync(tables, cancellationToken);
        await statements.ExecuteAsync($"DETACH {fresh}", cancellationToken);
        var wal = new FileInfo($"{from}.wal");
        return new(
            from,
            partial,
            new FileInfo(from).Length + (wal.Exists ? wal.Length : 0),
            new FileInfo(partial).Length,
            tables.Count,
            rows
        );
    }

    /// <summary>The name under which DuckDB attaches a file by itself, so that views that name it are bound as ever.</summary>
    private static string Attached(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        return name.Length == 0 || name.ToLowerInvariant() is "memory" or "temp" or "system" or DuckDbCompactionCopy.Target
            ? "varve_source"
            : name;
    }

    /// <summary>As old as the source's: who reads the one file can read the other.</summary>
    private static async Task<string> VersionAsync(DuckDbStatements statements, string name, CancellationToken cancellationToken)
    {
        var tags = await statements.QueryAsync(
            $"SELECT tags['storage_version'] FROM duckdb_databases() WHERE database_name = {name}",
            cancellationToken
        );
        return (tags[0].TextOrNull(0) ?? "v1.0.0").Split('+')[0];
    }

    /// <summary>Memory for the widest table.</summary>
    private static async Task WidenAsync(DuckDbStatements statements, string name, CancellationToken cancellationToken)
    {
        var found = await statements.QueryAsync(
            $"SELECT coalesce(max(column_count), 0), parse_formatted_bytes({DuckDbOptions.DefaultMemoryLimit}) FROM duckdb_tables() WHERE database_name = {name}",
            cancellationToken
        );
        foreach (var room in DuckDbMemory.Growing(found[0].Long(1)).Room((int)found[0].Long(0)))
            await statements.ExecuteAsync(room, cancellationToken);
    }

    private static async Task RoomAsync(
        DuckDbStatements statements,
        string name,
        string from,
        string partial,
        CancellationToken cancellationToken
    )
    {
        var size = await statements.QueryAsync(
            $"SELECT used_blocks * block_size FROM pragma_database_size() WHERE database_name = {name}",
            cancellationToken
        );
        var (needed, free) = (size[0].Long(0), new DriveInfo(Path.GetDirectoryName(partial)!).AvailableFreeSpace);
        if (needed > free)
            throw new EngineException(
                EngineCodes.DiskFull,
                FormattableString.Invariant(
                    $"{from} has about {needed:N0} bytes in use, and {free:N0} are free in {Path.GetDirectoryName(partial)}. Make room, or name a file on another disk."
                )
            );
    }
}

/// <summary>What a compact copy has.</summary>
/// <param name="Source">The file that was copied.</param>
/// <param name="Target">The copy.</param>
/// <param name="BytesBefore">Bytes of the source, its write-ahead log among them.</param>
/// <param name="BytesAfter">Bytes of the copy.</param>
/// <param name="Tables">Tables that were copied and compared.</param>
/// <param name="Rows">Their rows.</param>
public sealed record DuckDbCompactionReport(string Source, string Target, long BytesBefore, long BytesAfter, int Tables, long Rows);
