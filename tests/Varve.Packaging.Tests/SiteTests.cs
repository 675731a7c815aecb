using System.Text.RegularExpressions;

namespace Varve.Packaging.Tests;

/// <summary>The site: every page is in its column, which stands on every page, and it needs nobody else's server.</summary>
public sealed partial class SiteTests
{
    [Fact]
    public void Every_page_of_the_documentation_is_in_the_column_once()
    {
        var listed = Listed().Matches(Repository.Read("packaging", "site", "pages.yml")).Select(m => m.Groups["page"].Value).ToList();
        var pages = Directory
            .GetFiles(Path.Combine(Repository.Root, "docs"), "*.md")
            .Select(f => Path.GetFileName(f)!)
            .Append("decisions/README.md");
        Assert.Equal(pages.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        Assert.All(
            Directory.GetFiles(Path.Combine(Repository.Root, "docs", "decisions"), "??-*.md"),
            file =>
                Assert.Contains($"({Path.GetFileName(file)})", Repository.Read("docs", "decisions", "README.md"), StringComparison.Ordinal)
        );
    }

    /// <summary>Found by the build too, which takes minutes and is not made every time.</summary>
    [Fact]
    public void Files_that_pages_link_to_are_on_the_site()
    {
        var taken = Repository.Read("packaging", "site", "docfx.json");
        var linked = Directory
            .GetFiles(Path.Combine(Repository.Root, "docs"), "*.md")
            .SelectMany(page => Linked().Matches(File.ReadAllText(page)).Select(m => m.Groups["file"].Value))
            .Where(file => !file.EndsWith(".md", StringComparison.Ordinal) && !file.StartsWith("images/", StringComparison.Ordinal))
            .Distinct()
            .ToList();
        Assert.Contains("policy.schema.json", linked);
        Assert.All(linked, file => Assert.Contains($"\"docs/{file}\"", taken, StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_built_without_a_broken_link_and_loads_nothing_from_elsewhere()
    {
        Repository.NeedWhole();
        using var build = new Build();
        var ended = await build.RunAsync("docs");
        Assert.True(ended.ExitCode == 0, ended.Printed);
        var site = build.File("site");
        var index = await File.ReadAllTextAsync(Path.Combine(site, "index.json"));
        Assert.Contains("docs/tutorial.html", index, StringComparison.Ordinal);
        var pages = Directory.GetFiles(site, "*.html", SearchOption.AllDirectories);
        Assert.True(pages.Length > 40);
        foreach (var page in pages)
        {
            Assert.DoesNotMatch(Loaded(), await File.ReadAllTextAsync(page));
        }

        Assert.All(
            ["varve-0.1.0-site.tgz", "SHA256SUMS"],
            name => Assert.True(File.Exists(build.File(name.Replace("0.1.0", Version(), StringComparison.Ordinal))))
        );
    }

    private static string Version() => VersionPrefix().Match(Repository.Read("Directory.Build.props")).Groups["version"].Value;

    [GeneratedRegex(@"\]\((?<file>[a-z][\w./-]*)(#[^)]*)?\)")]
    private static partial Regex Linked();

    [GeneratedRegex(@"href: (?<page>[\w/.-]+\.md)")]
    private static partial Regex Listed();

    // What a browser fetches by itself; a link that a person follows is none of it.
    [GeneratedRegex("<(script|img|iframe)[^>]*src=\"(https?:)?//|<link[^>]*href=\"(https?:)?//")]
    private static partial Regex Loaded();

    [GeneratedRegex("<VersionPrefix>(?<version>.*)</VersionPrefix>")]
    private static partial Regex VersionPrefix();
}
