using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Varve.Benchmarks;

/// <summary>How long it takes until the published command line has answered.</summary>
internal static class StartCase
{
    public static async IAsyncEnumerable<Figure> MeasureAsync(Options options)
    {
        var folder = Path.Combine(options.Folder, "cli");
        var project = Path.Combine(Root(), "src", "Varve.Cli");
        await Fresh.ReadAsync("dotnet", ["publish", project, "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "--self-contained", "false", "-o", folder, "-p:NuGetLockFilePath=obj/start.lock.json", "--verbosity", "quiet"]);
        var program = Path.Combine(folder, OperatingSystem.IsWindows() ? "varve.exe" : "varve");
        foreach (var word in new[] { "--version", "--help" })
        {
            var least = await Fresh.InTurnAsync(10 * options.Rounds, () => AnswerAsync(program, word));
            yield return new($"start, {word}") { Seconds = least[0].Seconds };
        }
    }

    private static async Task<Measured> AnswerAsync(string program, string word)
    {
        var begun = Stopwatch.GetTimestamp();
        await Fresh.ReadAsync(program, [word]);
        return new(Stopwatch.GetElapsedTime(begun).TotalSeconds, 0, 0, 0, []);
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Varve.slnx"))) return folder.FullName;
        throw new InvalidOperationException("The start of the command line is measured inside of the repository only.");
    }
}
