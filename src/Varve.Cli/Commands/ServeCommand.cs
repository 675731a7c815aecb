using System.Collections;
using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Varve.Cli.Demo;
using Varve.Cli.Render;
using Varve.Server;
using Varve.Server.Access;
using Varve.Server.Configuration;
using Varve.Server.Connections;
using Varve.Server.Runs;

namespace Varve.Cli.Commands;

/// <summary><c>varve serve</c>.</summary>
internal static class ServeCommand
{
    private static readonly Option<string?> Listen = new("--listen")
    {
        HelpName = "URL",
        Description = $"Where to listen. Default: {ServeSettings.DefaultListen}",
    };

    private static readonly Option<string?> Home = new("--home")
    {
        HelpName = "URL",
        Description = $"The server's own database (also VARVE_HOME). Default: {ServeSettings.DefaultHome}",
    };

    private static readonly Option<string?> Config = new("--config")
    {
        HelpName = "FILE",
        Description = "Its configuration: the databases that it keeps, and how it listens",
    };

    private static readonly Option<bool> Demonstration = new("--demo")
    {
        Description = "Also keep a year of real flights and weather, moved to end today, in a folder of its own",
    };

    internal static Command Create() =>
        new CliCommand(
            "serve",
            "Keep tables in shape by their schedules, with an HTTP API and pages",
            [Listen, Home, Config, Demonstration, CommonOptions.Db, CommonOptions.Debug],
            ActAsync
        )
        {
            Examples = ["varve serve --demo", "varve serve --db duckdb:metrics.duckdb", "varve serve --config /etc/varve/serve.yaml"],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var settings = ServeFile.Read(call.Parse.GetValue(Config), call.Parse.GetValue(Listen), call.Parse.GetValue(Home), Variables());
        var demo = call.Parse.GetValue(Demonstration) ? await ServedDemo.MakeAsync(call.Cancellation) : null;
        List<ConnectionSetting> typed =
        [
            .. call.HasDatabase ? [Typed(call)] : Array.Empty<ConnectionSetting>(),
            .. demo is not null ? [demo.Setting] : Array.Empty<ConnectionSetting>(),
        ];
        settings = With(settings, typed);
        await using var server = await VarveServer.StartAsync(settings, TimeProvider.System, Log, call.Cancellation);
        await TellAsync(call.Screen, server, settings, call.Cancellation);
        if (demo is not null)
            await demo.BeginAsync(server.Services, call.Cancellation);
        var signals = Signals.Current!;
        signals.IsGraceful = true;
        await UntilAsync(signals.Stopping);
        await server.StopAsync(signals.Cancelled);
        call.Screen.Line(new Span("Stopped.", Palette.Dim));
        return ExitCode.Done;
    }

    private static async Task TellAsync(Screen screen, VarveServer server, ServeSettings settings, CancellationToken cancellation)
    {
        screen.Line(new Span("Varve serves  ", Palette.Dim), server.Address.ToString());
        screen.Line(
            new Span("sign in       ", Palette.Dim),
            new Span((await server.LoginAsync(cancellation)).ToString(), Palette.Bold),
            new Span("  once, within 30 minutes", Palette.Dim)
        );
        screen.Line(new Span("home          ", Palette.Dim), settings.Home.ToString());
        screen.Line(
            new Span("keeps         ", Palette.Dim),
            settings.Connections.Count == 0
                ? new Span(
                    $"no database yet: add --db duckdb:metrics.duckdb, {ServeFile.ConnectionPrefix}NAME, or `connections:` of --config FILE",
                    Palette.Warn
                )
                : string.Join(", ", settings.Connections.Select(c => c.Name))
        );
        screen.Out.Flush();
    }

    private static async Task UntilAsync(CancellationToken stopping)
    {
        var asked = new TaskCompletionSource();
        await using var registration = stopping.Register(() => asked.SetResult());
        await asked.Task;
    }

    /// <summary>What was typed stays, whatever the file says later.</summary>
    private static ServeSettings With(ServeSettings settings, IReadOnlyList<ConnectionSetting> typed) =>
        settings with
        {
            Connections = [.. settings.Connections, .. typed],
            Again = settings.Again is { } again ? () => With(again(), typed) : null,
        };

    private static ConnectionSetting Typed(CommandContext call)
    {
        var url = DatabaseOpener.Url(call.Parse.GetValue(CommonOptions.Db));
        var name = url.Path.Length > 0 ? Path.GetFileNameWithoutExtension(url.Path) : url.Database ?? url.Scheme;
        return new(
            new([.. name.Where(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')]),
            url,
            ConnectionSetting.DefaultTenant,
            1,
            ConnectionSetting.CommandLine
        );
    }

    private static Dictionary<string, string> Variables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(v => (string)v.Key, v => (string?)v.Value ?? "");

    private static void Log(ILoggingBuilder logging)
    {
        logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning);

        // It warns that keys of open forms lie in a shared home as they are, which is how a home keeps them: see docs/serve.md.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
    }
}
