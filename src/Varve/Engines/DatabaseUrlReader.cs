using System.Globalization;

namespace Varve.Engines;

/// <summary>Reads database URLs. What it says of a bad one never holds what could be a password.</summary>
internal static class DatabaseUrlReader
{
    private const string Shapes = "Write duckdb:FILE, duckdb::memory:, postgresql://user@host/db or cratedb://user@host:4200/.";

    private static readonly string[] s_endings = [".duckdb", ".ddb", ".db"];

    public static DatabaseUrl Read(string text)
    {
        if (text.Length == 0)
            throw new PolicyException(UrlCodes.Scheme, $"The database URL is empty. {Shapes}");
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon > 1 ? text[..colon].ToLowerInvariant() : "";
        return scheme switch
        {
            "duckdb" => DuckDb(text[(colon + 1)..]),
            "postgresql" or "postgres" => Server("postgresql", 5432, text[(colon + 1)..]),
            "cratedb" or "crate" => Server("cratedb", 4200, text[(colon + 1)..]),
            "https" => Secure(Server("cratedb", 4200, text[(colon + 1)..])),
            _ when text == ":memory:" || IsPlain(text) => new("duckdb", new PasswordSource.None()) { Path = text },
            _ when scheme.Length > 0 && scheme.All(char.IsAsciiLetterOrDigit) => throw new PolicyException(
                UrlCodes.Scheme,
                $"{scheme}: is no database that Varve knows. {Shapes}"
            ),
            _ => throw new PolicyException(
                UrlCodes.Scheme,
                $"{Harmless(text)} is no database URL. {Shapes} A plain path must end in .duckdb, .ddb or .db."
            ),
        };
    }

    /// <summary>True for options whose value nobody should see.</summary>
    public static bool IsSecret(string option) =>
        new[] { "password", "passwd", "pwd", "secret", "token" }.Any(word => option.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static bool IsPlain(string text) =>
        !text.Contains("://", StringComparison.Ordinal)
        && Array.Exists(s_endings, e => text.EndsWith(e, StringComparison.OrdinalIgnoreCase));

    private static DatabaseUrl DuckDb(string rest)
    {
        var (path, query) = Cut(rest, '?');
        if (path.StartsWith("//", StringComparison.Ordinal))
        {
            if (!path.StartsWith("///", StringComparison.Ordinal))
                throw new PolicyException(
                    UrlCodes.Part,
                    "A DuckDB URL names no host. Write duckdb:metrics.duckdb for a file of this folder, duckdb:///data/metrics.duckdb for another one."
                );
            path = path[2..];
        }

        path = Decode(path, "path");
        if (path.Length == 0)
            throw new PolicyException(
                UrlCodes.Part,
                "The DuckDB URL names no file. Write duckdb:metrics.duckdb, or duckdb::memory: for a database that is gone afterwards."
            );
        if (path is ['/', var drive, ':', ..] && char.IsAsciiLetter(drive))
            path = path[1..];
        var (options, password) = Options(query);
        if (password is not PasswordSource.None)
            throw new PolicyException(UrlCodes.Option, "A DuckDB file has no password. Leave the password option out.");
        return new("duckdb", password) { Path = path, Options = options };
    }

    private static DatabaseUrl Server(string scheme, int port, string rest)
    {
        if (!rest.StartsWith("//", StringComparison.Ordinal))
            throw new PolicyException(UrlCodes.Part, $"A {scheme} URL has two slashes before the host: {scheme}://user@host/.");
        var (before, query) = Cut(rest[2..], '?');
        var (authority, path) = Cut(before, '/');
        if (
            path?.Contains('@', StringComparison.Ordinal) == true
            || query?.Split('&').Any(o => o.Contains('@', StringComparison.Ordinal) && !o.Contains('=', StringComparison.Ordinal)) == true
        )
            throw new PolicyException(
                UrlCodes.Part,
                $"In a {scheme} URL the characters / ? # @ of a user or password are written %2F %3F %23 %40, those of a database too."
            );
        var at = authority.LastIndexOf('@');
        var (user, written) = Cut(at < 0 ? "" : authority[..at], ':');
        var (options, password) = Options(query);
        if (written is not null && password is not PasswordSource.None)
            throw new PolicyException(UrlCodes.Option, "The URL says twice where the password is. Leave one out.");
        return new(scheme, written is null ? password : new PasswordSource.Written(Decode(written, "password")))
        {
            Hosts = [.. authority[(at + 1)..].Split(',').Select(host => Host(host, port))],
            User = user.Length == 0 ? null : Decode(user, "user"),
            Database = string.IsNullOrEmpty(path) ? null : Decode(path.TrimEnd('/'), "database"),
            Options = options,
        };
    }

    /// <summary>The address that a browser opens: CrateDB over TLS.</summary>
    private static DatabaseUrl Secure(DatabaseUrl url) =>
        url.Options.GetValueOrDefault("ssl", "true") == "true"
            ? url.With("ssl", "true")
            : throw new PolicyException(
                UrlCodes.Option,
                "An https URL is one with TLS. Leave the option ssl out, or write crate://HOST/ for a server without it."
            );

    private static DatabaseHost Host(string text, int standard)
    {
        var bracket = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        var colon = text.IndexOf(':', Math.Max(bracket, 0));
        var name = colon < 0 ? text : text[..colon];
        if (bracket > 0)
            name = name.Trim('[', ']');
        if (name.Length == 0)
            throw new PolicyException(
                UrlCodes.Part,
                "A host of the URL is empty. Write localhost for this machine, and one comma between two hosts."
            );
        if (colon < 0)
            return new(Decode(name, "host"), standard);

        // What stands here may be a password whose host was forgotten.
        return
            int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? new(Decode(name, "host"), port)
            : throw new PolicyException(
                UrlCodes.Part,
                $"What follows the colon of {Decode(name, "host")} in the URL is no port from 1 to 65535. With a password, the host comes after an @: user:password@host."
            );
    }

    private static (IReadOnlyDictionary<string, string> Options, PasswordSource Password) Options(string? query)
    {
        Dictionary<string, string> options = [];
        PasswordSource password = new PasswordSource.None();
        foreach (var part in (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, text) = Cut(part, '=');
            var name = Decode(key, "option");
            var value = Decode(text ?? "", "option");
            PasswordSource? source = name switch
            {
                "password" => new PasswordSource.Written(value),
                "password_env" => new PasswordSource.FromEnvironment(value),
                "password_file" => new PasswordSource.FromFile(value),
                "password_stdin" => value == "true"
                    ? new PasswordSource.FromInput()
                    : throw new PolicyException(UrlCodes.Option, "The option password_stdin is written password_stdin=true, or left out."),
                _ => null,
            };
            if (source is not null && password is not PasswordSource.None)
                throw new PolicyException(UrlCodes.Option, "The URL says twice where the password is. Leave one out.");
            if (source is not null)
                password = source;
            else if (!options.TryAdd(name, value))
                throw new PolicyException(UrlCodes.Option, $"The URL has the option {name} twice. Leave one out.");
        }

        return (options, password);
    }

    private static string Decode(string text, string part)
    {
        for (var i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                throw new PolicyException(
                    UrlCodes.Part,
                    $"The {part} of the URL has a % that no two hexadecimal digits follow. Write %25 for the character itself."
                );
        return Uri.UnescapeDataString(text);
    }

    private static (string Before, string? After) Cut(string text, char at) =>
        text.IndexOf(at, StringComparison.Ordinal) is >= 0 and var i ? (text[..i], text[(i + 1)..]) : (text, null);

    /// <summary>Text that is no URL may still hold a login; only what is behind the last @ is shown then.</summary>
    private static string Harmless(string text) => text.LastIndexOf('@') is >= 0 and var at ? "***" + text[at..] : text;
}
