using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Varve.CrateDb.Http;
using Varve.Engines;

namespace Varve.Engines.Tests.CrateDb;

public sealed class TlsTests : DuckDb.Files
{
    [Fact]
    public async Task A_certificate_must_be_vouched_for_and_be_the_hosts()
    {
        using var authority = Authority("Varve test authority");
        using var stranger = Authority("Somebody else");
        await using var server = Serve(Issue(authority, "localhost"));
        var port = new Uri(server.Urls.Single()).Port;
        var ours = Pem("ca.pem", authority);

        Assert.Equal("ok", await AskAsync($"crate://localhost:{port}/?ssl=true&ssl_ca={ours}"));
        Assert.Equal("ok", await AskAsync($"https://localhost:{port}/?ssl_ca={ours}"));
        Assert.Equal("ok", await AskAsync($"crate://localhost:{port}/?ssl=true&ssl_verify=false"));

        foreach (
            var url in new[]
            {
                $"crate://localhost:{port}/?ssl=true",
                $"crate://127.0.0.1:{port}/?ssl=true&ssl_ca={ours}",
                $"crate://localhost:{port}/?ssl=true&ssl_ca={Pem("other.pem", stranger)}",
            }
        )
        {
            var error = await Assert.ThrowsAsync<EngineException>(() => AskAsync(url));
            Assert.Equal((ServerCodes.Unsafe, false), (error.Code, error.IsTransient));
            Assert.Contains("ssl_ca=FILE", error.Message, StringComparison.Ordinal);
        }

        var plain = await Assert.ThrowsAsync<EngineException>(() => AskAsync($"crate://localhost:{port}/"));
        Assert.Equal(ServerCodes.Unreachable, plain.Code);
    }

    [Fact]
    public async Task A_server_without_tls_is_not_talked_to_where_tls_is_asked_for()
    {
        await using var cluster = new StandInCluster();
        var error = await Assert.ThrowsAsync<EngineException>(() => AskAsync($"crate://ann:s3cret@127.0.0.1:{cluster.Ports[0]}/?ssl=true"));
        Assert.Equal(ServerCodes.Unsafe, error.Code);
        Assert.Equal(0, cluster.Requests);
    }

    [Fact]
    public void A_file_without_a_certificate_vouches_for_nobody()
    {
        var file = Named("empty.pem");
        File.WriteAllText(file, "no certificate");
        var options = CrateDbUrl.Read(
            DatabaseUrl.Parse($"crate://h/?ssl=true&ssl_ca={Uri.EscapeDataString(file)}"),
            TextReader.Null,
            TimeProvider.System
        );
        Assert.Equal(UrlCodes.Option, Assert.Throws<PolicyException>(() => new OneConnection(options.Hosts[0], options)).Code);
    }

    private static async Task<string> AskAsync(FormattableString url)
    {
        var options = CrateDbUrl.Read(DatabaseUrl.Parse(FormattableString.Invariant(url)), TextReader.Null, TimeProvider.System);
        await using var session = new SqlClient(options).Session();
        return (await session.QueryAsync($"SELECT 1", CancellationToken.None)).Rows[0].Text(0);
    }

    private static async Task<string> AskAsync(string url) => await AskAsync((FormattableString)$"{url}");

    private static WebApplication Serve(X509Certificate2 certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var server = builder.Build();
        server.Run(context => context.Response.WriteAsync("""{"cols":["a"],"col_types":[4],"rows":[["ok"]],"rowcount":1}"""));
        server.Start();
        return server;
    }

    private string Pem(string name, X509Certificate2 certificate)
    {
        File.WriteAllText(Named(name), certificate.ExportCertificatePem());
        return Uri.EscapeDataString(Named(name));
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(
                certificateAuthority: true,
                hasPathLengthConstraint: false,
                pathLengthConstraint: 0,
                critical: true
            )
        );
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var issued = request.Create(authority, now.AddHours(-1), now.AddDays(1), Guid.CreateVersion7().ToByteArray());
        using var whole = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }
}
