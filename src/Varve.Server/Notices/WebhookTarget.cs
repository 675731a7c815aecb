using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Varve.Server.Notices;

/// <summary>Posts a notice as JSON, signed with a secret that both sides have.</summary>
/// <remarks><c>Varve-Signature: t=1767225600,v1=HEX</c>: HMAC-SHA256 over the time, a dot and the body, so that an old one cannot be sent
/// again.</remarks>
internal sealed class WebhookTarget(string name, NoticeFilter filter, Uri url, string secret, HttpClient client, TimeProvider clock)
    : INoticeTarget
{
    public string Name => name;

    public NoticeFilter Filter => filter;

    public async Task<string?> SendAsync(string id, Notice notice, string body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Varve-Delivery", id);
        request.Headers.Add("Varve-Event", notice.Kind.ToString().ToLowerInvariant());
        request.Headers.Add("Varve-Signature", Sign(secret, clock.GetUtcNow().ToUnixTimeSeconds(), body));
        try
        {
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return answer.IsSuccessStatusCode ? null : string.Create(CultureInfo.InvariantCulture, $"it answered {(int)answer.StatusCode}");
        }
        catch (HttpRequestException unreachable)
        {
            return unreachable.Message;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "it did not answer in time";
        }
    }

    internal static string Sign(string secret, long at, string body) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"t={at},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{at}.{body}"))))}"
        );
}
