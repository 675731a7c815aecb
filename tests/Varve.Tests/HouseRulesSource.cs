namespace Varve.Tests;

/// <summary>A file of the repository.</summary>
/// <param name="Path">From the root of the repository on, with slashes.</param>
/// <param name="Lines">Its lines.</param>
internal sealed record SourceFile(string Path, string[] Lines)
{
    internal string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The lines that are not a comment as a whole, with their places.</summary>
    internal IEnumerable<(string Place, string Text)> Code =>
        Lines
            .Select((text, index) => (Place: $"{Path}:{index + 1}", Text: text))
            .Where(line => !line.Text.TrimStart().StartsWith("//", StringComparison.Ordinal));
}

/// <summary>The source tree that the tests were built from.</summary>
internal static class HouseRulesSource
{
    internal static string Root { get; } = FindRoot();

    /// <summary>The files below some folders of the repository, without what a build makes.</summary>
    internal static IReadOnlyList<SourceFile> Files(string pattern, params string[] folders) =>
        [
            .. folders
                .Select(folder => Path.Combine(Root, folder))
                .Where(Directory.Exists)
                .SelectMany(folder => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
                .Select(path => (Full: path, Relative: Path.GetRelativePath(Root, path).Replace('\\', '/')))
                .Where(path => !path.Relative.Split('/').Any(part => part is "bin" or "obj" or "artifacts"))
                .OrderBy(path => path.Relative, StringComparer.Ordinal)
                .Select(path => new SourceFile(path.Relative, File.ReadAllLines(path.Full))),
        ];

    /// <summary>Fails with every violation of a rule, one a line.</summary>
    internal static void Hold(string rule, IEnumerable<string> violations)
    {
        var found = violations.Distinct().ToList();
        if (found.Count > 0)
            Assert.Fail($"{rule}\n  {string.Join("\n  ", found)}");
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Varve.slnx")))
        {
            folder =
                Path.GetDirectoryName(folder)
                ?? throw new InvalidOperationException(
                    $"No Varve.slnx above {AppContext.BaseDirectory}: these tests run where the source is."
                );
        }

        return folder;
    }
}
