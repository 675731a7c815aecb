namespace Varve.Apps.Tests;

public sealed class EraseTests
{
    [Fact]
    public async Task Nothing_is_erased_before_somebody_says_yes()
    {
        using var box = await Sandbox.BuiltAsync();
        var dry = await box.RunAsync("erase", "cpu", "--where", "host=host1", "--dry-run");
        Assert.True(dry.ExitCode == 0, dry.Text);
        Assert.Contains("would be erased", dry.Out, StringComparison.Ordinal);
        var asked = await box.RunAsync("erase", "cpu", "--where", "host=host1");
        Assert.True(asked.ExitCode == 5, asked.Text);
        Assert.Contains("--yes", asked.Text, StringComparison.Ordinal);
        Assert.Equal(2880, box.Count("SELECT count(*) FROM cpu WHERE host = 'host1'"));
        var erased = await box.RunAsync("erase", "cpu", "--where", "host=host1", "--yes", "--output", "json");
        Assert.True(erased.ExitCode == 0, erased.Text);
        Assert.Contains("\"rows\": 2880", erased.Out, StringComparison.Ordinal);
        Assert.Equal(
            0,
            box.Count(
                "SELECT (SELECT count(*) FROM cpu WHERE host = 'host1') + (SELECT count(*) FROM cpu_1h_states WHERE host = 'host1') + (SELECT count(*) FROM cpu_1d WHERE host = 'host1')"
            )
        );
        await box.GoesOnAsync();
    }

    [Fact]
    [Rule("erase-values")]
    public async Task Two_values_of_one_column_are_one_of_them_and_a_second_column_narrows_them()
    {
        using var box = await Sandbox.BuiltAsync();
        var narrow = await box.RunAsync(
            "erase",
            "cpu",
            "--where",
            "host=host1",
            "--where",
            "host=host2",
            "--where",
            "load=5",
            "--dry-run",
            "--output",
            "json"
        );
        Assert.Contains(
            $"\"rows\": {box.Count("SELECT count(*) FROM cpu WHERE host IN ('host1', 'host2') AND load = 5")}",
            narrow.Out,
            StringComparison.Ordinal
        );
        var erased = await box.RunAsync("erase", "cpu", "--where", "host=host1", "--where", "HOST=host2", "--yes", "--output", "json");
        Assert.Contains("\"rows\": 5760", erased.Out, StringComparison.Ordinal);
        Assert.Equal(2880, box.Count("SELECT count(*) FROM cpu"));
        Assert.Equal(
            0,
            box.Count(
                "SELECT (SELECT count(*) FROM cpu_1h_states WHERE host <> 'host0') + (SELECT count(*) FROM cpu_1d WHERE host <> 'host0')"
            )
        );
        Assert.Contains(
            "\"host\"",
            (await box.RunAsync("audit", "--output", "json"))
                .Out.Replace("\\u0022", "\"", StringComparison.Ordinal)
                .Replace("\\\"", "\"", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        await box.GoesOnAsync();
    }

    [Fact]
    [Rule("erase-nothing")]
    public async Task A_value_that_no_row_has_is_said_to_match_nothing()
    {
        using var box = await Sandbox.BuiltAsync();
        foreach (var options in new string[][] { ["--dry-run"], [], ["--yes"] })
        {
            var nothing = await box.RunAsync(["erase", "cpu", "--where", "host=HOST1", .. options]);
            Assert.True(nothing.ExitCode == 0, nothing.Text);
            Assert.Contains("nothing matched", nothing.Out, StringComparison.Ordinal);
            Assert.DoesNotContain("erased", nothing.Text, StringComparison.Ordinal);
        }

        Assert.Contains(
            "\"erased\": false",
            (await box.RunAsync("erase", "cpu", "--where", "host=HOST1", "--yes", "--output", "json")).Out,
            StringComparison.Ordinal
        );
        Assert.Contains("rows.erased", (await box.RunAsync("audit")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_column_that_is_not_there_is_answered_with_those_that_are()
    {
        using var box = await Sandbox.BuiltAsync();
        var wrong = await box.RunAsync("erase", "cpu", "--where", "hots=host1", "--yes");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("ts, host, load", wrong.Text, StringComparison.Ordinal);
    }
}
