using Varve.Engines;

namespace Varve.PostgreSql;

/// <summary>Opens PostgreSQL databases for Varve: version 14 and later.</summary>
public static class PostgreSqlDatabase
{
    /// <summary>
    /// Connects to the database of a URL: <c>postgresql://user@host/database</c>. Beyond this machine the connection is
    /// encrypted and the certificate checked, unless the URL says otherwise (<c>sslmode</c>).
    /// </summary>
    /// <exception cref="PolicyException">The URL is not PostgreSQL's, or has an option that it does not know.</exception>
    /// <exception cref="EngineException">The server cannot be reached, refuses the login, or is too old.</exception>
    public static async Task<Database> OpenAsync(
        DatabaseUrl url,
        PostgreSqlOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(url);
        var engine = await PostgreSqlOpening.OpenAsync(url, options ?? new(), cancellationToken);
        return new(engine, engine.DisplayName);
    }
}
