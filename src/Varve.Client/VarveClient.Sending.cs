using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Varve.Client;

public sealed partial class VarveClient
{
    private const int MostBroken = 10;

    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(1);

    /// <summary>A path whose parts are values: each is escaped.</summary>
    private static string Path(FormattableString path) => string.Format(System.Globalization.CultureInfo.InvariantCulture, path.Format, [.. path.GetArguments().Select(a => Uri.EscapeDataString((string)a!))]);

    private static string With(string path, params ReadOnlySpan<(string Name, object? Value)> query)
    {
        var text = new StringBuilder(path);
        var mark = '?';
        foreach (var (name, value) in query)
        {
            foreach (var one in value as IEnumerable<string> ?? (value is null ? [] : [Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!]))
            {
                text.Append(mark).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(one));
                mark = '&';
            }
        }

        return text.ToString();
    }

    private async Task<T> AskAsync<T>(HttpMethod method, string path, object? body, (string Name, string? Value)[] headers, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(method, path, body, headers, cancellationToken);
        return await ReadAsync<T>(answer, cancellationToken);
    }

    private async Task<string> TextAsync(HttpMethod method, string path, object? body, (string Name, string? Value)[] headers, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(method, path, body, headers, cancellationToken);
        return await answer.Content.ReadAsStringAsync(cancellationToken);
    }

    private async Task DoAsync(HttpMethod method, string path, object? body, (string Name, string? Value)[] headers, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(method, path, body, headers, cancellationToken);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, CancellationToken cancellationToken) =>
        await answer.Content.ReadFromJsonAsync<T>(ClientJson.Options, cancellationToken) ?? throw new JsonException("The answer is empty.");

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, (string Name, string? Value)[] headers, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), options: ClientJson.Options);
        foreach (var (name, value) in headers)
        {
            if (value is not null) request.Headers.TryAddWithoutValidation(name, value);
        }

        var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (answer.IsSuccessStatusCode) return answer;
        using (answer) throw await VarveApiException.OfAsync(answer, cancellationToken);
    }

    /// <summary>Events of one connection; it ends without a word where the connection broke.</summary>
    private async IAsyncEnumerable<RunFeedEvent> ReadOnceAsync(string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        HttpResponseMessage? answer = null;
        StreamReader? reader = null;
        try
        {
            answer = await TriedAsync<HttpResponseMessage>(async () => await SendAsync(HttpMethod.Get, Path($"api/v1/runs/{id}/events"), null, [("Last-Event-ID", after.ToString(System.Globalization.CultureInfo.InvariantCulture))], cancellationToken));
            if (answer is null) yield break;
            reader = new(await answer.Content.ReadAsStreamAsync(cancellationToken));
            var (number, kind) = (0L, "");
            while (await TriedAsync(() => reader.ReadLineAsync(cancellationToken).AsTask()) is { } line)
            {
                if (line.StartsWith("id: ", StringComparison.Ordinal)) number = long.Parse(line.AsSpan(4), System.Globalization.CultureInfo.InvariantCulture);
                else if (line.StartsWith("event: ", StringComparison.Ordinal)) kind = line[7..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal)) yield return new(number, kind, JsonSerializer.Deserialize<JsonElement>(line.AsSpan(6)));
            }
        }
        finally
        {
            reader?.Dispose();
            answer?.Dispose();
        }
    }

    /// <summary>The answer, or null where the connection broke or the server is away for the moment.</summary>
    private static async Task<T?> TriedAsync<T>(Func<Task<T?>> work)
        where T : class
    {
        try
        {
            return await work();
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or VarveApiException { Status: 503 or 502 or 429 })
        {
            return null;
        }
    }
}
