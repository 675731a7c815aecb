using System.Globalization;

namespace Varve.Server.Api;

/// <summary>Which revision a write is about.</summary>
internal static class Preconditions
{
    /// <summary>The revision that was read, by If-Match; 0 by If-None-Match: * for one that must not be there yet.</summary>
    /// <exception cref="PolicyException">Neither was sent, or it is no revision.</exception>
    internal static int Revision(HttpContext http, bool mayBeNew)
    {
        if (mayBeNew && http.Request.Headers.IfNoneMatch == "*")
            return 0;
        string? match = http.Request.Headers.IfMatch;
        if (match is null)
            throw new PolicyException(
                ServerCodes.NoPrecondition,
                $"Say which revision you read: If-Match: \"3\", its ETag{(mayBeNew ? ", or If-None-Match: * for a new one" : "")}."
            );
        return int.TryParse(match.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            ? revision
            : throw new PolicyException(ServerCodes.Changed, $"If-Match: {match} is no ETag of a revision.");
    }
}
