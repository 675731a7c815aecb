using System.Text.RegularExpressions;

namespace Varve.Packaging.Tests;

/// <summary>Manual pages, made from what the program says of itself.</summary>
public sealed partial class ManualTests
{
    private static readonly string Help = Repository.Read("docs", "commands.md");

    [Fact]
    public void Every_command_has_a_page_with_every_option()
    {
        var folder = Directory.CreateTempSubdirectory("varve-man-").FullName;
        try
        {
            ManualPages.Write(Help, "1.2.3", folder);
            var commands = Command().Matches(Help).Select(m => m.Groups["name"].Value).ToList();
            Assert.True(commands.Count > 30);
            Assert.Equal(
                commands.Select(c => $"{c.Replace(' ', '-')}.1").Append("varve.1").Order(StringComparer.Ordinal),
                Directory.GetFiles(folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)
            );
            var run = File.ReadAllText(Path.Combine(folder, "varve-run.1"));
            Assert.Contains(".TH VARVE\\-RUN 1 \"\" \"Varve 1.2.3\" \"Varve\"\n", run, StringComparison.Ordinal);
            Assert.Contains("\n.TP\n.B \\-\\-wait <60s>\n", run, StringComparison.Ordinal);
            var overview = File.ReadAllText(Path.Combine(folder, "varve.1"));
            Assert.Contains("5 a person must look", overview, StringComparison.Ordinal);
            Assert.All(
                commands,
                c =>
                    Assert.Contains(
                        $".BR {c.Replace(' ', '-').Replace("-", "\\-", StringComparison.Ordinal)} (1)\n",
                        overview,
                        StringComparison.Ordinal
                    )
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Pages_are_sound_to_their_own_checker()
    {
        Repository.Need("mandoc");
        var folder = Directory.CreateTempSubdirectory("varve-man-").FullName;
        try
        {
            ManualPages.Write(Help, "1.2.3", folder);
            var ended = await Repository.BashAsync($"mandoc -T lint -W warning '{folder}'/*.1 | grep -v 'missing date'");
            Assert.Equal("", ended.Printed);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void What_wraps_in_the_help_is_one_text()
    {
        var section = Assert.Single(
            HelpSection.Of(
                "# Commands\n\nExit codes.\n\n## varve x\n\n    Description:\n      Does x\n\n    Options:\n      --one <A>    First line\n                   and second\n      --a-long-one-without-room\n                   Behind it\n"
            )
        );
        Assert.Equal([("--one <A>", "First line and second"), ("--a-long-one-without-room", "Behind it")], section.Entries("Options"));
        Assert.Equal("Does x", section.Description);
        Assert.Equal("Exit codes.", HelpSection.Preface("# Commands\n\nExit codes.\n\n## varve x\n"));
    }

    [Fact]
    public void A_text_without_commands_and_a_line_under_nothing_are_refused()
    {
        Assert.Throws<PackagingException>(() => ManualPages.Write("nothing", "1", Path.GetTempPath()));
        Assert.Contains(
            "stands under no title",
            Assert.Throws<PackagingException>(() => HelpSection.Of("\n## varve x\n      lost\n")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_troff_would_take_for_its_own_is_text()
    {
        var folder = Directory.CreateTempSubdirectory("varve-man-").FullName;
        try
        {
            ManualPages.Write("Codes.\n\n## varve x\n\n    Description:\n      .hidden \\n\n\n    Usage:\n      varve x\n", "1", folder);
            Assert.Contains("\n\\&.hidden \\en.\n", File.ReadAllText(Path.Combine(folder, "varve-x.1")), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [GeneratedRegex("^## (?<name>varve .+)$", RegexOptions.Multiline)]
    private static partial Regex Command();
}
