using System.Net;
using Varve.Engines;
using Varve.Server.Connections;

namespace Varve.Server.Configuration;

/// <summary>What a server was told: by its file, its environment and its command line.</summary>
internal sealed record ServeSettings
{
    internal const string DefaultListen = "http://127.0.0.1:8642";

    internal const string DefaultHome = "duckdb:varve-home.duckdb";

    /// <summary>Where it listens.</summary>
    public required Uri Listen { get; init; }

    /// <summary>Its home.</summary>
    public required DatabaseUrl Home { get; init; }

    /// <summary>The databases that are declared.</summary>
    public IReadOnlyList<ConnectionSetting> Connections { get; init; } = [];

    /// <summary>Archives that the environment declares.</summary>
    public IReadOnlyDictionary<string, string> Archives { get; init; } = new Dictionary<string, string>();

    /// <summary>How many runs may be under way in all.</summary>
    public int RunsAtOnce { get; init; } = 4;

    /// <summary>How long another server of the same home is silent before this one takes the lead.</summary>
    public TimeSpan TakeOver { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What each tenant may have and use.</summary>
    public QuotaSettings Quotas { get; init; } = QuotaSettings.None;

    /// <summary>Whom it tells what happens.</summary>
    public NoticeSettings Notify { get; init; } = NoticeSettings.None;

    /// <summary>Where heads of audit logs are written to; null: nowhere.</summary>
    public AnchorSettings? Anchor { get; init; }

    /// <summary>Where people sign in; null: with tokens and links only.</summary>
    public OidcSettings? Oidc { get; init; }

    /// <summary>Where traces, logs and metrics are sent; null: as OpenTelemetry's own variables say, or nowhere.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>Reads the same configuration once more; null where there is no file that could change.</summary>
    public Func<ServeSettings>? Again { get; init; }

    /// <summary>The file; null for none.</summary>
    public string? File { get; init; }

    /// <summary>Addresses and networks of proxies whose forwarded headers are believed.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>What stands before every path, behind a proxy; empty for nothing.</summary>
    public string BasePath { get; init; } = "";

    /// <summary>A certificate in PEM for https; null for none.</summary>
    public string? Certificate { get; init; }

    /// <summary>Its key in PEM; null where the certificate's file has it.</summary>
    public string? CertificateKey { get; init; }

    /// <summary>True where only this machine can reach it.</summary>
    public bool IsLoopback => Listen.IsLoopback;

    /// <summary>Refuses what would let others in, or be read on the way.</summary>
    /// <exception cref="PolicyException">It would.</exception>
    public ServeSettings Checked()
    {
        if (Listen.Scheme is not ("http" or "https"))
            throw Wrong($"{Listen} is no address to listen on. Write http://127.0.0.1:8642 or https://HOST:PORT.");
        if (Listen.Scheme == "https" && Certificate is null)
            throw Wrong($"{Listen} needs a certificate: say `certificate:` (PEM), and `certificate_key:`, in the configuration file.");
        if (BasePath.Length > 0 && (!BasePath.StartsWith('/') || BasePath.EndsWith('/')))
            throw Wrong($"`base_path: {BasePath}` begins with a slash and does not end with one, such as /varve.");
        if (!IsLoopback && Listen.Scheme == "http" && TrustedProxies.Count == 0)
        {
            throw new PolicyException(
                ServerCodes.Exposed,
                $"{Listen} can be reached from other machines, and tokens would go there in clear text. Listen on https with a certificate, or behind a proxy that does, which `trusted_proxies:` in the configuration file names, or on http://127.0.0.1:{Listen.Port}."
            );
        }

        return this;
    }

    internal static PolicyException Wrong(string message) => new(ServerCodes.Configuration, message);
}
