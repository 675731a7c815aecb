using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Varve.Apps.Tests;

/// <summary>What one invocation printed, and how it ended.</summary>
internal sealed record Transcript(int ExitCode, string Out, string Error)
{
    /// <summary>Everything, for messages of failed tests.</summary>
    internal string Text => $"exit {ExitCode}\n{Out}{Error}";
}

/// <summary>The built command line as a child process: what a user gets.</summary>
internal static class Tool
{
    internal static string Dll => CompiledAhead.Of(Built);

    /// <summary>As the build made it.</summary>
    internal static string Built => Path.Combine(Repository, "src", "Varve.Cli", "bin", Configuration, "net10.0", "Varve.Cli.dll");

    internal static string Repository { get; } = Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    internal static Task<Transcript> RunAsync(params IReadOnlyList<string> args) => InAsync(null, args);

    internal static Task<Transcript> InAsync(string? folder, params IReadOnlyList<string> args) => EndAsync(Command(folder, args));

    internal static async Task<Transcript> EndAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token);
        return new(process.ExitCode, await output, await error);
    }

    /// <summary>How it is called, with every stream in the hands of the test.</summary>
    internal static ProcessStartInfo Command(string? folder, IReadOnlyList<string> args)
    {
        var start = new ProcessStartInfo("dotnet", [Dll, .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach (
            var variable in new[]
            {
                "VARVE_DB",
                "VARVE_SCHEMA",
                "VARVE_DEBUG",
                "VARVE_AUDIT_KEY",
                "VARVE_SERVER",
                "VARVE_TOKEN",
                "VARVE_CONNECTION",
            }
        )
            start.Environment.Remove(variable);
        return start;
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
