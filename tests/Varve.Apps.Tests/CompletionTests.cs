namespace Varve.Apps.Tests;

/// <summary>What the tab key finds.</summary>
public sealed class CompletionTests
{
    private const string Nasty = "cpu $(touch hurt) `touch hurt`";

    [Theory]
    [InlineData("varve status c", "cpu")]
    [InlineData("varve status ", "cpu")]
    [InlineData("varve plan c", "cpu")]
    [InlineData("varve run c", "cpu")]
    [InlineData("varve forecast c", "cpu")]
    [InlineData("varve policy show c", "cpu")]
    [InlineData("varve query c", "cpu")]
    [InlineData("varve status --tags pr", "prod")]
    [InlineData("varve run --tags hosts,pr", "hosts,prod")]
    public async Task Policies_and_tags_are_completed_where_a_command_takes_them(string line, string expected)
    {
        using var box = await Sandbox.AppliedAsync();
        Assert.Contains(expected, await SuggestAsync(box, line));
    }

    [Theory]
    [InlineData("varve status cpu ")]
    [InlineData("varve graph cpu ")]
    [InlineData("varve status --as-o")]
    public async Task What_is_written_already_and_what_an_option_is_no_policy(string line)
    {
        using var box = await Sandbox.AppliedAsync();
        Assert.DoesNotContain("cpu", await SuggestAsync(box, line));
    }

    [Fact]
    public async Task A_database_that_cannot_be_asked_is_passed_over_in_silence()
    {
        using var box = new Sandbox();
        foreach (var url in new[] { box.Db, "duckdb:/no/such/folder/x.duckdb", "nonsense", "" })
        {
            var line = $"varve status --db \"{url}\" cpu";
            var bare = await Tool.InAsync(box.Folder, FormattableString.Invariant($"[suggest:{line.Length}]"), line);
            Assert.True(bare is { ExitCode: 0, Error: "" } && string.IsNullOrWhiteSpace(bare.Out), bare.Text);
        }

        Assert.Empty(Directory.GetFiles(box.Folder));
    }

    [Fact]
    public async Task In_bash_a_name_is_text_and_is_quoted()
    {
        using var box = await Sandbox.AppliedAsync();
        box.Sql("CREATE TABLE mem AS FROM cpu");
        box.Write("mem.yaml", $"policy: '{Nasty}'\ntable: mem\ntime: ts\nkeep: 7d\n");
        Assert.Equal(0, (await box.RunAsync("apply", "mem.yaml")).ExitCode);
        using var reader = new DocsReader();
        var (exitCode, printed) = await reader.BashAsync(
            $$"""
            export VARVE_DB='{{box.Db}}'
            source <(varve completion bash)
            COMP_LINE='varve status c' COMP_POINT=14 COMP_WORDS=(varve status c) COMP_CWORD=2
            _varve
            for word in "${COMPREPLY[@]}"; do eval "printf '<%s>\n' $word"; done
            COMP_LINE='varve completion bash ' COMP_POINT=22 COMP_WORDS=(varve completion bash '') COMP_CWORD=3
            _varve
            for word in "${COMPREPLY[@]}"; do if [ "$word" = "''" ]; then echo '<>'; fi; done
            """
        );
        Assert.True(exitCode == 0, printed);
        Assert.DoesNotContain("<>", printed, StringComparison.Ordinal);
        Assert.Equal($"<cpu>\n<{Nasty}>\n", printed);
        Assert.False(File.Exists(Path.Combine(reader.Folder, "hurt")));
    }

    private static async Task<string[]> SuggestAsync(Sandbox box, string line)
    {
        var start = Tool.Command(box.Folder, [FormattableString.Invariant($"[suggest:{line.Length}]"), line]);
        start.Environment["VARVE_DB"] = box.Db;
        var asked = await Tool.EndAsync(start);
        Assert.True(asked.ExitCode == 0, asked.Text);
        return asked.Out.Split('\n');
    }
}
