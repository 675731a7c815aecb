using System.Text.RegularExpressions;
using Varve.Policies;

namespace Varve.Tests;

/// <summary>docs/errors.md has a section for each code, and none for a code that does not exist.</summary>
public sealed partial class DocsErrors
{
    [Fact]
    public void Codes_of_policies_are_made_from_the_code() =>
        DocsGenerated.Compare(
            "errors.md",
            PolicyCodes.All.SelectMany(
                (code, index) =>
                    (string[])
                        [
                            .. index == 0 ? Array.Empty<string>() : [""],
                            $"### {code.Code}",
                            "",
                            code.IsWarning ? $"{code.Title} This is a warning: it refuses nothing." : code.Title,
                            "",
                            code.WayOut,
                        ]
            )
        );

    [Fact]
    public void Every_code_of_the_source_has_its_section()
    {
        var used = HouseRulesSource
            .Files("*.cs", "src")
            .SelectMany(f => f.Code)
            .SelectMany(line => Quoted().Matches(line.Text).Select(m => (line.Place, Code: m.Groups["code"].Value)))
            .ToLookup(m => m.Code, m => m.Place);
        var sections = Heading()
            .Matches(File.ReadAllText(Path.Combine(HouseRulesSource.Root, "docs", "errors.md")))
            .Select(m => m.Groups["code"].Value)
            .ToList();
        HouseRulesSource.Hold(
            "Each code has a section in docs/errors.md.",
            used.Where(u => !sections.Contains(u.Key)).Select(u => $"{u.Key} of {u.First()}")
        );
        HouseRulesSource.Hold("Each section of docs/errors.md is about a code that exists.", sections.Where(s => !used.Contains(s)));
        HouseRulesSource.Hold("Each code has one section.", sections.GroupBy(s => s).Where(g => g.Count() > 1).Select(g => g.Key));
    }

    [Fact]
    public void Every_code_is_written_once_as_a_constant()
    {
        var written = HouseRulesSource
            .Files("*.cs", "src")
            .SelectMany(f => f.Code)
            .SelectMany(line => Quoted().Matches(line.Text).Select(m => (line.Place, line.Text, Code: m.Groups["code"].Value)))
            .ToList();
        HouseRulesSource.Hold(
            "A code is a constant; nothing else writes its text.",
            written.Where(w => !w.Text.Contains("const string", StringComparison.Ordinal)).Select(w => $"{w.Code} of {w.Place}")
        );
        HouseRulesSource.Hold(
            "A code has one constant.",
            written.GroupBy(w => w.Code).Where(g => g.Count() > 1).Select(g => $"{g.Key} of {string.Join(" and ", g.Select(w => w.Place))}")
        );
    }

    [GeneratedRegex("\"(?<code>VRV[0-9]{3})\"")]
    private static partial Regex Quoted();

    [GeneratedRegex("^### (?<code>VRV[0-9]{3})\r?$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
