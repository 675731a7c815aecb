using System.Text.RegularExpressions;

namespace Varve.Tests;

/// <summary>The house rules that the text of the source can be asked for.</summary>
public sealed partial class HouseRules
{
    private static readonly IReadOnlyList<SourceFile> Src = HouseRulesSource.Files("*.cs", "src");

    // The rules themselves spell what they look for.
    private static readonly IReadOnlyList<SourceFile> All =
    [
        .. HouseRulesSource.Files("*.cs", "src", "tests", "bench").Where(f => !f.Name.StartsWith("HouseRules", StringComparison.Ordinal)),
    ];

    [Fact]
    public void No_file_is_longer_than_400_lines() =>
        HouseRulesSource.Hold(
            "Small files, one idea: at most 400 lines.",
            All.Where(f => f.Lines.Length > 400).Select(f => $"{f.Path}: {f.Lines.Length} lines")
        );

    [Fact]
    public void No_line_is_longer_than_140_characters_but_for_text() =>
        HouseRulesSource.Hold(
            "Lines of at most 140 characters, but for those of texts, which are not cut for it.",
            All.Where(f => !f.Path.StartsWith("src/Varve.Client/", StringComparison.Ordinal)).SelectMany(Long)
        );

    [Fact]
    public void Files_are_shorter_than_90_lines_at_the_median()
    {
        int[] lengths = [.. Src.Select(f => f.Lines.Length).Order()];
        Assert.NotEmpty(lengths);
        var median = (lengths[(lengths.Length - 1) / 2] + lengths[lengths.Length / 2]) / 2.0;
        Assert.True(median < 90, $"Small files, one idea: the median of {lengths.Length} files is {median} lines, and must be below 90.");
    }

    [Fact]
    public void No_warning_is_silenced() =>
        HouseRulesSource.Hold("Warnings are errors, and none is silenced in place.", Found(All.Concat(Projects()), Silencer()));

    [Fact]
    public void Nothing_is_left_for_later() =>
        HouseRulesSource.Hold("What is not done is an issue, not a comment.", Found(All, Leftover()));

    [Fact]
    public void A_project_logs_from_one_type() =>
        HouseRulesSource.Hold(
            "The messages of a project are of one type: generated code of several is in no certain order, and builds differ by it.",
            Src.Where(f => f.Lines.Any(l => l.Contains("[LoggerMessage(", StringComparison.Ordinal)))
                .GroupBy(f => string.Join('/', f.Path.Split('/').Take(2)))
                .Where(g => g.Count() > 1)
                .SelectMany(g => g.Select(f => f.Path))
        );

    [Fact]
    public void Nobody_asks_the_clock_of_the_system() =>
        HouseRulesSource.Hold("Time comes from a TimeProvider, at the edges only.", Found(All, SystemClock()));

    [Fact]
    public void No_type_is_a_drawer_for_odds_and_ends() =>
        HouseRulesSource.Hold(
            "A type is named after what it is; no helper, utility or manager.",
            Src.SelectMany(f => f.Code).Where(line => Drawer().IsMatch(line.Text)).Select(Shown)
        );

    [Fact]
    public void Namespaces_follow_folders() =>
        HouseRulesSource.Hold(
            "The namespace of a file is its folder, of the library its floor.",
            Src.Select(f => (f.Path, Is: NamespaceOf(f), Expected: ExpectedNamespace(f.Path)))
                .Where(f => f.Is != f.Expected && !(f.Is is null && f.Path.EndsWith("/Program.cs", StringComparison.Ordinal)))
                .Select(f => $"{f.Path}: is {f.Is ?? "missing"}, must be {f.Expected}")
        );

    [Fact]
    public void Every_record_says_whether_it_is_sealed() =>
        HouseRulesSource.Hold(
            "A record is sealed, or abstract with a private constructor.",
            Src.SelectMany(f => f.Code).Where(line => OpenRecord().IsMatch(line.Text)).Select(Shown)
        );

    [Fact]
    public void Statements_are_written_only_where_sql_is_spoken() =>
        HouseRulesSource.Hold(
            "SQL is written in Sql, Catalog and the engines only.",
            HouseRulesSource
                .Files("*.cs", "src/Varve")
                .Where(f =>
                    !f.Path.StartsWith("src/Varve/Sql/", StringComparison.Ordinal)
                    && !f.Path.StartsWith("src/Varve/Catalog/", StringComparison.Ordinal)
                    && !f.Path.StartsWith("src/Varve/Engines/", StringComparison.Ordinal)
                )
                .SelectMany(f => f.Code)
                .Where(line => Statement().IsMatch(line.Text))
                .Select(Shown)
        );

    private static IEnumerable<SourceFile> Projects() =>
        HouseRulesSource
            .Files("*.*proj", "src", "tests", "bench")
            .Concat(HouseRulesSource.Files("*.props", "."))
            .Concat(HouseRulesSource.Files("*.targets", "."));

    private static IEnumerable<string> Long(SourceFile file)
    {
        var isText = false;
        foreach (var (line, index) in file.Lines.Select((line, index) => (line, index)))
        {
            if (line.Length > 140 && !isText && !line.Contains('"', StringComparison.Ordinal))
                yield return $"{file.Path}:{index + 1}: {line.Length}";
            if ((line.Split("\"\"\"").Length - 1) % 2 == 1)
                isText = !isText;
        }
    }

    private static IEnumerable<string> Found(IEnumerable<SourceFile> files, Regex pattern) =>
        files
            .SelectMany(f => f.Lines.Select((text, index) => (Place: $"{f.Path}:{index + 1}", Text: text)))
            .Where(line => pattern.IsMatch(line.Text))
            .Select(Shown);

    private static string Shown((string Place, string Text) line) => $"{line.Place}: {line.Text.Trim()}";

    private static string? NamespaceOf(SourceFile file) =>
        file
            .Lines.Select(line => NamespaceLine().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups["name"].Value)
            .FirstOrDefault();

    // src/Varve.Cli/Commands/Run.cs is in Varve.Cli.Commands.
    // The rooms of a floor of the library share its namespace: they are for those who read the folders.
    private static string ExpectedNamespace(string path) =>
        path.Split('/') is ["src", "Varve", var floor, _, ..] ? $"Varve.{floor}" : string.Join('.', path.Split('/')[1..^1]);

    [GeneratedRegex(@"#\s*pragma\s+warning|\bNoWarn\b|\bSuppressMessage|\bWarningsNotAsErrors\b")]
    private static partial Regex Silencer();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Leftover();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Now|UtcNow|Today)\b|\bSystemClock\.Instance\b")]
    private static partial Regex SystemClock();

    [GeneratedRegex(@"\b(class|record|struct|interface|enum)\s+\w*(Helper|Util|Utility|Utilitie|Manager)s?\b")]
    private static partial Regex Drawer();

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+)")]
    private static partial Regex NamespaceLine();

    // A declaration: modifiers, then record, then a name in upper case; "record struct" is sealed by nature.
    [GeneratedRegex(
        @"^\s*(\[[^\]]*\]\s*)*(?!(\w+\s+)*(sealed|abstract)\s)((public|internal|private|protected|file|partial|new)\s+)*record\s+(class\s+)?(?!struct\b)[A-Z]"
    )]
    private static partial Regex OpenRecord();

    [GeneratedRegex(@"\b(SELECT|INSERT|DELETE|CREATE|UPDATE|ALTER|DROP) ")]
    private static partial Regex Statement();
}
