using System.Net;
using Varve.Archiving;
using Varve.Databases;
using Varve.Engines;
using Varve.Policies;
using Varve.Server.Connections;

namespace Varve.Server.Configuration;

/// <summary>The configuration: a YAML file, the environment, and what was typed, the later over the earlier.</summary>
internal static class ServeFile
{
    /// <summary>Declares a database: <c>VARVE_CONNECTION_METRICS</c> is <c>metrics</c>.</summary>
    internal const string ConnectionPrefix = "VARVE_CONNECTION_";

    private const string HomeVariable = "VARVE_HOME";

    private static readonly string[] s_keys =
    [
        "listen",
        "home",
        "connections",
        "runs_at_once",
        "takeover_seconds",
        "trusted_proxies",
        "base_path",
        "certificate",
        "certificate_key",
        "quotas",
        "notify",
        "audit_anchor",
        "oidc",
        "otlp",
    ];

    /// <summary>Puts a configuration together.</summary>
    /// <param name="path">The file; null for none.</param>
    /// <param name="listen">Where to listen, as it was typed; null: as the file says.</param>
    /// <param name="home">The home, as it was typed; null: as the environment or the file says.</param>
    /// <param name="environment">The environment.</param>
    /// <exception cref="PolicyException">It cannot be read, or says what cannot be: each problem with its line and column.</exception>
    internal static ServeSettings Read(string? path, string? listen, string? home, IReadOnlyDictionary<string, string> environment)
    {
        List<Problem> problems = [];
        var file = Keys(path, problems);
        var settings = new ServeSettings
        {
            Listen = listen is not null ? Address(listen) : file.Read("listen", Address) ?? Address(ServeSettings.DefaultListen),
            Home = (home ?? environment.GetValueOrDefault(HomeVariable)) is { } named
                ? DatabaseUrl.Parse(named)
                : file.Read("home", DatabaseUrl.Parse) ?? DatabaseUrl.Parse(ServeSettings.DefaultHome),
            Connections = [.. Declared(file), .. OfEnvironment(environment)],
            Archives = DatabaseOpening.DeclaredArchives(),
            RunsAtOnce = file.Number("runs_at_once", 4, 1, 64),
            TakeOver = TimeSpan.FromSeconds(file.Number("takeover_seconds", 30, 5, 600)),
            TrustedProxies = file.List("trusted_proxies", Network),
            Quotas = QuotaSettings.Read(file),
            Notify = NoticeSettings.Read(file),
            Anchor = AnchorSettings.Read(file, DatabaseOpening.DeclaredArchives()),
            Oidc = OidcSettings.Read(file),
            Otlp = file.Read("otlp", Collector),
            File = path,
            Again = path is null ? null : () => Read(path, listen, home, environment),
            BasePath = file.Read("base_path", BasePath) ?? "",
            Certificate = file.Read("certificate", Readable),
            CertificateKey = file.Read("certificate_key", Readable),
        };
        return problems.Count > 0 ? throw new PolicyException(PolicyYaml.Ordered(problems)) : settings.Checked();
    }

    private static ConfigKeys Keys(string? path, List<Problem> problems)
    {
        var parts = path is null ? [] : YamlComposer.Compose(Text(path), path, problems);

        // What follows a mistake in the syntax cannot be read; that mistake is what there is to say.
        if (problems.Count > 0)
            throw new PolicyException([.. problems.Select(p => p with { Code = ServerCodes.Configuration })]);
        var root =
            parts is [var first, ..] && first.Root is not YamlNode.Scalar { IsNull: true }
                ? first.Root
                : new YamlNode.Mapping([], new(path ?? "", 1, 1));
        return new(root, "", problems, s_keys);
    }

    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new PolicyException(
                ServerCodes.Configuration,
                $"The configuration {path} cannot be read: {unreadable.Message}",
                unreadable
            );
        }
    }

    private static IEnumerable<ConnectionSetting> Declared(ConfigKeys file)
    {
        foreach (var (name, keys) in file.Each("connections", "url", "tenant", "at_once", "queries", "archives"))
        {
            keys.Require("url", "such as duckdb:metrics.duckdb");
            if (NameProblem(name) is { } wrong)
                keys.Wrong(null, wrong);
            var (url, tenant, atOnce) = (keys.Read("url", DatabaseUrl.Parse), keys.Read("tenant", Named), keys.Number("at_once", 1, 1, 16));
            var queries = keys.Truth("queries");
            var archives = keys.Texts("archives", Place);
            if (url is not null)
                yield return new(name, url, tenant ?? ConnectionSetting.DefaultTenant, atOnce, ConnectionSetting.File)
                {
                    Queries = queries,
                    Archives = archives,
                };
        }
    }

    private static void Place(string name, string text) =>
        new ArchiveLocations(new Dictionary<string, string> { [name] = text }, DatabaseOpening.ArchiveKinds).Open(name);

    private static IEnumerable<ConnectionSetting> OfEnvironment(IReadOnlyDictionary<string, string> environment) =>
        from variable in environment
        where
            variable.Key.StartsWith(ConnectionPrefix, StringComparison.Ordinal)
            && variable.Key.Length > ConnectionPrefix.Length
            && variable.Value.Length > 0
        orderby variable.Key
        select new ConnectionSetting(
            Named(variable.Key[ConnectionPrefix.Length..].ToLowerInvariant()),
            DatabaseUrl.Parse(variable.Value),
            ConnectionSetting.DefaultTenant,
            1,
            ConnectionSetting.Environment
        );

    /// <summary>A name that can stand in a path.</summary>
    /// <exception cref="PolicyException">It cannot.</exception>
    internal static string Named(string name) => NameProblem(name) is { } wrong ? throw ServeSettings.Wrong(wrong) : name;

    internal static string? NameProblem(string name) =>
        name.Length is > 0 and <= 60 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
            ? null
            : $"\"{name}\" is no name: use letters, digits, and any of _ - . in at most 60 characters.";

    private static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw ServeSettings.Wrong($"\"{text}\" is no address to listen on. Write http://127.0.0.1:8642 or https://HOST:PORT.");

    private static Uri Collector(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0
            ? url
            : throw ServeSettings.Wrong(
                "`otlp` is the address of a collector, such as http://127.0.0.1:4318. What it asks of whoever sends stands in OTEL_EXPORTER_OTLP_HEADERS."
            );

    private static string BasePath(string text) =>
        text is ['/', .., not '/']
            ? text
            : throw ServeSettings.Wrong($"`base_path: {text}` begins with a slash and does not end with one, such as /varve.");

    private static string Readable(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return path;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw ServeSettings.Wrong($"{path} cannot be read: {unreadable.Message}");
        }
    }

    private static IPNetwork Network(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new(address, address.GetAddressBytes().Length * 8)
        : throw ServeSettings.Wrong($"`trusted_proxies` has {text}, which is no address and no network such as 10.0.0.0/8.");
}
