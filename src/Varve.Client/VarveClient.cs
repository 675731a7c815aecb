using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Varve.Client;

/// <summary>
/// What a server of Varve answers over HTTP, typed. Its methods and shapes are made from the OpenAPI document of the API; a
/// member that a newer server adds is passed over.
/// </summary>
public sealed partial class VarveClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly bool _owned;

    /// <summary>Over a client of one's own, which stays open.</summary>
    /// <param name="http">Its base address is that of the server, with a slash at the end; its headers hold the token.</param>
    public VarveClient(HttpClient http)
        : this(http, owned: false)
    {
    }

    private VarveClient(HttpClient http, bool owned) => (_http, _owned) = (http, owned);

    /// <summary>To a server.</summary>
    /// <param name="server">Its address, such as http://127.0.0.1:8642/, with the base path where it has one.</param>
    /// <param name="token">A token: varve_…</param>
    public static VarveClient To(Uri server, string token)
    {
        ArgumentNullException.ThrowIfNull(server);

        // Another address would be told the token.
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            BaseAddress = server.AbsoluteUri.EndsWith('/') ? server : new Uri($"{server.AbsoluteUri}/"),
        };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new(http, owned: true);
    }

    /// <summary>
    /// What a run tells, from behind an event on, until it has ended: the last one is <c>ended</c>. A connection that breaks is
    /// made again, and goes on behind what was read.
    /// </summary>
    /// <param name="id">The run.</param>
    /// <param name="after">The id of the last event that was read; 0 for all.</param>
    /// <param name="cancellationToken">Ends the reading; the run goes on.</param>
    /// <exception cref="VarveApiException">There is no such run, or the token is not good for it.</exception>
    public async IAsyncEnumerable<RunFeedEvent> ReadRunAsync(string id, long after = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var broken = 0; broken < MostBroken; broken++)
        {
            await foreach (var told in ReadOnceAsync(id, after, cancellationToken))
            {
                (after, broken) = (told.Id, 0);
                yield return told;
                if (told.Kind == RunFeedEvent.Ended) yield break;
            }

            await Task.Delay(s_rest, cancellationToken);
        }

        throw new VarveApiException(0, new("", "The server does not answer", 0, $"What the run {id} tells broke off {MostBroken} times. It goes on where it is; ask for it again.", "", [], []));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_owned) _http.Dispose();
    }
}
