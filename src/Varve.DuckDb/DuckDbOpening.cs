using DuckDB.NET.Data;
using Varve.Engines;
using Varve.Sql;

namespace Varve.DuckDb;

/// <summary>From a path to an engine that is ready.</summary>
internal static class DuckDbOpening
{
    private const string Memory = ":memory:";

    // Of what others opened, DuckDB says it with two digits.
    private static readonly SqlText s_setting = $"current_setting('memory_limit')";

    public static DuckDbEngine Open(string path, DuckDbOptions options)
    {
        var memory = path == Memory;
        var file = memory ? path : Path.GetFullPath(path);
        if (!memory && !File.Exists(file))
            Missing(file, options);
        var text = new DuckDBConnectionStringBuilder { DataSource = file, MemoryLimit = options.MemoryLimit };
        if (options.Threads is { } threads)
            text.Threads = threads;
        if (options.ReadOnly && !memory)
            text.AccessMode = DuckDBAccessMode.ReadOnly;
        var name = memory ? "DuckDB in memory" : file;
        var mayGrow = options.MemoryLimit == DuckDbOptions.DefaultMemoryLimit;
        try
        {
            return Open(() => new(text.ConnectionString), name, options.ReadOnly, $"{options.MemoryLimit}", mayGrow);
        }
        catch (EngineException full) when (full.Code == EngineCodes.OutOfMemory && mayGrow)
        {
            // Whoever wrote wide tables into its log had more, and the log is replayed as it was written.
            text.MemoryLimit = FormattableString.Invariant($"{DuckDbMemory.Growing(0).Most}B");
            return Open(() => new(text.ConnectionString), name, options.ReadOnly, $"{options.MemoryLimit}", mayGrow);
        }
    }

    public static DuckDbEngine Open(
        Func<DuckDBConnection> factory,
        string name,
        bool readOnly,
        SqlText? memory = null,
        bool mayGrow = false
    )
    {
        DuckDBConnection? connection = null;
        try
        {
            connection = factory();
            if (connection.State != System.Data.ConnectionState.Open)
                connection.Open();
            Rows(connection, $"SET TimeZone = 'UTC'");
            var databases = Rows(
                connection,
                $"SELECT database_name, database_name = current_database(), readonly, path, current_database() FROM duckdb_databases()"
            );
            var current = databases.Single(d => d.Truth(1));
            if (current.Truth(2) && !readOnly)
                throw new EngineException(
                    EngineCodes.ReadOnly,
                    $"{name} is open for reading only in this process. Close that database first, or open this one with ReadOnly too."
                );
            var bytes = Rows(connection, $"SELECT parse_formatted_bytes({memory ?? s_setting})")[0].Long(0);
            var dialect = new DuckDbDialect(current.Text(4), databases.Select(d => d.Text(0)))
            {
                Memory = (mayGrow ? DuckDbMemory.Growing(bytes) : new(bytes, bytes)) with { IsOnlyRead = readOnly },
            };
            return new(connection, dialect, name, current.TextOrNull(3), readOnly);
        }
        catch (Exception error)
        {
            connection?.Dispose();
            throw DuckDbErrors.Read(error, name) switch
            {
                // No row was read yet, so what DuckDB says holds no value of one.
                EngineException { Code: EngineCodes.Refused } => new EngineException(
                    EngineCodes.Setting,
                    $"{name} could not be opened: {error.Message.Split('\n')[0].Trim().TrimEnd('.')}. Look at what its URL says (memory_limit as 640MB or 2GiB, threads as a number).",
                    isTransient: false,
                    error
                ),
                { } known => known,
                null => error,
            };
        }
    }

    private static IReadOnlyList<Row> Rows(DuckDBConnection connection, SqlText query)
    {
        using var command = DuckDbCommands.Make(connection, query.Render(new DuckDbDialect(DuckDbDialect.DefaultSchema)));
        return DuckDbCommands.Read(command);
    }

    private static void Missing(string file, DuckDbOptions options)
    {
        if (Directory.Exists(file))
            throw new EngineException(EngineCodes.NotADatabase, $"{file} is a folder, not a DuckDB file. Name the file in it.");
        var folder = Path.GetDirectoryName(file);
        if (folder is not null && !Directory.Exists(folder))
            throw new EngineException(
                EngineCodes.Missing,
                $"There is no folder {folder}, so there is no database {file}. Check the path, or make the folder first."
            );
        if (!options.Create || options.ReadOnly)
            throw new EngineException(
                EngineCodes.Missing,
                $"There is no database {file}. Check the path: Varve keeps tables that are there, and makes no database of its own. In code, DuckDbOptions.Create makes a new one."
            );
    }
}
