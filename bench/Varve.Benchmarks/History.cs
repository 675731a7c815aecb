using System.Diagnostics;
using System.Globalization;

namespace Varve.Benchmarks;

/// <summary>The file of all figures: <c>bench/history.csv</c>.</summary>
internal static class History
{
    public static IReadOnlyList<HistoryLine> Read(string file) => [.. File.ReadLines(file).Skip(1).Select(HistoryLine.Parse)];

    /// <summary>Adds a figure at the end.</summary>
    public static void Add(string file, string what, Figure figure)
    {
        if (!File.Exists(file))
            File.WriteAllText(file, HistoryLine.Head + "\n");
        var day = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        File.AppendAllText(file, HistoryLine.Of(day, s_commit.Value, what, figure).ToText() + "\n");
    }

    private static readonly Lazy<string> s_commit = new(() =>
        Git("rev-parse --short HEAD") + (Git("status --porcelain --untracked-files=no -- src").Length > 0 ? "+" : "")
    );

    private static string Git(string arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true })!;
        var said = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return git.ExitCode == 0 ? said : throw new InvalidOperationException($"git {arguments} ended with {git.ExitCode}");
    }
}
