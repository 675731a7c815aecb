using System.Runtime.InteropServices;

namespace Varve.Benchmarks;

/// <summary>The command line as it is published for this platform.</summary>
internal static class Published
{
    public static async Task<string> ProgramAsync(Options options)
    {
        var folder = Path.Combine(options.Folder, "cli");
        var project = Path.Combine(Root(), "src", "Varve.Cli");
        await Fresh.ReadAsync("dotnet", ["publish", project, "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "--self-contained", "false", "-o", folder, "-p:NuGetLockFilePath=obj/start.lock.json", "--verbosity", "quiet"]);
        return Path.Combine(folder, OperatingSystem.IsWindows() ? "varve.exe" : "varve");
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Varve.slnx"))) return folder.FullName;
        throw new InvalidOperationException("The published command line is measured inside of the repository only.");
    }
}
