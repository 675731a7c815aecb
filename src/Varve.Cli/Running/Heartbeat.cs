using System.Text;
using NodaTime;
using Varve.Cli.Commands;
using Varve.Cli.Render;

namespace Varve.Cli.Running;

/// <summary>The sign of life of a run that ended well: a POST, or a file that is written anew.</summary>
internal sealed class Heartbeat
{
    private const string Option = "--heartbeat";
    private const int Tries = 3;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly Uri? _url;
    private readonly string _path;

    private Heartbeat(Uri? url, string path) => (_url, _path) = (url, path);

    internal static Heartbeat To(string place)
    {
        if (!place.Contains("://", StringComparison.Ordinal))
            return new(null, OutputFile.Path(Option, place));
        return Uri.TryCreate(place, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? new(url, "")
            : throw CommonOptions.Usage($"{Option} takes a URL that starts with http:// or https://, or the path of a file.");
    }

    /// <returns>Why it did not arrive; null where it did. The URL is a secret, its host is not.</returns>
    internal async Task<string?> SendAsync(RunOutcome outcome, Instant at)
    {
        var text = $"{HumanText.Stamp(at)}  {RunLine.Of(outcome)}\n";
        if (_url is null)
            return await RunReport.WriteAsync(Option, _path, text);
        using var http = new HttpClient { Timeout = s_patience };
        for (var left = Tries - 1; ; left--)
        {
            var said = await PostAsync(http, _url, text);
            if (said is null || left == 0)
                return said is null ? null : $"{Option}: {_url.Host} did not take it: {said}.";
            await Task.Delay(s_pause);
        }
    }

    private static async Task<string?> PostAsync(HttpClient http, Uri url, string text)
    {
        try
        {
            using var content = new StringContent(text, Encoding.UTF8, "text/plain");
            using var answer = await http.PostAsync(url, content, CancellationToken.None);
            return answer.IsSuccessStatusCode
                ? null
                : $"HTTP status {((int)answer.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture)}";
        }
        catch (HttpRequestException error)
        {
            return error.Message.TrimEnd('.', ' ');
        }
        catch (TaskCanceledException)
        {
            return $"no answer within {HumanText.Time(Duration.FromTimeSpan(s_patience))}";
        }
    }
}
