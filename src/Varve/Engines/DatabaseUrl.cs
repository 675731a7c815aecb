using System.Globalization;

namespace Varve.Engines;

/// <summary>
/// Which database, as it is written in <c>--db</c> and <c>VARVE_DB</c>: <c>duckdb:metrics.duckdb</c>,
/// <c>postgresql://user@host/db</c>, <c>cratedb://user:password@host:4200,host2/?ssl=true</c> (<c>https://host</c> is that too).
/// Parts are percent-decoded.
/// Its text never holds a password.
/// </summary>
public sealed class DatabaseUrl
{
    private const string Mask = "***";

    private readonly PasswordSource _password;

    internal DatabaseUrl(string scheme, PasswordSource password)
    {
        Scheme = scheme;
        _password = password;
    }

    /// <summary>The engine: duckdb, postgresql or cratedb; other spellings (postgres, crate) are made one.</summary>
    public string Scheme { get; }

    /// <summary>DuckDB: the file, or <c>:memory:</c>. Empty for servers.</summary>
    public string Path { get; internal init; } = "";

    /// <summary>The servers, in the order in which they are written; empty for DuckDB.</summary>
    public IReadOnlyList<DatabaseHost> Hosts { get; internal init; } = [];

    /// <summary>The user; null where none is written.</summary>
    public string? User { get; internal init; }

    /// <summary>The database (CrateDB: the schema that is looked in); null where none is written.</summary>
    public string? Database { get; internal init; }

    /// <summary>What stands behind the question mark, without what tells the password.</summary>
    public IReadOnlyDictionary<string, string> Options { get; internal init; } = new Dictionary<string, string>();

    /// <summary>True where a password is in the URL, or the URL says where it is.</summary>
    public bool HasPassword => _password is not PasswordSource.None;

    /// <summary>Reads a URL; a plain path that ends in .duckdb, .ddb or .db, and <c>:memory:</c>, are DuckDB's.</summary>
    /// <exception cref="PolicyException">It cannot be read; the message holds no password.</exception>
    public static DatabaseUrl Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return DatabaseUrlReader.Read(text.Trim());
    }

    /// <summary>
    /// The password: as it is written, or from the environment (<c>password_env=NAME</c>), a file
    /// (<c>password_file=PATH</c>, its first line) or a reader (<c>password_stdin=true</c>, one line); null without one.
    /// </summary>
    /// <param name="input">Where <c>password_stdin</c> reads.</param>
    /// <exception cref="PolicyException">It is not where the URL says.</exception>
    public string? ResolvePassword(TextReader? input = null) => _password.Resolve(input);

    /// <summary>True where another URL says the same, its password among it.</summary>
    internal bool IsSame(DatabaseUrl other) => ToString() == other.ToString() && Written(_password) == Written(other._password);

    private static string? Written(PasswordSource password) => (password as PasswordSource.Written)?.Resolve(null);

    /// <summary>The URL with <c>***</c> for the password.</summary>
    public override string ToString() =>
        Scheme == "duckdb"
            ? $"duckdb:{Path}{Query()}"
            : $"{Scheme}://{Login()}{string.Join(',', Hosts.Select(h => h.Text))}/{(Database is null ? "" : Uri.EscapeDataString(Database))}{Query()}";

    internal DatabaseUrl With(string option, string value) =>
        new(Scheme, _password)
        {
            Path = Path,
            Hosts = Hosts,
            User = User,
            Database = Database,
            Options = new Dictionary<string, string>(Options) { [option] = value },
        };

    private string Login()
    {
        var secret = _password is PasswordSource.Written ? $":{Mask}" : "";
        return User is null && secret.Length == 0 ? "" : $"{Uri.EscapeDataString(User ?? "")}{secret}@";
    }

    private string Query()
    {
        var options = Options
            .Select(o => $"{Uri.EscapeDataString(o.Key)}={(DatabaseUrlReader.IsSecret(o.Key) ? Mask : Uri.EscapeDataString(o.Value))}")
            .ToList();
        if (_password.Text is { } source)
            options.Add(source);
        return options.Count == 0 ? "" : "?" + string.Join('&', options);
    }
}

/// <summary>One server.</summary>
/// <param name="Name">A name or an address, IPv6 without brackets.</param>
/// <param name="Port">1 to 65535.</param>
public sealed record DatabaseHost(string Name, int Port)
{
    /// <summary>As it stands in a URL.</summary>
    public string Text =>
        string.Create(CultureInfo.InvariantCulture, $"{(Name.Contains(':', StringComparison.Ordinal) ? $"[{Name}]" : Name)}:{Port}");
}
