using System.Globalization;
using System.Net;
using Npgsql;
using Varve.Engines;

namespace Varve.PostgreSql;

/// <summary>From a URL to what the driver wants.</summary>
internal static class PostgreSqlUrl
{
    /// <summary>The settings of the connection, and the options with those of the URL.</summary>
    /// <exception cref="PolicyException">The URL is not PostgreSQL's, or has an option that is not known.</exception>
    public static (NpgsqlConnectionStringBuilder Connection, PostgreSqlOptions Options) Read(DatabaseUrl url, PostgreSqlOptions options)
    {
        if (url.Scheme != "postgresql")
            throw new PolicyException(UrlCodes.Scheme, $"{url} is no PostgreSQL URL. Write postgresql://user@host/database.");
        if (url.Hosts.Count != 1)
            throw new PolicyException(
                UrlCodes.Part,
                $"{url} names several hosts. Name the primary alone: what Varve proves must be what it removes."
            );
        var host = url.Hosts[0];
        var user = url.User ?? Environment.GetEnvironmentVariable("PGUSER") ?? Environment.UserName;
        NpgsqlConnectionStringBuilder text = new()
        {
            Host = host.Name,
            Port = host.Port,
            Username = user,
            Database = url.Database ?? user,
            Password = url.ResolvePassword(options.Input),
            SslMode = IsLocal(host.Name) ? SslMode.Prefer : SslMode.VerifyFull,
            ApplicationName = "varve",
            Timezone = "UTC",
            Enlist = false,
            CommandTimeout = 0,
            KeepAlive = 30,
            TcpKeepAlive = true,
            IncludeErrorDetail = false,
            MaxAutoPrepare = 0,
            MaxPoolSize = 20,
            ConnectionIdleLifetime = 60,

            // What a session is set to stays; nothing else is left behind by Varve.
            NoResetOnClose = true,
        };
        foreach (var (name, value) in url.Options)
            options = Set(text, options, url, name, value);
        text.Timeout = (int)Math.Clamp(Math.Ceiling(options.ConnectTimeout.TotalSeconds), 1, 1024);
        return (text, options);
    }

    /// <summary>What a database is called in messages.</summary>
    public static string Name(NpgsqlConnectionStringBuilder text) =>
        $"{text.Database} on {(text.Host!.Contains(':', StringComparison.Ordinal) ? $"[{text.Host}]" : text.Host)}:{text.Port.ToString(CultureInfo.InvariantCulture)}";

    private static PostgreSqlOptions Set(
        NpgsqlConnectionStringBuilder text,
        PostgreSqlOptions options,
        DatabaseUrl url,
        string name,
        string value
    )
    {
        switch (name)
        {
            case "sslmode":
                text.SslMode = value switch
                {
                    "disable" => SslMode.Disable,
                    "allow" => SslMode.Allow,
                    "prefer" => SslMode.Prefer,
                    "require" => SslMode.Require,
                    "verify-ca" => SslMode.VerifyCA,
                    "verify-full" => SslMode.VerifyFull,
                    _ => throw Unfit("disable, allow, prefer, require, verify-ca or verify-full"),
                };
                return options;
            case "sslrootcert":
                text.RootCertificate = Pem();
                return options;
            case "sslcert":
                text.SslCertificate = Pem();
                return options;
            case "sslkey":
                text.SslKey = Pem();
                return options;
            case "connect_timeout":
                return options with { ConnectTimeout = Seconds(1, 1024) };
            case "lock_timeout":
                return options with { LockTimeout = Seconds(0.01, 3600) };
            case "statement_timeout":
                return options with { StatementTimeout = Seconds(0, 2_000_000) };
            case "read_lock_timeout":
                return options with { ReadLockTimeout = Seconds(0.01, 3600) };
            case "read_statement_timeout":
                return options with { ReadStatementTimeout = Seconds(0, 2_000_000) };
            default:
                throw new PolicyException(
                    UrlCodes.Option,
                    $"{url} has the option {name}, which PostgreSQL does not have here. There are sslmode, sslrootcert, sslcert, sslkey, connect_timeout, lock_timeout, statement_timeout, read_lock_timeout, read_statement_timeout, password_env, password_file and password_stdin."
                );
        }

        string Pem() =>
            File.Exists(value)
                ? value
                : throw new PolicyException(
                    UrlCodes.Option,
                    $"{name} in {url}: there is no file {value}, or it may not be read. Check the path."
                );

        PolicyException Unfit(string fit) => new(UrlCodes.Option, $"{name}={value} in {url} is not one of its values. Write {fit}.");

        TimeSpan Seconds(double least, double greatest) =>
            double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds >= least
            && seconds <= greatest
                ? TimeSpan.FromSeconds(seconds)
                : throw Unfit(string.Create(CultureInfo.InvariantCulture, $"a number of seconds from {least} to {greatest}"));
    }

    /// <summary>This machine by its name, its loopback addresses, or a folder with the server's socket.</summary>
    private static bool IsLocal(string host) =>
        host.StartsWith('/')
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
