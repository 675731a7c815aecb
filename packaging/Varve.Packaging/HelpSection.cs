using System.Text.RegularExpressions;

namespace Varve.Packaging;

/// <summary>One command on the page of all commands.</summary>
/// <param name="Command">As it is typed: <c>varve policy hold</c>.</param>
/// <param name="Parts">The lines under each of its titles.</param>
internal sealed partial record HelpSection(string Command, IReadOnlyDictionary<string, IReadOnlyList<string>> Parts)
{
    /// <summary>What it does, in one line.</summary>
    internal string Description => string.Join(' ', this["Description"].Select(l => l.Trim()));

    /// <summary>The lines under a title; none where it has none.</summary>
    internal IReadOnlyList<string> this[string title] => Parts.GetValueOrDefault(title) ?? [];

    /// <summary>The commands of a page, in its order.</summary>
    internal static IReadOnlyList<HelpSection> Of(string page) => [.. page.ReplaceLineEndings("\n").Split("\n## ").Skip(1).Select(Read)];

    /// <summary>The last paragraph before the first command: what exit codes mean.</summary>
    internal static string Preface(string page) => page.ReplaceLineEndings("\n").Split("\n## ")[0].Trim().Split("\n\n")[^1];

    /// <summary>What is under a title, term by term: what wraps is one text again.</summary>
    internal IReadOnlyList<(string Term, string Said)> Entries(string title)
    {
        List<(string Term, string Said)> entries = [];
        foreach (var line in this[title])
        {
            var match = Entry().Match(line);
            if (match.Success)
                entries.Add((match.Groups["term"].Value, match.Groups["said"].Value));
            else if (entries.Count > 0)
                entries[^1] = (entries[^1].Term, $"{entries[^1].Said} {line.Trim()}".Trim());
            else
                throw new PackagingException($"{Command}: under {title} there is a line that belongs to nothing: {line}");
        }

        return entries;
    }

    private static HelpSection Read(string text)
    {
        Dictionary<string, IReadOnlyList<string>> parts = [];
        var lines = text.Split('\n');
        List<string>? under = null;
        foreach (var line in lines.Skip(1).Where(l => l.Trim().Length > 0))
        {
            if (Title().Match(line) is { Success: true } title)
                parts[title.Groups["title"].Value] = under = [];
            else if (under is null)
                throw new PackagingException($"{lines[0]}: a line stands under no title: {line}");
            else
                under.Add(line[4..]);
        }

        return new(lines[0].Trim(), parts);
    }

    [GeneratedRegex("^    (?<title>[A-Z][a-z]+):$")]
    private static partial Regex Title();

    // Two blanks before a term, at least two behind it; a line that goes on is indented further.
    [GeneratedRegex("^  (?<term>\\S.*?)(?:  +(?<said>\\S.*))?$")]
    private static partial Regex Entry();
}
