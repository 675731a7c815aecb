using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Varve.CrateDb.Http;

namespace Varve.Engines.Tests.CrateDb.Deaths;

/// <summary>
/// A door before each host of a cluster: a test sees every statement before the cluster does, and what a host does not answer
/// is not answered here either. A connection of a client is one connection of the host, because settings are kept with it.
/// </summary>
internal sealed class WatchedCluster : IAsyncDisposable
{
    private readonly CrateDbOptions _options;
    private readonly List<WebApplication> _doors = [];
    private readonly Dictionary<string, OneConnection> _behind = [];
    private readonly Lock _lock = new();

    /// <param name="options">How the cluster itself is reached, with its secrets.</param>
    internal WatchedCluster(CrateDbOptions options)
    {
        _options = options;
        for (var host = 0; host < options.Hosts.Count; host++)
            _doors.Add(Open(host));
        var ports = _doors.Select(d => $"127.0.0.1:{new Uri(d.Urls.Single()).Port.ToString(CultureInfo.InvariantCulture)}");
        Url = $"cratedb://{string.Join(',', ports)}/?connect_timeout=20s&timeout=5m";
    }

    /// <summary>As Varve is told of it.</summary>
    internal string Url { get; }

    /// <summary>Comes before a statement.</summary>
    internal Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var door in _doors)
        {
            await door.StopAsync(new CancellationToken(canceled: true));
            await door.DisposeAsync();
        }

        foreach (var connection in _behind.Values)
            connection.Dispose();
    }

    private WebApplication Open(int host)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var door = builder.Build();
        door.Run(context => PassAsync(host, context));
        door.Start();
        return door;
    }

    private async Task PassAsync(int host, HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var encoding = context.Request.Headers.ContentEncoding.ToString();
        await Before(Statement(body.ToArray(), encoding));
        using var content = new ByteArrayContent(body.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (encoding.Length > 0)
            content.Headers.ContentEncoding.Add(encoding);
        try
        {
            using var answer = await Behind(host, context.Connection.Id).SendAsync(content, context.RequestAborted);
            context.Response.StatusCode = (int)answer.StatusCode;
            context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or OperationCanceledException)
        {
            // The client learns of it as of a host of its own: its connection ends.
            context.Abort();
        }
    }

    private OneConnection Behind(int host, string connection)
    {
        lock (_lock)
        {
            var key = $"{host}/{connection}";
            return _behind.TryGetValue(key, out var known) ? known : _behind[key] = new(_options.Hosts[host], _options);
        }
    }

    private static string Statement(byte[] body, string encoding)
    {
        using Stream read =
            encoding == "gzip" ? new GZipStream(new MemoryStream(body), CompressionMode.Decompress) : new MemoryStream(body);
        using var json = JsonDocument.Parse(read);
        return json.RootElement.GetProperty("stmt").GetString()!;
    }
}
