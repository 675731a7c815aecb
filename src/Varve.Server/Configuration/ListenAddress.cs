using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Varve.Server.Configuration;

/// <summary>Where a server listens, and whether it can.</summary>
internal static class ListenAddress
{
    /// <summary>The socket of a URL; a name that is no address is every address of this machine.</summary>
    internal static IPEndPoint Of(Uri listen) =>
        new(
            listen.Host == "localhost" ? IPAddress.Loopback
                : IPAddress.TryParse(listen.Host.Trim('[', ']'), out var ip) ? ip
                : IPAddress.Any,
            listen.Port
        );

    /// <summary>Binds it for a moment: what is in the way is told before anything begins.</summary>
    /// <exception cref="PolicyException">Nothing can listen there.</exception>
    internal static void Check(Uri listen)
    {
        var at = Of(listen);
        if (at.Port == 0)
            return;
        try
        {
            using var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(at);
        }
        catch (SocketException refused)
        {
            var why = refused.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "another program listens there",
                SocketError.AccessDenied => "this user has no right to the port",
                SocketError.AddressNotAvailable => "it is no address of this machine",
                _ => refused.Message,
            };
            throw new PolicyException(
                ServerCodes.CannotListen,
                $"Nothing can listen on {listen}: {why}. End that program, or name another address with --listen or `listen:`.",
                refused
            );
        }
    }

    /// <summary>The certificate that it shows; null for none.</summary>
    /// <exception cref="PolicyException">The files hold none, or not its key.</exception>
    internal static X509Certificate2? Certificate(ServeSettings settings)
    {
        if (settings.Certificate is not { } certificate)
            return null;
        try
        {
            return X509Certificate2.CreateFromPemFile(certificate, settings.CertificateKey);
        }
        catch (Exception broken) when (broken is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new PolicyException(
                ServerCodes.Configuration,
                $"`certificate: {certificate}` is no certificate in PEM with its key{(settings.CertificateKey is { } key ? $" in {key}" : "")}: {broken.Message}",
                broken
            );
        }
    }
}
