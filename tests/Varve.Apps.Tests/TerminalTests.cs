namespace Varve.Apps.Tests;

/// <summary>What a person at a terminal does: answers a question, presses Ctrl-C.</summary>
public sealed class TerminalTests
{
    private const string CtrlC = "\x03";

    [Fact]
    [Rule("brake-word")]
    public async Task A_typed_yes_lets_the_rows_go()
    {
        using var box = await Sandbox.AppliedAsync(keep: "7d");
        using var terminal = Terminal.Open(box, "run", "--as-of", Sandbox.AsOf);
        await terminal.UntilAsync("Type yes: ");
        await terminal.TypeAsync("yes\n");
        Assert.True(await terminal.EndAsync() == 0, terminal.Screen);
        Assert.Equal(3 * 6 * 156, box.Count("SELECT count(*) FROM cpu"));
        Assert.Contains("audit head", terminal.Screen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("y\n")]
    [InlineData("YES\n")]
    [InlineData("\n")]
    public async Task Any_other_answer_keeps_them(string answer)
    {
        using var box = await Sandbox.AppliedAsync(keep: "7d");
        using var terminal = Terminal.Open(box, "run", "--as-of", Sandbox.AsOf);
        await terminal.UntilAsync("Type yes: ");
        await terminal.TypeAsync(answer);
        Assert.True(await terminal.EndAsync() == 5, terminal.Screen);
        Assert.Contains("--confirm", terminal.Screen, StringComparison.Ordinal);
        Assert.Equal(8640, box.Count("SELECT count(*) FROM cpu"));
    }

    [Fact]
    public async Task Ctrl_C_at_the_question_removes_nothing()
    {
        using var box = await Sandbox.AppliedAsync(keep: "7d");
        using var terminal = Terminal.Open(box, "run", "--as-of", Sandbox.AsOf);
        await terminal.UntilAsync("Type yes: ");
        await terminal.TypeAsync(CtrlC);
        await terminal.UntilAsync("cancelled");
        Assert.True(await terminal.EndAsync() == 130, terminal.Screen);
        Assert.Equal(8640, box.Count("SELECT count(*) FROM cpu"));
    }

    [Fact]
    public async Task The_first_ctrl_C_ends_the_run_after_the_step_in_flight()
    {
        using var box = await Sandbox.YearsAsync();
        using var terminal = Terminal.Open(box, "run", "--as-of", Sandbox.AsOf);
        await terminal.UntilAsync("roll up");
        await terminal.TypeAsync(CtrlC);
        await terminal.UntilAsync("Stopping after this step");
        await terminal.UntilAsync("the next run begins with roll up");
        Assert.True(await terminal.EndAsync() == 0, terminal.Screen);
        Assert.Equal(1, box.Count("SELECT count(*) FROM varve.runs WHERE status = 'stopped' AND steps_done < steps"));
        await box.GoesOnAsync();
    }

    [Fact]
    public async Task The_second_ctrl_C_cancels_the_step_in_flight_and_leaves_nothing_of_it()
    {
        using var box = await Sandbox.SlowAsync();
        using var terminal = Terminal.Open(box, "run", "--as-of", Sandbox.AsOf);
        await terminal.UntilAsync("roll up 1h from source");
        await terminal.TypeAsync(CtrlC);
        await terminal.UntilAsync("Stopping after this step");
        await terminal.TypeAsync(CtrlC);
        await terminal.UntilAsync("cancelled");
        Assert.True(await terminal.EndAsync() == 130, terminal.Screen);
        Assert.Equal(0, box.Count("SELECT count(*) FROM cpu_1h_states"));
        Assert.Equal(1, box.Count("SELECT count(*) FROM varve.steps WHERE kind = 'rollup' AND status = 'failed' AND note = 'cancelled'"));
        await box.GoesOnAsync();
    }

    [Fact]
    public async Task The_bar_of_a_policy_that_is_done_stops_counting()
    {
        using var box = await Sandbox.YearsAsync();
        box.Sql("CREATE TABLE aaa AS FROM cpu WHERE ts >= TIMESTAMP '2025-03-20'");
        box.Write(
            "aaa.yaml",
            "policy: aaa\ntable: aaa\ntime: ts\nseries: [host]\nmeasures: { load: [avg] }\ntiers:\n  - { every: 1h, keep: forever }\n"
        );
        Assert.Equal(0, (await box.RunAsync("apply", "aaa.yaml")).ExitCode);
        using var terminal = Terminal.Open(box, "run", "--as-of", Sandbox.AsOf);
        Assert.True(await terminal.EndAsync() == 0, terminal.Screen);
        var plain = System.Text.RegularExpressions.Regex.Replace(terminal.Screen, "\e\\[[0-9;?]*[a-zA-Z]", "");
        var done = System
            .Text.RegularExpressions.Regex.Matches(plain, @"aaa \d+ steps done +\S+ +100% (\d\d:\d\d:\d\d)")
            .Select(m => m.Groups[1].Value)
            .ToList();
        Assert.True(done.Count > 1, plain);
        Assert.Single(done.Distinct());
    }

    [Theory]
    [InlineData("query", "cpu", "--every", "1d")]
    [InlineData("status")]
    [InlineData("history")]
    [InlineData("audit")]
    [InlineData("policy", "list")]
    public async Task No_table_wraps_on_a_narrow_terminal(params string[] args)
    {
        using var box = await Sandbox.BuiltAsync();
        foreach (var columns in new[] { 80, 60 })
        {
            using var terminal = Terminal.Open(box, columns, [("PAGER", "cat")], args);
            Assert.True(await terminal.EndAsync() == 0, terminal.Screen);
            var table = Plain(terminal.Screen)
                .SkipWhile(l => l.Contains("  revision 1", StringComparison.Ordinal))
                .TakeWhile(l => l.Length > 0 && !l.StartsWith("  due", StringComparison.Ordinal))
                .ToList();
            Assert.True(table.Count > 1, terminal.Screen);
            Assert.All(table, line => Assert.True(line.Length <= columns, $"{line.Length} of {columns}: {line}"));
        }
    }

    [Theory]
    [InlineData("plan", "cpu", "--as-of", Sandbox.AsOf)]
    [InlineData("status", "cpu")]
    public async Task Lines_of_cells_go_on_below_behind_a_whole_cell(params string[] args)
    {
        using var box = await Sandbox.BuiltAsync();
        box.Keep("7d");
        Assert.Equal(0, (await box.RunAsync("apply", "cpu.yaml")).ExitCode);
        var cells = Plain((await box.RunAsync(args)).Out).SelectMany(Cells).Where(c => c.Length < 60).ToHashSet();
        Assert.True(cells.Count > 5);
        using var terminal = Terminal.Open(box, 66, [("PAGER", "cat")], args);
        Assert.True(await terminal.EndAsync() == 0, terminal.Screen);
        var lines = Plain(terminal.Screen);
        Assert.All(lines.Where(l => Cells(l).Skip(1).Any()), l => Assert.True(l.Length <= 66 || Cells(l).Last().Length >= 53, l));
        Assert.Contains(lines, l => l.StartsWith("            ", StringComparison.Ordinal) && cells.Contains(l.Trim()));

        static string[] Cells(string line) => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    [Fact]
    public async Task What_is_left_out_of_a_table_is_said_and_wide_shows_all_of_it()
    {
        using var box = await Sandbox.BuiltAsync();
        using var narrow = Terminal.Open(box, 80, [("PAGER", "cat")], ["query", "cpu", "--every", "1d", "--where", "host=host1"]);
        Assert.True(await narrow.EndAsync() == 0, narrow.Screen);
        Assert.Contains(
            Plain(narrow.Screen),
            l => l.StartsWith("not shown: ", StringComparison.Ordinal) && l.Contains("varve_seconds", StringComparison.Ordinal)
        );
        using var wide = Terminal.Open(box, 80, [("PAGER", "cat")], ["query", "cpu", "--every", "1d", "--where", "host=host1", "--wide"]);
        Assert.True(await wide.EndAsync() == 0, wide.Screen);
        Assert.Contains("varve_seconds", Plain(wide.Screen)[0], StringComparison.Ordinal);
        Assert.DoesNotContain("not shown", wide.Screen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sed 's/^/paged /'", true)]
    [InlineData("no-such-pager-here", false)]
    [InlineData("", false)]
    public async Task An_answer_that_is_longer_than_the_terminal_is_paged(string pager, bool isPaged)
    {
        using var box = await Sandbox.BuiltAsync();
        using var terminal = Terminal.Open(box, 120, [("VARVE_PAGER", pager)], ["query", "cpu", "--every", "1d"]);
        Assert.True(await terminal.EndAsync() == 0, terminal.Screen);
        Assert.Equal(isPaged, terminal.Screen.Contains("paged ", StringComparison.Ordinal));
        Assert.Contains("2025-03-20", terminal.Screen, StringComparison.Ordinal);
        using var brief = Terminal.Open(box, 120, [("VARVE_PAGER", pager)], ["query", "cpu", "--every", "1d", "--where", "host=host1"]);
        Assert.True(await brief.EndAsync() == 0, brief.Screen);
        Assert.DoesNotContain("paged ", brief.Screen, StringComparison.Ordinal);
    }

    private static List<string> Plain(string screen) =>
        [
            .. System
                .Text.RegularExpressions.Regex.Replace(screen, "\u001b\\[[0-9;?]*[A-Za-z]|\u001b[=>]", "")
                .ReplaceLineEndings("\n")
                .Split('\n'),
        ];
}
