using System.Text.RegularExpressions;

namespace Varve.Tests;

/// <summary>Links between the pages of the repository lead somewhere.</summary>
public sealed partial class DocsLinks
{
    [Fact]
    public void Every_link_has_its_page_and_its_heading() =>
        HouseRulesSource.Hold(
            "A link names a file of the repository, and a heading or an anchor of it.",
            from page in Pages()
            from link in Link().Matches(File.ReadAllText(page)).Select(m => m.Groups["to"].Value)
            where !link.Contains("://", StringComparison.Ordinal) && !Leads(page, link)
            select $"{Path.GetRelativePath(HouseRulesSource.Root, page)}: {link}"
        );

    private static IEnumerable<string> Pages() =>
        Directory.GetFiles(HouseRulesSource.Root, "*.md").Concat(Directory.GetFiles(Path.Combine(HouseRulesSource.Root, "docs"), "*.md"));

    private static bool Leads(string page, string link)
    {
        var (file, anchor) = link.Split('#') is [var first, var second] ? (first, second) : (link, null);
        var target = file.Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, file));
        if (!File.Exists(target) && !Directory.Exists(target))
            return false;
        if (anchor is null)
            return true;
        var text = File.ReadAllText(target);
        return text.Contains($"<a id=\"{anchor}\"></a>", StringComparison.Ordinal)
            || Heading().Matches(text).Any(m => Anchor(m.Groups["text"].Value) == anchor);
    }

    // As the usual renderers make it: lower case, no punctuation, hyphens for blanks.
    private static string Anchor(string heading) => Punctuation().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (?<text>.+?)\r?$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N}\- _]")]
    private static partial Regex Punctuation();
}
