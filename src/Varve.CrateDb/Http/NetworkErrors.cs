using System.Net.Sockets;
using System.Security.Authentication;
using Varve.Engines;

namespace Varve.CrateDb.Http;

/// <summary>What the network says, as Varve's errors. Nothing that was typed is in them but hosts and ports.</summary>
internal static class NetworkErrors
{
    /// <summary>True for what a host or the way to it did, and no caller.</summary>
    public static bool IsNetwork(Exception error) =>
        error is HttpRequestException or IOException or SocketException or InvalidDataException;

    /// <summary>True where a session's only connection had ended before the request.</summary>
    public static bool IsGone(Exception error) => Chain(error).OfType<ConnectionGoneException>().Any();

    /// <summary>Why a host could not be talked to; nothing was sent to it.</summary>
    public static EngineException NotReached(DatabaseHost host, Exception error)
    {
        if (Chain(error).OfType<AuthenticationException>().FirstOrDefault() is { } unsafely)
        {
            return new EngineException(
                ServerCodes.Unsafe,
                $"{host.Text} cannot be talked to safely: {Line(unsafely)} Name its authority with ssl_ca=FILE, or the host as its "
                    + $"certificate has it; where the server has no TLS, leave ssl=true out.",
                inner: error
            );
        }

        var socket = Chain(error).OfType<SocketException>().FirstOrDefault();
        var (why, later) = socket?.SocketErrorCode switch
        {
            SocketError.HostNotFound or SocketError.NoData => ("no such host is known", false),
            SocketError.TryAgain => ("its name could not be looked up", true),
            SocketError.ConnectionRefused => ("nothing listens there", true),
            SocketError.HostUnreachable or SocketError.NetworkUnreachable => ("there is no way to it", true),
            _ when error is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => (
                "what answers does not speak HTTP; a server with TLS needs ssl=true",
                false
            ),
            _ when error is OperationCanceledException => ("it took the connection and did not answer in time", true),
            _ => ("the connection could not be made, or was cut", true),
        };
        return new EngineException(ServerCodes.Unreachable, $"{host.Text}: {why}.", later, error);
    }

    /// <summary>No host is left; each with its reason.</summary>
    public static EngineException NobodyReached(string cluster, IReadOnlyList<EngineException> reasons)
    {
        var codes = reasons.Select(r => r.Code).Distinct().ToList();
        var text = string.Join(" ", reasons.Select(r => r.Message));
        return codes is [not ServerCodes.Unreachable]
            ? new EngineException(codes[0], text, reasons.Any(r => r.IsTransient), reasons[0])
            : new EngineException(
                ServerCodes.Unreachable,
                $"No server of {cluster} answers. {text} Check host and port, and that the server runs.",
                reasons.Any(r => r.IsTransient),
                reasons[0]
            );
    }

    /// <summary>A statement was sent and its answer never came, or not all of it.</summary>
    public static EngineException AnswerLost(string cluster, DatabaseHost host, Exception error)
    {
        var what =
            error is OperationCanceledException
                ? "did not answer within the time limit of the client (timeout=… in the URL)"
                : "ended the connection";
        return new(
            ServerCodes.AnswerLost,
            $"{cluster}: {host.Text} {what} after a statement was sent. Whether it was done is not known.",
            isTransient: true,
            error
        );
    }

    private static string Line(Exception error) => $"{error.Message.Split('\n')[0].Trim().TrimEnd('.')}.";

    private static IEnumerable<Exception> Chain(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
            yield return error;
    }
}
