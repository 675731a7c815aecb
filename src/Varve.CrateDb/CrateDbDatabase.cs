using Varve.CrateDb.Http;
using Varve.Engines;

namespace Varve.CrateDb;

/// <summary>Opens CrateDB clusters for Varve: version 6.3.4 and later.</summary>
public static class CrateDbDatabase
{
    // 6.3.2 and 6.3.3 mended partition drops and restores that lost rows.
    private static readonly Version s_oldest = new(6, 3, 4);

    /// <summary>
    /// Connects to the cluster of a URL: <c>cratedb://user@host:4200/schema</c>. Several hosts are tried in order.
    /// </summary>
    /// <param name="url">Which.</param>
    /// <param name="readOnly">True: nothing is written.</param>
    /// <param name="input">Where <c>password_stdin</c> reads; null: nowhere.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="Varve.PolicyException">The URL is not CrateDB's, or has an option that it does not know.</exception>
    /// <exception cref="EngineException">The cluster cannot be reached, refuses the login, or is too old.</exception>
    public static Task<Database> OpenAsync(
        DatabaseUrl url,
        bool readOnly = false,
        TextReader? input = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(url);
        return OpenAsync(CrateDbUrl.Read(url, input, TimeProvider.System), readOnly, cancellationToken);
    }

    internal static async Task<Database> OpenAsync(CrateDbOptions options, bool readOnly, CancellationToken cancellationToken)
    {
        var engine = new CrateDbEngine(new(options), options.Schema, readOnly, options.Clock);
        try
        {
            var identity = await engine.IdentifyAsync(cancellationToken);
            if (Version.TryParse(identity.Version.Split('-')[0], out var version) && version < s_oldest)
                throw new EngineException(
                    EngineCodes.OtherVersion,
                    $"{engine.DisplayName} is CrateDB {identity.Version}, and Varve needs {s_oldest} or later: earlier ones can lose rows when a partition is dropped. Upgrade the cluster."
                );
            return new(engine, engine.DisplayName);
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }
}
