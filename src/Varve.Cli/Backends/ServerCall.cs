using System.Text.Json;
using System.Text.Json.Serialization;
using Varve.Client;

namespace Varve.Cli.Backends;

/// <summary>Asks a server, waits where its database is busy, and makes errors of the library of what it refuses.</summary>
internal sealed class ServerCall : IDisposable
{
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_connect = TimeSpan.FromSeconds(10);

    private static readonly JsonSerializerOptions s_shapes = new(JsonSerializerDefaults.Web)
    {
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false),
            new InstantConverter(),
            new TableNameConverter(),
            new RelationIdConverter(),
            new TimeRangeConverter(),
            new DurationConverter(),
        },
    };

    private readonly HttpClient _http;
    private readonly VarveClient _client;
    private readonly TimeSpan _wait;
    private string? _connection;

    private ServerCall(HttpClient http, string? connection, TimeSpan wait) =>
        (_http, _client, _connection, _wait) = (http, new(http), connection, wait);

    internal Uri Server => _http.BaseAddress!;

    /// <summary>Nothing is asked yet.</summary>
    /// <param name="address">Where, and with which token.</param>
    /// <param name="wait">How long to wait for a database that is busy.</param>
    internal static ServerCall To(ServerAddress address, TimeSpan wait)
    {
        // Another address would be told the token. What is asked may take hours: only the connection has a limit.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectTimeout = s_connect,
            UseProxy = !address.Url.IsLoopback,
        };
        var http = new HttpClient(handler) { BaseAddress = address.Url, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = new("Bearer", address.Token);
        return new(http, address.Connection, wait);
    }

    /// <summary>Asks about the database that is meant.</summary>
    internal async Task<T> AskAsync<T>(
        Func<VarveClient, string, Task<T>> ask,
        CancellationToken cancellationToken,
        SentDocuments? sent = null
    )
    {
        var connection = _connection ??= await ConnectionAsync(cancellationToken);
        return await TriedAsync(() => ask(_client, connection), cancellationToken, sent);
    }

    /// <summary>Asks about something of the server itself.</summary>
    internal Task<T> AskAsync<T>(Func<VarveClient, Task<T>> ask, CancellationToken cancellationToken) =>
        TriedAsync(() => ask(_client), cancellationToken, null);

    /// <summary>What a run tells, to its end; a connection that breaks is made again.</summary>
    internal IAsyncEnumerable<RunFeedEvent> Read(string run) => _client.ReadRunAsync(run);

    /// <summary>Whether there is one more event.</summary>
    internal Task<bool> NextAsync(IAsyncEnumerator<RunFeedEvent> told) =>
        TriedAsync(() => told.MoveNextAsync().AsTask(), CancellationToken.None, null);

    /// <summary>The same, and what it answers as the shape that the command line prints.</summary>
    internal async Task<TShape> AskAsync<T, TShape>(
        Func<VarveClient, string, Task<T>> ask,
        CancellationToken cancellationToken,
        SentDocuments? sent = null
    ) => Shape<TShape>(await AskAsync(ask, cancellationToken, sent));

    /// <summary>What the client read, as the shape of which its own was made.</summary>
    internal static TShape Shape<TShape>(object? read) =>
        JsonSerializer.SerializeToElement(read, ClientJson.Options).Deserialize<TShape>(s_shapes)
        ?? throw new JsonException("The answer is empty.");

    /// <summary>What a run told, as a shape.</summary>
    internal static TShape Shape<TShape>(JsonElement told) =>
        told.Deserialize<TShape>(s_shapes) ?? throw new JsonException("The answer is empty.");

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    private async Task<T> TriedAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken, SentDocuments? sent)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (VarveApiException busy)
                when (busy.Problem.ExitCode == ExitCode.Busy && TimeProvider.System.GetElapsedTime(begun) < _wait)
            {
                await Task.Delay(s_again, cancellationToken);
            }
            catch (VarveApiException refused)
            {
                throw ServerErrors.Of(refused, Server, sent);
            }
            catch (HttpRequestException lost)
            {
                throw ServerErrors.Of(lost, Server);
            }
            catch (Exception unread) when (unread is JsonException or IOException)
            {
                throw ServerErrors.Unread(unread, Server);
            }
        }
    }

    /// <summary>The only database that the token may see.</summary>
    /// <exception cref="PolicyException">There is none, or there are several.</exception>
    private async Task<string> ConnectionAsync(CancellationToken cancellationToken)
    {
        var all = (await TriedAsync(() => _client.ListConnectionsAsync(cancellationToken), cancellationToken, null)).Connections;
        return all switch
        {
            [var only] => only.Name,
            [] => throw Commands.CommonOptions.Usage(
                $"{Server} keeps no database that this token may see. Add one there, or ask for a token of another tenant."
            ),
            _ => throw Commands.CommonOptions.Usage(
                $"{Server} keeps {all.Count} databases. Say which: --connection {string.Join(" or --connection ", all.Select(c => c.Name))}."
            ),
        };
    }
}
