using Varve.Engines;
using Varve.Time;

namespace Varve.CrateDb.Http;

/// <summary>The options of a CrateDB URL.</summary>
internal static class CrateDbUrl
{
    private const string Known = "There are ssl, ssl_ca, ssl_verify, token_env, token_file, connect_timeout and timeout.";

    /// <param name="url">A URL of CrateDB.</param>
    /// <param name="input">Where <c>password_stdin</c> reads.</param>
    /// <param name="clock">The clock of pauses and time limits.</param>
    /// <exception cref="PolicyException">It is another engine's, an option is wrong, or a secret is not where it should be.</exception>
    public static CrateDbOptions Read(DatabaseUrl url, TextReader? input, TimeProvider clock)
    {
        if (url.Scheme != "cratedb")
            throw new PolicyException(UrlCodes.Scheme, $"{url} is no CrateDB URL. Write cratedb://user@host:4200/.");
        var (tls, verify) = (false, true);
        string? authority = null;
        TimeSpan? connect = null,
            timeout = null;
        PasswordSource? token = null;
        foreach (var (name, value) in url.Options)
        {
            switch (name)
            {
                case "ssl":
                    tls = Truth(name, value);
                    break;
                case "ssl_verify":
                    verify = Truth(name, value);
                    break;
                case "ssl_ca":
                    authority = File.Exists(value)
                        ? value
                        : throw Wrong($"There is no file {value} with certificates, which ssl_ca names. Check the path.");
                    break;
                case "connect_timeout":
                    connect = Length(name, value);
                    break;
                case "timeout":
                    timeout = Length(name, value);
                    break;
                case "token_env" when token is null:
                    token = new PasswordSource.FromEnvironment(value);
                    break;
                case "token_file" when token is null:
                    token = new PasswordSource.FromFile(value);
                    break;
                case "token_env" or "token_file":
                    throw Wrong("The URL says twice where the token is. Leave one out.");
                case "token":
                    throw Wrong(
                        "A token in a URL is seen by everybody who lists processes. Write where it is: token_env=NAME or token_file=PATH."
                    );
                default:
                    throw Wrong($"{url} has the option {name}, which CrateDB does not have here. {Known}");
            }
        }

        if (!tls && (authority is not null || !verify))
            throw Wrong("ssl_ca and ssl_verify are about TLS. Add ssl=true, or leave them out.");
        if (authority is not null && !verify)
            throw Wrong("ssl_ca says whom to believe, and ssl_verify=false to believe everybody. Leave one out.");
        var defaults = new CrateDbOptions { Hosts = url.Hosts };
        return new()
        {
            Hosts = url.Hosts,
            Schema = url.Database,
            Credential = Credential(url, token, input),
            Tls = tls,
            VerifiesServer = verify,
            AuthorityFile = authority,
            ConnectTimeout = connect ?? defaults.ConnectTimeout,
            Timeout = timeout ?? defaults.Timeout,
            Clock = clock,
        };
    }

    private static Credential Credential(DatabaseUrl url, PasswordSource? token, TextReader? input)
    {
        if (token is not null)
        {
            if (url.HasPassword)
                throw Wrong("The URL has a password and a token. Leave one out.");
            var text = token.Resolve(input)!.Trim();
            return text.Length > 0 && text.All(c => c is > ' ' and < '\u007f')
                ? new Credential.Token(text)
                : throw new PolicyException(
                    UrlCodes.Password,
                    "What is at the place of the token is no token: it has blanks or other characters that a header cannot have."
                );
        }

        if (url.User is { } user)
        {
            return user.Contains(':', StringComparison.Ordinal)
                ? throw Wrong("The user of the URL has a colon, which a login over HTTP cannot have.")
                : new Credential.Basic(user, url.ResolvePassword(input) ?? "");
        }

        return url.HasPassword
            ? throw Wrong("The URL has a password and no user. Write cratedb://user@host:4200/.")
            : new Credential.Nobody();
    }

    private static bool Truth(string name, string value) =>
        value switch
        {
            "true" => true,
            "false" => false,
            _ => throw Wrong($"{name}={value} is neither true nor false."),
        };

    private static TimeSpan Length(string name, string value) =>
        Keep.TryParse(value, out var length, out _) && !length.IsForever && length.Shortest.TotalSeconds is >= 1 and <= 86_400
            ? length.Shortest.ToTimeSpan()
            : throw Wrong($"{name}={value} is no time from 1s to 24h. Write {name}=30s, for example.");

    private static PolicyException Wrong(string message) => new(UrlCodes.Option, message);
}
