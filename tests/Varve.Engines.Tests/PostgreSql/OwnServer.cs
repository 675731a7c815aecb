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
    private string? _disk;

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
        await OwnAsync(server._folder);
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

    /// <summary>A server that follows this one.</summary>
    public async Task<OwnServer> FollowedAsync()
    {
        var standby = new OwnServer(_programs, FreePort());
        await OwnAsync(standby._folder);
        await standby.ControlAsync(
            "pg_basebackup",
            "-d",
            FormattableString.Invariant($"host=127.0.0.1 port={_port} user=varve"),
            "-D",
            standby.Data,
            "--write-recovery-conf",
            "--checkpoint=fast"
        );
        return standby;
    }

    /// <summary>A file in the folder of its data, which nobody else reads.</summary>
    public async Task<string> WriteAsync(string name, string text)
    {
        var file = Path.Combine(Data, name);
        await File.WriteAllTextAsync(file, text);
        await RunAsync("chmod", "600", file);
        await OwnAsync(file);
        return file;
    }

    /// <summary>A folder for a tablespace that is a file system of its own; the test is skipped where none may be mounted.</summary>
    public async Task<string> SmallDiskAsync(int megabytes)
    {
        _disk = Path.Combine(_folder, "small");
        Directory.CreateDirectory(_disk);
        if (!await TryAsync("mount", "-t", "tmpfs", "-o", FormattableString.Invariant($"size={megabytes}m"), "tmpfs", _disk))
        {
            _disk = null;
            Assert.Skip("A file system of a few megabytes cannot be mounted here.");
        }

        await OwnAsync(_disk);
        return _disk;
    }

    /// <summary>Makes room on the small disk.</summary>
    public Task ResizeAsync(int megabytes) => RunAsync("mount", "-o", FormattableString.Invariant($"remount,size={megabytes}m"), _disk!);

    /// <param name="settings">Settings of the server, as its command line takes them.</param>
    public Task UpAsync(string settings = "") =>
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
            FormattableString.Invariant(
                $"-p {_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder} -c fsync=off {settings}"
            ),
            "start"
        );

    /// <param name="mode">fast ends every session; immediate is a crash.</param>
    public Task DownAsync(string mode) => ControlAsync("pg_ctl", "-D", Data, "-m", mode, "-w", "stop");

    public async ValueTask DisposeAsync()
    {
        await TryControlAsync("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");
        if (_disk is not null)
            await RunAsync("umount", _disk);
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
    private static Task OwnAsync(string path) => Environment.UserName == "root" ? RunAsync("chown", "postgres", path) : Task.CompletedTask;

    private async Task ControlAsync(string program, params string[] arguments) =>
        Assert.True(await TryControlAsync(program, arguments), $"{program} {string.Join(' ', arguments)} failed");

    private Task<bool> TryControlAsync(string program, params string[] arguments) =>
        Environment.UserName == "root"
            ? TryAsync("runuser", ["-u", "postgres", "--", Path.Combine(_programs, program), .. arguments])
            : TryAsync(Path.Combine(_programs, program), arguments);

    private static async Task RunAsync(string program, params string[] arguments) =>
        Assert.True(await TryAsync(program, arguments), $"{program} {string.Join(' ', arguments)} failed");

    // What the server itself writes would keep a pipe open for as long as it runs.
    private static async Task<bool> TryAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("bash", ["-c", "cd / && exec \"$@\" >/dev/null 2>&1 </dev/null", "bash", program, .. arguments])
        )!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
