using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Npgsql;
using Varve.Engines;

namespace Varve.PostgreSql;

/// <summary>
/// Why the certificate of a server was refused. The driver says only that it was; a second handshake, which ends before anybody logs
/// in, shows the certificate.
/// </summary>
internal static class PostgreSqlCertificate
{
    /// <summary>The error with what is wrong of the certificate; the error itself where that cannot be told.</summary>
    /// <param name="refused">What the connection ended with.</param>
    /// <param name="text">How it was made.</param>
    /// <param name="name">What the database is called in messages.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<EngineException> ToldAsync(
        EngineException refused,
        NpgsqlConnectionStringBuilder text,
        string name,
        CancellationToken cancellationToken
    ) =>
        await SeenAsync(text, cancellationToken) is { } seen && Why(seen.Certificate, seen.IsOfHost, text) is { } why
            ? new(ServerCodes.Unsafe, $"{name}: {why}", inner: refused)
            : refused;

    private static async Task<(X509Certificate2 Certificate, bool IsOfHost)?> SeenAsync(
        NpgsqlConnectionStringBuilder text,
        CancellationToken cancellationToken
    )
    {
        (X509Certificate2, bool)? seen = null;
        var look = new NpgsqlConnectionStringBuilder(text.ConnectionString)
        {
            SslMode = SslMode.Require,
            RootCertificate = null,
            Password = null,
            Pooling = false,
        };
        var builder = new NpgsqlDataSourceBuilder(look.ConnectionString);
        builder.UseSslClientAuthenticationOptionsCallback(handshake =>
            handshake.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            {
                if (certificate is not null)
                    seen = (
                        X509CertificateLoader.LoadCertificate(certificate.GetRawCertData()),
                        !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
                    );
                return false;
            }
        );
        await using var source = builder.Build();
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or AuthenticationException)
        {
            // It was refused here, or never came: what was seen until then is what there is to tell.
        }

        return seen;
    }

    private static string? Why(X509Certificate2 certificate, bool isOfHost, NpgsqlConnectionStringBuilder text)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (text.RootCertificate is { } root)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(root);
        }

        if (!chain.Build(certificate))
        {
            if (chain.ChainStatus.Any(s => s.Status.HasFlag(X509ChainStatusFlags.NotTimeValid)))
                return $"the certificate of the server is valid from {Day(certificate.NotBefore)} to {Day(certificate.NotAfter)}, and not now. Renew it there, or look at the clock of this machine.";
            var known = text.RootCertificate is { } file ? $"which {file} does not hold" : "which this machine does not trust";
            return $"the certificate of the server is signed by {certificate.Issuer}, {known}: it does not prove that it is this host. Name the authority that signed it (sslrootcert=PATH).";
        }

        return isOfHost
            ? null
            : $"the certificate of the server is that of {string.Join(", ", Names(certificate))}: it does not prove that it is this host. Name the host as the certificate has it; sslmode=verify-ca looks at who signed it alone.";
    }

    private static IReadOnlyList<string> Names(X509Certificate2 certificate)
    {
        List<string> names =
        [
            .. certificate
                .Extensions.OfType<X509SubjectAlternativeNameExtension>()
                .SelectMany(e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(a => a.ToString()))),
        ];
        return names.Count > 0 ? names : [certificate.GetNameInfo(X509NameType.DnsName, forIssuer: false)];
    }

    private static string Day(DateTime at) => at.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
