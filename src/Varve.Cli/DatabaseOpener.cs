using Varve.Archiving;
using Varve.Databases;
using Varve.DuckDb;
using Varve.Engines;

namespace Varve.Cli;

/// <summary>Which database, from the command line or the environment.</summary>
internal static class DatabaseOpener
{
    /// <summary>A slice is small; what DuckDB had more would only keep blocks that are not read again. The URL can say otherwise.</summary>
    internal const string MemoryOfSlices = "24MB";

    internal static string? Named(string? typed) => Filled(typed) ?? Filled(Environment.GetEnvironmentVariable("VARVE_DB"));

    internal static LifecycleOptions Options(string? schema, IReadOnlyList<string>? archives) =>
        new()
        {
            Archives = Declared(archives ?? []),
            ArchiveKinds = DatabaseOpening.ArchiveKinds,
            CatalogSchema = Catalog(schema) ?? "varve",
            AuditKey = Filled(Environment.GetEnvironmentVariable("VARVE_AUDIT_KEY")),
        };

    /// <summary>The schema of the catalog where somebody named one.</summary>
    internal static string? Catalog(string? typed) => Filled(typed) ?? Filled(Environment.GetEnvironmentVariable("VARVE_SCHEMA"));

    /// <summary>A DuckDB file of this machine.</summary>
    internal static Database OpenFile(string path) => DuckDbDatabase.Open(path, new() { Create = false });

    internal static Database Open(
        string? typed,
        bool readOnly,
        bool create,
        string? memory = null,
        TimeSpan wait = default,
        CancellationToken cancellation = default
    ) => DatabaseOpening.Open(Url(typed), readOnly, create, memory, Console.In, wait, cancellation);

    /// <summary>Variables of the environment, then what was typed; both are the operator's word.</summary>
    private static Dictionary<string, string> Declared(IReadOnlyList<string> typed)
    {
        var archives = DatabaseOpening.DeclaredArchives();
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var text in typed)
        {
            if (text.Split('=', 2) is not [{ Length: > 0 } name, { Length: > 0 } place])
                throw Commands.CommonOptions.Usage($"--archive {text} names no place; write --archive name=/folder.");
            if (!names.Add(LocationNames.Variable(name)))
                throw Commands.CommonOptions.Usage($"--archive {text} declares {name} a second time; once is enough.");
            foreach (var same in archives.Keys.Where(k => LocationNames.Variable(k) == LocationNames.Variable(name)).ToList())
                archives.Remove(same);
            archives[name] = place;
        }

        return archives;
    }

    /// <summary>The database that is named, not opened.</summary>
    internal static DatabaseUrl Url(string? typed) =>
        DatabaseUrl.Parse(
            Named(typed)
                ?? throw Commands.CommonOptions.Usage(
                    Filled(Environment.GetEnvironmentVariable(Backends.ServerAddress.Variable)) is { } server
                        ? $"This works on this machine, and the server {server} that {Backends.ServerAddress.Variable} names cannot do it. Name a database that can be opened from here: --db duckdb:metrics.duckdb or --db postgresql://user@host/database"
                        : "No database is named. Add --db duckdb:metrics.duckdb (your file) or --db postgresql://user@host/database, or set VARVE_DB. To see Varve at work without one: varve demo"
                )
        );

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
