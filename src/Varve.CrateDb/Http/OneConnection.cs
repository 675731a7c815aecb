using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Varve.Engines;

namespace Varve.CrateDb.Http;

/// <summary>
/// One connection to one host, and never a second one: what was set on it would be missing there. A request that would
/// need another connection fails before anything of it is sent.
/// </summary>
internal sealed class OneConnection : IDisposable
{
    private readonly CrateDbOptions _options;
    private readonly HttpMessageInvoker _http;
    private readonly Uri _address;
    private int _opened;

    public OneConnection(DatabaseHost host, CrateDbOptions options)
    {
        (Host, _options) = (host, options);
        _address = new Uri($"{(options.Tls ? "https" : "http")}://{host.Text}/_sql?types");
        _http = new HttpMessageInvoker(Handler(), disposeHandler: true);
    }

    /// <summary>The server at the other end.</summary>
    public DatabaseHost Host { get; }

    /// <summary>Sends a statement; what comes back may be an error, and its body is not read yet.</summary>
    /// <exception cref="ConnectionGoneException">The connection is gone; nothing was sent.</exception>
    public Task<HttpResponseMessage> SendAsync(HttpContent body, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _address)
        {
            Content = body,
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Authorization = _options.Credential.Header;
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (_options.Schema is { } schema)
            request.Headers.TryAddWithoutValidation("Default-Schema", schema);
        return _http.SendAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private SocketsHttpHandler Handler()
    {
        var handler = new SocketsHttpHandler
        {
            // Credentials go to the hosts of the URL and to nobody else.
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            MaxConnectionsPerServer = 1,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            ConnectTimeout = _options.ConnectTimeout,
            ConnectCallback = ConnectAsync,
            RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8,
        };
        if (_options.AuthorityFile is { } file)
            handler.SslOptions.CertificateChainPolicy = Believing(file);
        if (!_options.VerifiesServer)
            handler.SslOptions.RemoteCertificateValidationCallback = Anybody;
        return handler;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _opened, 1) == 1)
            throw new ConnectionGoneException();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static X509ChainPolicy Believing(string file)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        if (authorities.Count == 0)
            throw new PolicyException(UrlCodes.Option, $"{file}, which ssl_ca names, holds no certificate in PEM form.");
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    private static bool Anybody(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => true;
}

/// <summary>The only connection of a session has ended between two requests. Nothing was sent.</summary>
internal sealed class ConnectionGoneException() : IOException("The connection has ended; a session has one only.");
