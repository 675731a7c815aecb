using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Varve.Server.Tests.Leading;

/// <summary>The way to a server, which a test pulls out and puts in again: connections end, and new ones are refused.</summary>
internal sealed class Cable(string host, int port) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Its own end.</summary>
    internal int Port { get; private set; }

    internal void Plug()
    {
        _listener = new(IPAddress.Loopback, Port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(_listener);
    }

    internal async Task PullAsync()
    {
        _listener?.Stop();
        await _accepting;
        foreach (var socket in _open.Keys)
            socket.Close(0);
        _open.Clear();
    }

    public async ValueTask DisposeAsync() => await PullAsync();

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
                _ = CarryAsync(await listener.AcceptSocketAsync());
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            // It was pulled.
        }
    }

    private async Task CarryAsync(Socket near)
    {
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
        (_open[near], _open[far]) = (true, true);
        try
        {
            await far.ConnectAsync(host, port);
            await Task.WhenAny(CopyAsync(near, far), CopyAsync(far, near));
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // One of both ended.
        }
        finally
        {
            near.Close(0);
            _open.TryRemove(near, out _);
            _open.TryRemove(far, out _);
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var bytes = new byte[16_384];
        while (await from.ReceiveAsync(bytes) is var count and > 0)
            await to.SendAsync(bytes.AsMemory(0, count));
    }
}
