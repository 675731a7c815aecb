using System.Reflection;
using System.Runtime.InteropServices;
using NodaTime;
using Varve.Cli.Json;
using Varve.Cli.Render;
using Varve.DuckDb;

namespace Varve.Cli.Commands;

/// <summary><c>varve version</c>.</summary>
internal static class VersionCommand
{
    internal static string Own { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    internal static System.CommandLine.Command Create() =>
        new CliCommand(
            "version",
            "Show the versions of Varve and of all that is inside",
            [CommonOptions.Output, CommonOptions.Debug],
            ActAsync
        )
        {
            Examples = ["varve version", "varve version --output json"],
        };

    private static async Task<int> ActAsync(CommandContext call)
    {
        var shape = new VersionShape(
            Own,
            (await DuckDbDatabase.EngineVersionAsync(call.Cancellation)).TrimStart('v'),
            Environment.Version.ToString(),
            DateTimeZoneProviders.Tzdb.VersionId,
            RuntimeInformation.RuntimeIdentifier
        );
        if (call.IsJson)
        {
            call.Print(shape);
            return ExitCode.Done;
        }

        (string Name, string Version)[] lines =
        [
            ("varve", shape.Varve),
            ("DuckDB", shape.DuckDb),
            (".NET", shape.Runtime),
            ("time zones", shape.ZoneData),
            ("platform", shape.Platform),
        ];
        foreach (var (name, version) in lines)
            call.Screen.Line(new Span($"{name,-11}", Palette.Dim), version);
        return ExitCode.Done;
    }
}
