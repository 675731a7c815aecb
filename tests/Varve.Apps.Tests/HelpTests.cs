namespace Varve.Apps.Tests;

public sealed class HelpTests
{
    public static TheoryData<string> Commands =>
        [
            "init",
            "import",
            "import cratedb-toolkit",
            "import graphite",
            "import rrdtool",
            "import pg_partman",
            "check",
            "apply",
            "plan",
            "diff",
            "run",
            "status",
            "query",
            "graph",
            "forecast",
            "history",
            "audit",
            "policy",
            "policy hold",
            "tags",
            "verify",
            "invalidate",
            "erase",
            "relocate undo",
            "relocate resume",
            "archive",
            "archive list",
            "archive verify",
            "archive prune",
            "restore",
            "doctor",
            "compact",
            "serve",
            "healthcheck",
            "demo",
            "completion",
            "sql",
            "version",
        ];

    [Fact]
    public async Task The_help_names_every_command()
    {
        var help = await Tool.RunAsync("--help");
        Assert.Equal(0, help.ExitCode);
        Approval.Of("help", help.Out);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_explains_itself(string command)
    {
        var help = await Tool.RunAsync([.. command.Split(' '), "--help"]);
        Assert.Equal(0, help.ExitCode);
        Approval.Of($"help-{command.Replace(' ', '-')}", help.Out);
    }

    [Fact]
    public async Task Without_a_command_the_help_is_shown_and_the_exit_code_is_2()
    {
        var bare = await Tool.RunAsync();
        Assert.Equal(2, bare.ExitCode);
        Assert.Contains("varve demo", bare.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_one_line()
    {
        var version = await Tool.RunAsync("--version");
        Assert.Equal(0, version.ExitCode);
        Assert.Matches(@"^varve \d+\.\d+\.\d+\n$", version.Out.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Every_shell_gets_a_completion_script_that_asks_the_tool(string shell)
    {
        var script = await Tool.RunAsync("completion", shell);
        Assert.Equal(0, script.ExitCode);
        Assert.Contains("[suggest:", script.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_suggest_directive_completes_commands_and_options()
    {
        Assert.Contains("status", (await Tool.RunAsync("[suggest:4]", "stat")).Out, StringComparison.Ordinal);
        Assert.Contains("--detailed-exitcode", (await Tool.RunAsync("[suggest:12]", "plan --detai")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "--help")]
    [InlineData("help", "run")]
    [InlineData("policy", "show", "--help")]
    public async Task The_help_asks_no_database(params string[] args)
    {
        using var box = await Sandbox.AppliedAsync();
        var plain = await Tool.InAsync(box.Folder, args);
        var start = Tool.Command(box.Folder, args);
        start.Environment["VARVE_DB"] = box.Db;
        var help = await Tool.EndAsync(start);
        Assert.Equal(plain, help);
        Assert.DoesNotContain("cpu", help.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_of_all_commands_is_what_the_program_says()
    {
        var all = await Tool.RunAsync("help", "--all");
        Assert.Equal((0, ""), (all.ExitCode, all.Error));
        var page = Path.Combine(Tool.Repository, "docs", "commands.md");
        if (Environment.GetEnvironmentVariable("VARVE_APPROVE") == "1")
            await File.WriteAllTextAsync(page, all.Out.ReplaceLineEndings("\n"));
        Assert.Equal(await File.ReadAllTextAsync(page), all.Out.ReplaceLineEndings("\n"));
        Assert.Contains("\n## varve policy adopt-source\n", all.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_has_a_short_option() => Assert.Equal(await Tool.RunAsync("--version"), await Tool.RunAsync("-V"));
}
