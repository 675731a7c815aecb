using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Varve.Benchmarks;

/// <summary>The command line as it is published: compiled ahead.</summary>
internal static class Published
{
    /// <summary>Publishes it, and answers where the program is.</summary>
    public static async Task<string> MakeAsync(Options options)
    {
        var folder = Path.Combine(options.Folder, "cli");
        var project = Path.Combine(Root(), "src", "Varve.Cli");
        await Fresh.ReadAsync(
            "dotnet",
            [
                "publish",
                project,
                "-c",
                "Release",
                "-r",
                RuntimeInformation.RuntimeIdentifier,
                "--self-contained",
                "false",
                "-o",
                folder,
                "-p:NuGetLockFilePath=obj/start.lock.json",
                "--verbosity",
                "quiet",
            ]
        );
        return Path.Combine(folder, OperatingSystem.IsWindows() ? "varve.exe" : "varve");
    }

    /// <summary>How long it takes until it has answered, and what the processors spent on it.</summary>
    public static async Task<Measured> AnswerAsync(string program, params IReadOnlyList<string> args)
    {
        var before = Measured.Children();
        using var process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardOutput = true })!;
        var begun = Stopwatch.GetTimestamp();
        var answer = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', args)} ended with {process.ExitCode}: {answer}");
        return new(Stopwatch.GetElapsedTime(begun).TotalSeconds, Measured.Children() - before, 0, 0, []);
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Varve.slnx")))
                return folder.FullName;
        throw new InvalidOperationException("The command line is published and measured inside of the repository only.");
    }
}
