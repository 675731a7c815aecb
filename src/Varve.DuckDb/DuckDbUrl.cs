using System.Globalization;
using Varve.Engines;

namespace Varve.DuckDb;

/// <summary>The options of a DuckDB URL.</summary>
internal static class DuckDbUrl
{
    public static DuckDbOptions Apply(DatabaseUrl url, DuckDbOptions options)
    {
        if (url.Scheme != "duckdb")
            throw new PolicyException(UrlCodes.Scheme, $"{url} is no DuckDB URL. Write duckdb:FILE or duckdb::memory:.");
        foreach (var (name, value) in url.Options)
        {
            options = name switch
            {
                "memory_limit" => options with { MemoryLimit = value },
                "threads" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var threads) && threads > 0 =>
                    options with
                    {
                        Threads = threads,
                    },
                "threads" => throw new PolicyException(
                    UrlCodes.Option,
                    $"threads={value} in {url} is not a number of threads. Write threads=2, for example."
                ),
                _ => throw new PolicyException(
                    UrlCodes.Option,
                    $"{url} has the option {name}, which DuckDB does not have here. There are memory_limit and threads."
                ),
            };
        }

        return options;
    }
}
