using Varve.Archiving;
using Varve.DuckDb;
using Varve.Engines;
using Varve.PostgreSql;
using Varve.S3;

namespace Varve.Cli;

/// <summary>Which database, from the command line or the environment.</summary>
internal static class DatabaseOpener
{
    private const string InCode = " In code, ";

    /// <summary>A slice is small; what DuckDB had more would only keep blocks that are not read again. The URL can say otherwise.</summary>
    internal const string MemoryOfSlices = "24MB";

    internal static string? Named(string? typed) => Filled(typed) ?? Filled(Environment.GetEnvironmentVariable("VARVE_DB"));

    internal static LifecycleOptions Options(string? schema, IReadOnlyList<string>? archives) => new()
    {
        Archives = Declared(archives ?? []),
        ArchiveKinds = [S3Archives.Kind],
        CatalogSchema = Catalog(schema) ?? "varve",
        AuditKey = Filled(Environment.GetEnvironmentVariable("VARVE_AUDIT_KEY")),
    };

    /// <summary>The schema of the catalog where somebody named one.</summary>
    internal static string? Catalog(string? typed) => Filled(typed) ?? Filled(Environment.GetEnvironmentVariable("VARVE_SCHEMA"));

    /// <summary>A DuckDB file of this machine.</summary>
    internal static Database OpenFile(string path) => DuckDbDatabase.Open(path, new() { Create = false });

    internal static Database Open(string? typed, bool readOnly, bool create, string? memory = null, CancellationToken cancellation = default)
    {
        var url = Url(typed);
        return url.Scheme switch
        {
            "duckdb" => OpenDuckDb(url, readOnly, create, memory),
            "postgresql" => PostgreSqlDatabase.OpenAsync(url, new() { ReadOnly = readOnly, Input = Console.In }, cancellation).GetAwaiter().GetResult(),
            _ => throw Commands.CommonOptions.Usage($"This build of Varve cannot open {url.Scheme} databases. Write --db duckdb:FILE or --db postgresql://user@host/database."),
        };
    }

    private static Database OpenDuckDb(DatabaseUrl url, bool readOnly, bool create, string? memory)
    {
        try
        {
            return DuckDbDatabase.Open(url, new() { ReadOnly = readOnly, Create = create, MemoryLimit = memory ?? DuckDbOptions.DefaultMemoryLimit });
        }
        catch (EngineException missing) when (missing.Code == EngineCodes.Missing && missing.Message.Contains(InCode, StringComparison.Ordinal))
        {
            // The way out of a program is none at a prompt.
            throw new EngineException(missing.Code, missing.Message[..missing.Message.IndexOf(InCode, StringComparison.Ordinal)], missing.IsTransient, missing);
        }
    }

    /// <summary>Variables of the environment, then what was typed; both are the operator's word.</summary>
    private static Dictionary<string, string> Declared(IReadOnlyList<string> typed)
    {
        Dictionary<string, string> archives = new(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (name.StartsWith(LocationNames.Prefix, StringComparison.Ordinal) && name.Length > LocationNames.Prefix.Length && Filled((string?)variable.Value) is { } place)
                archives[archives.ContainsKey(name[LocationNames.Prefix.Length..].ToLowerInvariant()) ? name[LocationNames.Prefix.Length..] : name[LocationNames.Prefix.Length..].ToLowerInvariant()] = place;
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var text in typed)
        {
            if (text.Split('=', 2) is not [{ Length: > 0 } name, { Length: > 0 } place]) throw Commands.CommonOptions.Usage($"--archive {text} names no place; write --archive name=/folder.");
            if (!names.Add(LocationNames.Variable(name))) throw Commands.CommonOptions.Usage($"--archive {text} declares {name} a second time; once is enough.");
            foreach (var same in archives.Keys.Where(k => LocationNames.Variable(k) == LocationNames.Variable(name)).ToList()) archives.Remove(same);
            archives[name] = place;
        }

        return archives;
    }

    /// <summary>The database that is named, not opened.</summary>
    internal static DatabaseUrl Url(string? typed) => DatabaseUrl.Parse(
        Named(typed) ?? throw Commands.CommonOptions.Usage("No database is named. Add --db duckdb:metrics.duckdb (your file) or --db postgresql://user@host/database, or set VARVE_DB. To see Varve at work without one: varve demo"));

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
