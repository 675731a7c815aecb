using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Varve.Engines;

namespace Varve.S3;

/// <summary>
/// What an object store, or the way to it, refuses, as Varve's errors. Only codes are taken over, never texts: these may hold
/// names of keys.
/// </summary>
internal static class S3Errors
{
    private static readonly HashSet<string> s_credentials = new(StringComparer.Ordinal)
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "TokenRefreshRequired",
        "InvalidToken",
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "RequestTimeTooSkewed",
    };

    public static async Task<T> AskAsync<T>(string place, Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask();
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && Read(place, error) is { } known)
        {
            throw known;
        }
    }

    /// <summary>True where an answer says that there is no such object.</summary>
    public static bool IsMissing(AmazonS3Exception error) =>
        error.StatusCode == HttpStatusCode.NotFound && error.ErrorCode != "NoSuchBucket";

    private static EngineException? Read(string place, Exception error)
    {
        (string Code, string What, bool Transient)? told = error switch
        {
            AmazonS3Exception { ErrorCode: "NoSuchBucket" } => (
                EngineCodes.NoArchive,
                "there is no such bucket. Make it, or declare another location",
                false
            ),
            AmazonServiceException known when s_credentials.Contains(known.ErrorCode ?? "") => (
                EngineCodes.ArchiveRefused,
                $"it does not take the credentials ({known.ErrorCode}). They come from the environment: renew them there",
                false
            ),
            AmazonServiceException { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized } known => (
                EngineCodes.ArchiveRefused,
                $"it is forbidden ({known.ErrorCode}). Give these credentials the right to list, read, write and delete below that prefix",
                false
            ),
            AmazonServiceException known => (
                EngineCodes.ArchiveRefused,
                $"it answered {(int)known.StatusCode} {known.ErrorCode}",
                IsTransient(known)
            ),
            AmazonClientException => (
                EngineCodes.ArchiveRefused,
                "there are no credentials, or it could not be asked. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile, where Varve runs",
                false
            ),
            HttpRequestException or IOException or System.Net.Sockets.SocketException or OperationCanceledException => (
                EngineCodes.ArchiveRefused,
                "the connection broke",
                true
            ),
            System.Xml.XmlException => (EngineCodes.ArchiveRefused, "it answered something that is not of its protocol", true),
            _ => null,
        };
        return told is { } t ? new(t.Code, $"{place}: {t.What}. Nothing was removed; then run again.", t.Transient, error) : null;
    }

    private static bool IsTransient(AmazonServiceException error) =>
        error.StatusCode is >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or 0
        || error.ErrorCode is "BadDigest" or "SlowDown" or "RequestTimeout" or "XAmzContentSHA256Mismatch";
}
