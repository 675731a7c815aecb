using System.Globalization;
using System.Net;
using Varve.Databases;
using Varve.Engines;
using Varve.Server.Connections;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Varve.Server.Configuration;

/// <summary>The configuration: a YAML file, the environment, and what was typed, the later over the earlier.</summary>
internal static class ServeFile
{
    /// <summary>Declares a database: <c>VARVE_CONNECTION_METRICS</c> is <c>metrics</c>.</summary>
    internal const string ConnectionPrefix = "VARVE_CONNECTION_";

    private const string HomeVariable = "VARVE_HOME";

    /// <summary>Puts a configuration together.</summary>
    /// <param name="path">The file; null for none.</param>
    /// <param name="listen">Where to listen, as it was typed; null: as the file says.</param>
    /// <param name="home">The home, as it was typed; null: as the environment or the file says.</param>
    /// <param name="environment">The environment.</param>
    /// <exception cref="PolicyException">It cannot be read, or says what cannot be.</exception>
    internal static ServeSettings Read(string? path, string? listen, string? home, IReadOnlyDictionary<string, string> environment)
    {
        var file = path is null ? new() : Parse(path);
        return new ServeSettings
        {
            Listen = Address(listen ?? file.Listen ?? ServeSettings.DefaultListen),
            Home = DatabaseUrl.Parse(home ?? environment.GetValueOrDefault(HomeVariable) ?? file.Home ?? ServeSettings.DefaultHome),
            Connections = [.. Declared(file, path), .. OfEnvironment(environment)],
            Archives = DatabaseOpening.DeclaredArchives(),
            RunsAtOnce = file.RunsAtOnce is >= 1 and <= 64 ? file.RunsAtOnce : throw ServeSettings.Wrong($"{path}: `runs_at_once` is a number from 1 to 64."),
            TrustedProxies = [.. file.TrustedProxies.Select(Network)],
            BasePath = file.BasePath ?? "",
            Certificate = file.Certificate,
            CertificateKey = file.CertificateKey,
        }.Checked();
    }

    private static FileShape Parse(string path)
    {
        try
        {
            using var text = new StreamReader(path);
            return new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).WithDuplicateKeyChecking().Build().Deserialize<FileShape?>(text) ?? new();
        }
        catch (YamlException wrong)
        {
            throw new PolicyException(ServerCodes.Configuration, FormattableString.Invariant($"{path}:{wrong.Start.Line}:{wrong.Start.Column}: {Said(wrong)} There are listen, home, connections, runs_at_once, trusted_proxies, base_path, certificate and certificate_key."), wrong);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new PolicyException(ServerCodes.Configuration, $"The configuration {path} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    private static string Said(YamlException wrong) => $"{(wrong.InnerException?.Message ?? wrong.Message).TrimEnd('.')}.";

    private static IEnumerable<ConnectionSetting> Declared(FileShape file, string? path)
    {
        foreach (var (name, connection) in file.Connections)
        {
            if (connection?.Url is not { } url) throw ServeSettings.Wrong($"{path}: the connection {name} has no `url`, such as duckdb:metrics.duckdb.");
            if (connection.AtOnce is < 1 or > 16) throw ServeSettings.Wrong($"{path}: `at_once` of the connection {name} is a number from 1 to 16.");
            yield return new(Named(name), DatabaseUrl.Parse(url), connection.Tenant ?? ConnectionSetting.DefaultTenant, connection.AtOnce, ConnectionSetting.File);
        }
    }

    private static IEnumerable<ConnectionSetting> OfEnvironment(IReadOnlyDictionary<string, string> environment) =>
        from variable in environment
        where variable.Key.StartsWith(ConnectionPrefix, StringComparison.Ordinal) && variable.Key.Length > ConnectionPrefix.Length && variable.Value.Length > 0
        orderby variable.Key
        select new ConnectionSetting(Named(variable.Key[ConnectionPrefix.Length..].ToLowerInvariant()), DatabaseUrl.Parse(variable.Value), ConnectionSetting.DefaultTenant, 1, ConnectionSetting.Environment);

    /// <summary>A name that can stand in a path.</summary>
    /// <exception cref="PolicyException">It cannot.</exception>
    internal static string Named(string name) => name.Length is > 0 and <= 60 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
        ? name
        : throw ServeSettings.Wrong($"\"{name}\" is no name of a connection: use letters, digits, and any of _ - . in at most 60 characters.");

    private static Uri Address(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) ? address
        : throw ServeSettings.Wrong($"\"{text}\" is no address to listen on. Write http://127.0.0.1:8642.");

    private static IPNetwork Network(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new(address, address.GetAddressBytes().Length * 8)
        : throw ServeSettings.Wrong(string.Create(CultureInfo.InvariantCulture, $"`trusted_proxies` has {text}, which is no address and no network such as 10.0.0.0/8."));

    private sealed class FileShape
    {
        public string? Listen { get; set; }

        public string? Home { get; set; }

        public Dictionary<string, ConnectionShape?> Connections { get; set; } = [];

        public int RunsAtOnce { get; set; } = 4;

        public List<string> TrustedProxies { get; set; } = [];

        public string? BasePath { get; set; }

        public string? Certificate { get; set; }

        public string? CertificateKey { get; set; }
    }

    private sealed class ConnectionShape
    {
        public string? Url { get; set; }

        public string? Tenant { get; set; }

        public int AtOnce { get; set; } = 1;
    }
}
