using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Varve.Server.Tests.Notices;

/// <summary>A stand-in for a mail server: it speaks as much of SMTP as a client needs, and keeps what it got.</summary>
internal sealed class MailDrop : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _work;

    internal MailDrop()
    {
        _listener.Start();
        _work = AcceptAsync();
    }

    internal ConcurrentQueue<string> Got { get; } = new();

    /// <summary>What it says to a message.</summary>
    internal string Answer { get; set; } = "250 taken";

    internal Uri Url => new($"smtp://{_listener.LocalEndpoint}");

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _work;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await SpeakAsync(client);
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException or IOException)
        {
            // It was stopped, or a client went away.
        }
    }

    private async Task SpeakAsync(TcpClient client)
    {
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        await using var writer = new StreamWriter(stream) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 stand-in");
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("DATA", StringComparison.Ordinal))
            {
                await writer.WriteLineAsync("354 go on");
                List<string> lines = [];
                while (await reader.ReadLineAsync() is { } part && part != ".")
                    lines.Add(part);
                Got.Enqueue(string.Join('\n', lines));
                await writer.WriteLineAsync(Answer);
            }
            else
            {
                await writer.WriteLineAsync(line.StartsWith("QUIT", StringComparison.Ordinal) ? "221 bye" : "250 stand-in");
                if (line.StartsWith("QUIT", StringComparison.Ordinal))
                    return;
            }
        }
    }
}
