using System.Text.RegularExpressions;

namespace Varve.Tests;

/// <summary>The rules of docs/semantics.md are those that tests say they prove.</summary>
public sealed partial class HouseRulesOfSemantics
{
    private const string Page = "docs/semantics.md";

    private static readonly IReadOnlyList<string> Rules =
    [
        .. Anchor().Matches(File.ReadAllText(Path.Combine(HouseRulesSource.Root, Page))).Select(m => m.Groups["name"].Value),
    ];

    private static readonly IReadOnlyList<(string Place, string Name)> Proofs =
    [
        .. HouseRulesSource
            .Files("*.cs", "tests")
            .SelectMany(f => f.Code)
            .SelectMany(line => Proof().Matches(line.Text).Select(m => (line.Place, m.Groups["name"].Value))),
    ];

    [Fact]
    public void Every_rule_has_a_test() =>
        HouseRulesSource.Hold(
            $"What {Page} promises is proven: a test says [Rule(\"name\")].",
            Rules.Except(Proofs.Select(p => p.Name)).Select(name => $"{Page}#{name}")
        );

    [Fact]
    public void Every_name_is_a_rule() =>
        HouseRulesSource.Hold(
            $"The name in [Rule(\"name\")] is an anchor of {Page}.",
            Proofs.Where(p => !Rules.Contains(p.Name)).Select(p => $"{p.Place}: {p.Name}")
        );

    [Fact]
    public void No_rule_has_the_name_of_another() =>
        HouseRulesSource.Hold(
            $"An anchor stands once in {Page}, in lower case with hyphens.",
            Rules.GroupBy(name => name).Where(same => same.Count() > 1 || !Name().IsMatch(same.Key)).Select(same => $"{Page}#{same.Key}")
        );

    [Fact]
    public void Most_of_the_page_is_rules() => Assert.InRange(Rules.Count, 150, 400);

    [GeneratedRegex("<a id=\"(?<name>[^\"]*)\">")]
    private static partial Regex Anchor();

    // An attribute stands on a line of its own; a name in a text of a test is none.
    [GeneratedRegex("^\\s*\\[Rule\\(\"(?<name>[^\"]*)\"\\)\\]")]
    private static partial Regex Proof();

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex Name();
}
