using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>
/// A stand-in for a CrateDB cluster, on the loopback: the protocol of <c>_sql</c>, settings per connection, and the faults
/// of a network and a cluster. What it answers was recorded on a real one, or is said by the test. It proves nothing about
/// CrateDB's SQL.
/// </summary>
internal sealed partial class StandInCluster : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, string>> _settings = new();
    private readonly List<WebApplication?> _nodes = [];
    private readonly ConcurrentQueue<SqlCall> _calls = new();
    private readonly ConcurrentBag<string> _raw = [];
    private readonly TaskCompletionSource _end = new();
    private long _busy;

    internal StandInCluster(int nodes = 1)
    {
        for (var node = 0; node < nodes; node++)
            _nodes.Add(Start(node, 0));
        Ports = [.. _nodes.Select(n => new Uri(n!.Urls.Single()).Port)];
    }

    /// <summary>The port of each node.</summary>
    internal IReadOnlyList<int> Ports { get; }

    /// <summary>The hosts as they stand in a URL.</summary>
    internal string Hosts =>
        string.Join(',', Ports.Select(p => $"127.0.0.1:{p.ToString(System.Globalization.CultureInfo.InvariantCulture)}"));

    /// <summary>Every statement that came, in its order, without those that set up a session.</summary>
    internal IReadOnlyList<SqlCall> Calls => [.. _calls.Where(c => !c.Says("SET SESSION"))];

    /// <summary>For how long it worked on statements: what is left of the time of a client is the client's own.</summary>
    internal TimeSpan Busy => new(Interlocked.Read(ref _busy));

    /// <summary>Every request that came.</summary>
    internal int Requests => _calls.Count;

    /// <summary>The bodies as they came: compressed or not.</summary>
    internal IReadOnlyCollection<string> Encodings => _raw;

    /// <summary>What is answered; null where the records know an answer, or nobody does.</summary>
    internal Func<SqlCall, Reply?> Answers { get; set; } = _ => null;

    /// <summary>What works on a statement that nothing else answers; null where nothing does.</summary>
    internal Func<SqlCall, Task<Reply>>? Executes { get; set; }

    /// <summary>How a request fails.</summary>
    internal Func<SqlCall, Fault> Fails { get; set; } = _ => Fault.None;

    /// <summary>A request that is refused before it is read: by a login, or by a proxy.</summary>
    internal Func<HttpRequest, Reply?> Refuses { get; set; } = _ => null;

    /// <summary>What is waited for before an answer is cut in the middle.</summary>
    internal Task CutWhen { get; set; } = Task.CompletedTask;

    /// <summary>The node is gone; its connections are cut.</summary>
    internal async Task KillAsync(int node)
    {
        var dead = _nodes[node]!;
        _nodes[node] = null;
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await dead.StopAsync(now.Token);
        await dead.DisposeAsync();
    }

    /// <summary>The node is there again, without anything that its connections had been told.</summary>
    internal void Revive(int node) => _nodes[node] = Start(node, Ports[node]);

    /// <summary>The setting of a connection; null where it has none.</summary>
    internal string? Setting(string connection, string name) => _settings.GetValueOrDefault(connection)?.GetValueOrDefault(name);

    public async ValueTask DisposeAsync()
    {
        _end.TrySetResult();
        for (var node = 0; node < _nodes.Count; node++)
        {
            if (_nodes[node] is not null)
                await KillAsync(node);
        }
    }

    private WebApplication Start(int node, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, port));
        var server = builder.Build();
        server.Run(context => AnswerAsync(node, context));
        server.Start();
        return server;
    }

    private async Task AnswerAsync(int node, HttpContext context)
    {
        if (Refuses(context.Request) is { } refused)
        {
            await WriteAsync(context, refused, Fault.None);
            return;
        }

        var since = Stopwatch.GetTimestamp();
        var call = await ReadAsync(node, context);
        _calls.Enqueue(call);
        var fault = Fails(call);
        if (fault is Fault.LostBefore)
        {
            context.Abort();
            return;
        }

        if (fault is Fault.Silent)
        {
            await Task.WhenAny(_end.Task, Task.Delay(Timeout.Infinite, context.RequestAborted));
            return;
        }

        var reply =
            Session(call)
            ?? Answers(call)
            ?? (Executes is null ? null : await Executes(call))
            ?? Recorded.All.FirstOrDefault(e => e.Statement == call.Statement)?.Reply
            ?? Reply.Error(400, 4000, $"SQLParseException[the stand-in knows no answer to this statement]");
        Interlocked.Add(ref _busy, Stopwatch.GetElapsedTime(since).Ticks);
        if (fault is Fault.LostAfter)
            context.Abort();
        else
            await WriteAsync(context, reply, fault);
    }

    private async Task<SqlCall> ReadAsync(int node, HttpContext context)
    {
        var encoding = context.Request.Headers.ContentEncoding.ToString();
        _raw.Add(encoding);
        await using var body = encoding == "gzip" ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
        using var json = await JsonDocument.ParseAsync(body);
        var root = json.RootElement;
        return new(
            node,
            $"{node}/{context.Connection.Id}",
            root.GetProperty("stmt").GetString()!,
            root.TryGetProperty("args", out var args) ? Values(args) : [],
            root.TryGetProperty("bulk_args", out var bulk) ? [.. bulk.EnumerateArray().Select(Values)] : null,
            context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase)
        );
    }

    private static IReadOnlyList<JsonElement> Values(JsonElement array) => [.. array.EnumerateArray().Select(v => v.Clone())];

    /// <summary>What a session was told stays with its connection.</summary>
    private Reply? Session(SqlCall call)
    {
        if (Set().Match(call.Statement) is { Success: true } set)
        {
            _settings.GetOrAdd(call.Connection, _ => new())[set.Groups["name"].Value] = set.Groups["value"].Value.Trim('\'');
            return Reply.Done(0);
        }

        return Show().Match(call.Statement) is { Success: true } show
            ? Reply.Rows([(show.Groups["name"].Value, 4)], [Setting(call.Connection, show.Groups["name"].Value) ?? "default"])
            : null;
    }

    private async Task WriteAsync(HttpContext context, Reply reply, Fault fault)
    {
        var bytes = Encoding.UTF8.GetBytes(reply.Body);
        var response = context.Response;
        response.StatusCode = reply.Http;
        response.ContentType = reply.Body.StartsWith('{') ? "application/json" : "text/plain";
        response.ContentLength = bytes.Length;
        if (fault is Fault.Closes)
            response.Headers.Connection = "close";
        if (fault is not Fault.Cut)
        {
            await response.Body.WriteAsync(bytes);
            return;
        }

        await response.Body.WriteAsync(bytes.AsMemory(0, bytes.Length / 2));
        await response.Body.FlushAsync();
        await CutWhen;
        context.Abort();
    }

    [GeneratedRegex(@"^SET SESSION (?<name>[a-z_]+) = (?<value>.+)$")]
    private static partial Regex Set();

    [GeneratedRegex(@"SHOW (?<name>[a-z_]+)$")]
    private static partial Regex Show();
}
