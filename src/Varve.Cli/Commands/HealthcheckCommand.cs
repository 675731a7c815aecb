using System.CommandLine;
using System.Net.Security;
using Varve.Cli.Render;
using Varve.Server.Configuration;

namespace Varve.Cli.Commands;

/// <summary><c>varve healthcheck</c>.</summary>
internal static class HealthcheckCommand
{
    // A probe that takes longer is no better than one that fails.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private static readonly Option<string> Url = new("--url")
    {
        HelpName = "URL",
        Description = $"Where the server listens, with its base path",
        DefaultValueFactory = _ => ServeSettings.DefaultListen,
    };

    internal static Command Create() =>
        new CliCommand(
            "healthcheck",
            "Ask whether a server is ready: exit code 0, or 1. For containers",
            [Url, CommonOptions.Debug],
            ActAsync
        )
        {
            Examples = ["varve healthcheck", "varve healthcheck --url https://127.0.0.1:8642/varve"],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var text = call.Parse.GetValue(Url)!;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new PolicyException(WorkCodes.Usage, $"\"{text}\" is no address of a server. Write {ServeSettings.DefaultListen}.");
        using var client = new HttpClient(Handler(url)) { Timeout = s_patience };
        var answer = await AskAsync(client, new Uri($"{url.GetLeftPart(UriPartial.Path).TrimEnd('/')}/health/ready"), call.Cancellation);
        if (answer is null)
        {
            call.Screen.Line("ready");
            return ExitCode.Done;
        }

        call.Screen.Warn(new("not ready  ", Palette.Bad), answer);
        return ExitCode.NotReady;
    }

    /// <summary>Why it is not ready; null where it is.</summary>
    private static async Task<string?> AskAsync(HttpClient client, Uri url, CancellationToken cancellation)
    {
        try
        {
            using var answer = await client.GetAsync(url, cancellation);
            return answer.IsSuccessStatusCode
                ? null
                : $"{url} answers {(int)answer.StatusCode}: {(await answer.Content.ReadAsStringAsync(cancellation)).Split('\n')[0]}";
        }
        catch (HttpRequestException unreachable)
        {
            return $"{url} does not answer: {unreachable.Message}";
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"{url} did not answer within {s_patience.TotalSeconds:0} seconds.";
        }
    }

    // On the loopback the certificate is of another name, and no secret is sent.
    private static SocketsHttpHandler Handler(Uri url) =>
        url.IsLoopback
            ? new()
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
            }
            : new() { AllowAutoRedirect = false };
}
