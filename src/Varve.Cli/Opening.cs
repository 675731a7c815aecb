using Varve.DuckDb;
using Varve.Engines;

namespace Varve.Cli;

/// <summary>Which database, from the command line or the environment.</summary>
internal static class Opening
{
    internal static string? Named(string? typed) => Filled(typed) ?? Filled(Environment.GetEnvironmentVariable("VARVE_DB"));

    internal static LifecycleOptions Options(string? schema) => new()
    {
        CatalogSchema = Filled(schema) ?? Filled(Environment.GetEnvironmentVariable("VARVE_SCHEMA")) ?? "varve",
        AuditKey = Filled(Environment.GetEnvironmentVariable("VARVE_AUDIT_KEY")),
    };

    /// <summary>A DuckDB file of this machine.</summary>
    internal static Database OpenFile(string path) => DuckDbDatabase.Open(path, new() { Create = false });

    internal static Database Open(string? typed, bool readOnly)
    {
        var text = Named(typed) ?? throw Commands.Shared.Usage("No database is named. Add --db duckdb:metrics.duckdb (your file), or set VARVE_DB. To see Varve at work without one: varve demo");
        var url = DatabaseUrl.Parse(text);
        return url.Scheme switch
        {
            "duckdb" => DuckDbDatabase.Open(url, new() { ReadOnly = readOnly, Create = false }),
            _ => throw Commands.Shared.Usage($"This build of Varve cannot open {url.Scheme} databases. Write --db duckdb:FILE."),
        };
    }

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
