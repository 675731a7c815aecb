using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>A PostgreSQL server of one test, which may be stopped and started; its data are in a folder that goes with it.</summary>
public sealed class OwnServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("varve-server-").FullName;
    private readonly string _programs;
    private readonly int _port;

    private OwnServer(string programs, int port) => (_programs, _port) = (programs, port);

    public string Url => FormattableString.Invariant($"postgresql://varve@127.0.0.1:{_port}/postgres");

    /// <summary>Without the programs of a server the test is skipped, and where it runs for a change that lands it fails.</summary>
    public static async Task<OwnServer> StartAsync()
    {
        var programs = Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .GetDirectories("/usr/lib/postgresql")
                .Order(StringComparer.Ordinal)
                .Select(d => Path.Combine(d, "bin"))
                .LastOrDefault(d => File.Exists(Path.Combine(d, "initdb")))
            : null;
        if (programs is null)
        {
            if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 })
                Assert.Fail("There is no initdb under /usr/lib/postgresql: test.sh installs it.");
            Assert.Skip("There is no initdb under /usr/lib/postgresql: test.sh installs it.");
        }

        var server = new OwnServer(programs, FreePort());
        if (Environment.UserName == "root")
            await RunAsync("chown", "postgres", server._folder);
        await server.ControlAsync(
            "initdb",
            "-D",
            server.Data,
            "-U",
            "varve",
            "--auth=trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync"
        );
        await server.UpAsync();
        return server;
    }

    public Task UpAsync() =>
        ControlAsync(
            "pg_ctl",
            "-D",
            Data,
            "-l",
            Path.Combine(_folder, "log"),
            "-w",
            "-t",
            "60",
            "-o",
            FormattableString.Invariant($"-p {_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder} -c fsync=off"),
            "start"
        );

    /// <param name="mode">fast ends every session; immediate is a crash.</param>
    public Task DownAsync(string mode) => ControlAsync("pg_ctl", "-D", Data, "-m", mode, "-w", "stop");

    public async ValueTask DisposeAsync()
    {
        await DownAsync("immediate");
        Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // A server does not run as root.
    private Task ControlAsync(string program, params string[] arguments) =>
        Environment.UserName == "root"
            ? RunAsync("runuser", ["-u", "postgres", "--", Path.Combine(_programs, program), .. arguments])
            : RunAsync(Path.Combine(_programs, program), arguments);

    // What the server itself writes would keep a pipe open for as long as it runs.
    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("bash", ["-c", "cd / && exec \"$@\" >/dev/null 2>&1 </dev/null", "bash", program, .. arguments])
        )!;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
