using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using Varve.Client;
using Varve.Engines;
using Varve.Policies;

namespace Varve.Cli.Backends;

/// <summary>What a server refused, as the error that the library would have raised: the same code, and the same exit code.</summary>
internal static class ServerErrors
{
    private const int Unauthorized = 401;
    private const int Forbidden = 403;

    /// <summary>A refusal.</summary>
    internal static VarveException Of(VarveApiException refused, Uri server, SentDocuments? sent)
    {
        var problem = refused.Problem;
        if (problem.Code.Length == 0)
            return new EngineException(ServerCodes.Unreachable, $"{server}: {problem.Detail}", inner: refused);
        return refused.Status switch
        {
            Unauthorized => new PolicyException(
                problem.Code,
                $"{server} does not take this token: it was revoked, it has expired, or it is of another server. Make one on the server's page Access.",
                refused
            ),
            Forbidden => new PolicyException(
                problem.Code,
                $"{problem.Detail} Ask for a token of that role, or somebody who has one.",
                refused
            ),
            _ => Of(
                problem.ExitCode,
                problem.Code,
                problem.Detail,
                [.. (problem.Errors ?? []).Select(p => Problem(p, sent))],
                problem.Differences ?? [],
                refused
            ),
        };
    }

    /// <summary>An error that a run told.</summary>
    internal static VarveException Of(ErrorBody told) =>
        Of(told.ExitCode, told.Code, told.Message, [.. told.Problems.Select(FromShapes.Problem)], told.Differences, null);

    /// <summary>No answer at all.</summary>
    internal static EngineException Of(HttpRequestException lost, Uri server) =>
        new(
            ServerCodes.Unreachable,
            lost switch
            {
                { InnerException: AuthenticationException trust } =>
                    $"{server}: the certificate of the server does not prove that it is this host ({trust.Message.TrimEnd('.')}). Name the authority that signed it in SSL_CERT_FILE, and the host as the certificate has it.",
                { HttpRequestError: HttpRequestError.NameResolutionError } =>
                    $"{server}: no machine of that name is known. Check the host.",
                { InnerException: SocketException socket } =>
                    $"{server}: nothing takes connections there ({socket.SocketErrorCode}). Check host and port, and that varve serve runs.",
                _ => $"{server}: the connection failed ({lost.Message.TrimEnd('.')}). Check the address, and that varve serve runs.",
            },
            isTransient: true,
            lost
        );

    /// <summary>An answer that is none, or that broke off.</summary>
    internal static EngineException Unread(Exception unread, Uri server) =>
        new(
            ServerCodes.Unreachable,
            $"{server} answered what cannot be read ({unread.Message.TrimEnd('.')}). Check that it is a server of Varve, of this version or a newer one.",
            isTransient: unread is IOException,
            unread
        );

    private static VarveException Of(
        int exitCode,
        string code,
        string message,
        IReadOnlyList<Problem> problems,
        IReadOnlyList<string> differences,
        Exception? inner
    ) =>
        exitCode switch
        {
            ExitCode.Usage => problems.Count > 0 ? new PolicyException(problems) : new PolicyException(code, message, inner),
            ExitCode.Stale => new StalePlanException(message, differences),
            ExitCode.Engine => new EngineException(code, message, inner: inner),
            ExitCode.Person => new HaltException(code, message),
            ExitCode.Busy => new BusyException(message, inner),
            _ => new DefectException(inner ?? new InvalidOperationException(message)),
        };

    internal static Problem Problem(Client.Shapes.ProblemPlace place, SentDocuments? sent)
    {
        var problem = new Problem(place.Code, place.Message)
        {
            IsWarning = place.IsWarning,
            Path = PathOf(place.Pointer),
            Position = place.Line is { } line ? new("", line, place.Column ?? 1) : null,
        };
        return sent?.Located(problem) ?? problem;
    }

    /// <summary><c>/tiers/1/every</c> as <c>tiers[1].every</c>.</summary>
    internal static string PathOf(string pointer) =>
        pointer.Length == 0
            ? ""
            : string.Concat(
                    pointer[1..]
                        .Split('/')
                        .Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))
                        .Select(part =>
                            int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? $"[{part}]" : $".{part}"
                        )
                )
                .TrimStart('.');
}
