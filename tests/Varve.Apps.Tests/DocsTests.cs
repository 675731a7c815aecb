namespace Varve.Apps.Tests;

/// <summary>What is shown is run: every block of README and docs, page by page, from top to bottom.</summary>
public sealed class DocsTests
{
    /// <summary>Why a block may be shown without being run.</summary>
    private static readonly string[] Reasons =
    [
        "it runs these tests",
        "it builds the repository, which was built for these tests",
        "it is for the scheduler of a machine",
        "it goes on until it is ended",
        "it installs a package for the user of a machine",
        "it downloads the runtime of another platform",
        "it changes the project of an application",
        "it needs a PostgreSQL server",
        "it needs a CrateDB cluster",
        "it needs an engine of containers",
        "it needs a cluster",
        "it needs a server of Varve that runs",
    ];

    public static TheoryData<string> Pages => [.. DocsBlock.Pages];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_block_does_what_the_page_says(string page)
    {
        using var reader = new DocsReader();
        foreach (var block in DocsBlock.Of(page).Where(b => b["not run"] is null))
            await reader.DoAsync(block);
    }

    /// <summary>Pages that show what differs on PostgreSQL are read there from top to bottom too.</summary>
    [Fact]
    public async Task Every_block_does_what_the_page_says_on_PostgreSQL_too()
    {
        var pages = DocsBlock.Pages.Select(DocsBlock.Of).Where(p => p.Any(b => b["on"] == DocsBlock.PostgreSql)).ToList();
        Assert.NotEmpty(pages);
        foreach (var page in pages)
        {
            await using var server = await PostgreSqlBox.NewAsync("docs");
            using var reader = new DocsReader(server);
            foreach (var block in page.Where(b => b["not run"] is null))
                await reader.DoAsync(block);
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_block_is_of_a_kind_that_is_run_or_says_why_it_is_not(string page)
    {
        foreach (var block in DocsBlock.Of(page))
        {
            Assert.True(
                block["on"] is null or DocsBlock.DuckDb or DocsBlock.PostgreSql,
                $"{block.Place} is for {block["on"]}, and is read on nothing of that name."
            );
            if (block["not run"] is { } reason)
                Assert.True(Reasons.Contains(reason), $"{block.Place} is not run for a reason that is not agreed on: {reason}");
            else
                Assert.True(
                    IsRun(block),
                    $"{block.Place}: a block of {(block.Language.Length == 0 ? "no language" : block.Language)} needs a mark that says what to do with it."
                );
        }
    }

    [Fact]
    public async Task Code_is_a_part_of_a_sample_and_the_sample_runs()
    {
        foreach (var block in DocsBlock.Pages.SelectMany(DocsBlock.Of).Where(b => b.Language == "csharp"))
        {
            var sample = await File.ReadAllTextAsync(Path.Combine(Tool.Repository, block["part of"]!));
            Assert.True(sample.Contains(block.Text, StringComparison.Ordinal), $"{block.Place} is not a part of {block["part of"]}.");
        }

        using var reader = new DocsReader();
        var (exitCode, printed) = await reader.BashAsync($"dotnet '{DocsReader.Built("samples/library", "Library")}'");
        Assert.True(exitCode == 0, printed);
        Assert.Contains("5,832 rows removed", printed, StringComparison.Ordinal);

        // Who tries it once more has a policy that was confirmed.
        (exitCode, printed) = await reader.BashAsync($"dotnet '{DocsReader.Built("samples/library", "Library")}'");
        Assert.True(exitCode == 0, printed);
        Assert.Contains("steps done", printed, StringComparison.Ordinal);
    }

    private static bool IsRun(DocsBlock block) =>
        block.Language switch
        {
            "sh" => true,
            "yaml" => block["file"] is not null,
            "sql" => block["sql"] is not null,
            "csharp" => block["part of"] is not null,
            "text" => true,
            _ => false,
        };
}
