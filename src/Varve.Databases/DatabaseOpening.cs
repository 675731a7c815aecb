using Varve.Archiving;
using Varve.CrateDb;
using Varve.DuckDb;
using Varve.Engines;
using Varve.PostgreSql;
using Varve.S3;

namespace Varve.Databases;

/// <summary>From a URL to a database that is open, whichever engine it is of.</summary>
internal static class DatabaseOpening
{
    private const string InCode = " In code, ";

    /// <summary>The kinds of places that archives can be kept in, besides folders.</summary>
    internal static IReadOnlyList<ArchiveKind> ArchiveKinds { get; } = [S3Archives.Kind];

    /// <summary>Opens it.</summary>
    /// <param name="url">Which.</param>
    /// <param name="readOnly">True: nothing is written.</param>
    /// <param name="create">True: a file that is missing is made.</param>
    /// <param name="memory">How much memory an embedded engine may use where the URL does not say it; null: as usual.</param>
    /// <param name="input">Where a password is read that the URL says is given there; null: nowhere.</param>
    /// <param name="wait">How long a lease is waited for, where the engine has several users.</param>
    /// <param name="cancellation">Ends the waiting for a server.</param>
    /// <exception cref="PolicyException">This build has no such engine, or the URL has an option that it does not know.</exception>
    internal static Database Open(
        DatabaseUrl url,
        bool readOnly,
        bool create,
        string? memory = null,
        TextReader? input = null,
        TimeSpan wait = default,
        CancellationToken cancellation = default
    ) =>
        url.Scheme switch
        {
            "duckdb" => OpenDuckDb(url, readOnly, create, memory),
            "postgresql" => PostgreSqlDatabase
                .OpenAsync(
                    url,
                    new()
                    {
                        ReadOnly = readOnly,
                        Input = input,
                        LeaseWait = wait,
                    },
                    cancellation
                )
                .GetAwaiter()
                .GetResult(),
            "cratedb" => CrateDbDatabase.OpenAsync(url, readOnly, input, cancellation).GetAwaiter().GetResult(),
            _ => throw new PolicyException(
                WorkCodes.Usage,
                $"This build of Varve cannot open {url.Scheme} databases. Write --db duckdb:FILE, --db postgresql://user@host/database or --db cratedb://user@host:4200/."
            ),
        };

    /// <summary>Archives that the environment declares, by name: <c>VARVE_ARCHIVE_COLD</c> is <c>cold</c>.</summary>
    internal static Dictionary<string, string> DeclaredArchives()
    {
        Dictionary<string, string> archives = new(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (!name.StartsWith(LocationNames.Prefix, StringComparison.Ordinal) || name.Length == LocationNames.Prefix.Length)
                continue;
            if (string.IsNullOrWhiteSpace((string?)variable.Value))
                continue;
            var (written, lower) = (name[LocationNames.Prefix.Length..], name[LocationNames.Prefix.Length..].ToLowerInvariant());
            archives[archives.ContainsKey(lower) ? written : lower] = (string)variable.Value;
        }

        return archives;
    }

    private static Database OpenDuckDb(DatabaseUrl url, bool readOnly, bool create, string? memory)
    {
        try
        {
            return DuckDbDatabase.Open(
                url,
                new()
                {
                    ReadOnly = readOnly,
                    Create = create,
                    MemoryLimit = memory ?? DuckDbOptions.DefaultMemoryLimit,
                }
            );
        }
        catch (EngineException missing)
            when (missing.Code == EngineCodes.Missing && missing.Message.Contains(InCode, StringComparison.Ordinal))
        {
            // The way out of a program is none at a prompt.
            throw new EngineException(
                missing.Code,
                missing.Message[..missing.Message.IndexOf(InCode, StringComparison.Ordinal)],
                missing.IsTransient,
                missing
            );
        }
    }
}
