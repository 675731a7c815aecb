using System.Text.RegularExpressions;

namespace Varve.Apps.Tests;

/// <summary>One fenced block of a page, with what the comments right before it say of it.</summary>
/// <param name="Page">From the root of the repository on, with slashes.</param>
/// <param name="Line">The line of its fence.</param>
/// <param name="Language">What stands behind the fence; empty for nothing.</param>
/// <param name="Marks">Comments such as <c>file: cpu.yaml</c> or <c>exit: 5</c>, by their first word.</param>
/// <param name="Text">Its lines, each ended.</param>
internal sealed partial record DocsBlock(string Page, int Line, string Language, IReadOnlyDictionary<string, string> Marks, string Text)
{
    internal const string DuckDb = "DuckDB";

    internal const string PostgreSql = "PostgreSQL";

    internal string Place => FormattableString.Invariant($"{Page}:{Line}");

    /// <summary>What a mark says; null where the block does not have it.</summary>
    internal string? this[string mark] => Marks.GetValueOrDefault(mark);

    internal static IReadOnlyList<string> Pages { get; } =
    [
        .. new[] { "README.md" }
            .Concat(Directory.GetFiles(Path.Combine(Tool.Repository, "docs"), "*.md").Select(Relative))
            .Concat(Directory.GetFiles(Path.Combine(Tool.Repository, "samples"), "README.md", SearchOption.AllDirectories).Select(Relative))
            .Order(StringComparer.Ordinal),
    ];

    internal static IReadOnlyList<DocsBlock> Of(string page)
    {
        List<DocsBlock> blocks = [];
        Dictionary<string, string> marks = [];
        var lines = File.ReadAllLines(Path.Combine(Tool.Repository, page));
        for (var i = 0; i < lines.Length; i++)
        {
            if (Mark().Match(lines[i]) is { Success: true } mark)
                marks[mark.Groups["name"].Value] = mark.Groups["value"].Value;
            else if (lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                var body = lines.Skip(i + 1).TakeWhile(line => line != "```").ToList();
                blocks.Add(new(page, i + 1, lines[i][3..].Trim(), marks, string.Concat(body.Select(line => line + "\n"))));
                i += body.Count + 1;
                marks = [];
            }
            else if (lines[i].Length > 0)
                marks = [];
        }

        return blocks;
    }

    private static string Relative(string path) => Path.GetRelativePath(Tool.Repository, path).Replace('\\', '/');

    [GeneratedRegex("^<!-- (?<name>file|sql|exit|output|part of|not run|on)(: (?<value>.+?))? -->$")]
    private static partial Regex Mark();
}
