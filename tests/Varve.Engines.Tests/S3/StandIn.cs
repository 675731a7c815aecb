using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Varve.Applying;

namespace Varve.Engines.Tests.S3;

/// <summary>How the stand-in fails a request.</summary>
public enum Fault
{
    None,

    /// <summary>The connection is cut in the middle.</summary>
    Cut,

    /// <summary>The answer announces more bytes than it has.</summary>
    Longer,

    /// <summary>The answer has fewer bytes than were put, and announces as many as it has.</summary>
    Shorter,

    /// <summary>403: the credentials have expired.</summary>
    Expired,

    /// <summary>503: too many requests.</summary>
    Busy,
}

/// <summary>
/// A stand-in for an object store, on the loopback: the part of S3's protocol that archives use. It refuses bodies that do
/// not have the checksums that were sent, and fails where it is told to.
/// </summary>
public sealed class StandIn : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ConcurrentDictionary<string, byte[]> _objects = new();
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<int, byte[]>> _uploads = new();

    public StandIn()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(AnswerAsync);
        _server.Start();
        Url = _server.Urls.Single();
    }

    public string Url { get; }

    public string Location => $"s3://bucket/a/b?endpoint={Uri.EscapeDataString(Url)}&pathStyle=true";

    /// <summary>What is wrong with a request: its method, and path with query.</summary>
    public Func<string, string, Fault> Fails { get; set; } = (_, _) => Fault.None;

    public IReadOnlyList<string> Keys => [.. _objects.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Uploads in parts that were begun and neither ended nor taken back.</summary>
    public int OpenUploads => _uploads.Count;

    /// <summary>Parts that came.</summary>
    public int Parts { get; private set; }

    /// <summary>Bodies that had a checksum of their own.</summary>
    public int Checked { get; private set; }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        var fault = Fails(request.Method, request.Path + request.QueryString);
        if (fault is Fault.Cut)
        {
            await request.Body.ReadAtLeastAsync(new byte[100], 100, throwOnEndOfStream: false);
            context.Abort();
            return;
        }

        var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        if (fault is Fault.Expired)
            await RefuseAsync(context.Response, 403, "ExpiredToken");
        else if (fault is Fault.Busy)
            await RefuseAsync(context.Response, 503, "SlowDown");
        else if (!IsWhole(request, body.ToArray()))
            await RefuseAsync(context.Response, 400, "BadDigest");
        else
            await ActAsync(context, body.ToArray(), fault);
    }

    private bool IsWhole(HttpRequest request, byte[] body)
    {
        if (!request.Headers.Authorization.ToString().StartsWith("AWS4-HMAC-SHA256", StringComparison.Ordinal))
            return false;
        var hash = SHA256.HashData(body);
        if (request.Headers["x-amz-content-sha256"].ToString() is { Length: 64 } signed && signed != Convert.ToHexStringLower(hash))
            return false;
        if (request.Headers["x-amz-checksum-sha256"].ToString() is not { Length: > 0 } sum)
            return true;
        Checked++;
        return sum == Convert.ToBase64String(hash);
    }

    private async Task ActAsync(HttpContext context, byte[] body, Fault fault)
    {
        var (request, response) = (context.Request, context.Response);
        var key = Uri.UnescapeDataString(request.Path.ToUriComponent()["/bucket".Length..].TrimStart('/'));
        var upload = request.Query["uploadId"].ToString();
        switch (request.Method)
        {
            case "GET" when request.Query.ContainsKey("list-type"):
                await ListAsync(response, request.Query["prefix"].ToString());
                break;
            case "GET":
                await GetAsync(context, key, fault);
                break;
            case "PUT" when upload.Length > 0:
                Parts++;
                _uploads[upload][int.Parse(request.Query["partNumber"].ToString(), System.Globalization.CultureInfo.InvariantCulture)] =
                    body;
                response.Headers.ETag = $"\"{Convert.ToHexStringLower(SHA256.HashData(body))}\"";
                break;
            case "PUT":
                _objects[key] = body;
                response.Headers.ETag = "\"1\"";
                break;
            case "POST" when upload.Length > 0:
                _objects[key] = [.. _uploads[upload].OrderBy(p => p.Key).SelectMany(p => p.Value)];
                _uploads.TryRemove(upload, out _);
                await XmlAsync(
                    response,
                    $"<CompleteMultipartUploadResult><Key>{key}</Key><ETag>\"2\"</ETag></CompleteMultipartUploadResult>"
                );
                break;
            case "POST":
                var id = Guid.CreateVersion7().ToString("N");
                _uploads[id] = new();
                await XmlAsync(
                    response,
                    $"<InitiateMultipartUploadResult><Bucket>bucket</Bucket><Key>{key}</Key><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
                );
                break;
            case "DELETE":
                if (upload.Length > 0)
                    _uploads.TryRemove(upload, out _);
                else
                    _objects.TryRemove(key, out _);
                response.StatusCode = 204;
                break;
        }
    }

    private async Task GetAsync(HttpContext context, string key, Fault fault)
    {
        if (!_objects.TryGetValue(key, out var bytes))
        {
            await RefuseAsync(context.Response, 404, "NoSuchKey");
            return;
        }

        if (fault is Fault.Shorter)
            bytes = bytes[..^5];
        context.Response.ContentLength = bytes.Length + (fault is Fault.Longer ? 100 : 0);
        await context.Response.Body.WriteAsync(bytes);
        await context.Response.Body.FlushAsync();
        if (fault is Fault.Longer)
            context.Abort();
    }

    private Task ListAsync(HttpResponse response, string prefix)
    {
        var found = _objects.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        return XmlAsync(
            response,
            $"<ListBucketResult><Name>bucket</Name><IsTruncated>false</IsTruncated>{string.Concat(found.Select(k => $"<Contents><Key>{k}</Key><Size>{_objects[k].Length}</Size></Contents>"))}</ListBucketResult>"
        );
    }

    private static Task RefuseAsync(HttpResponse response, int status, string code)
    {
        response.StatusCode = status;
        return XmlAsync(response, $"<Error><Code>{code}</Code><Message>{code} of AKIASECRETNAME</Message></Error>");
    }

    private static async Task XmlAsync(HttpResponse response, string xml)
    {
        var bytes = Encoding.UTF8.GetBytes($"<?xml version=\"1.0\" encoding=\"UTF-8\"?>{xml}");
        response.ContentType = "application/xml";
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes);
    }
}
