using System.Text.RegularExpressions;

namespace Varve.Apps.Tests;

/// <summary>Before something goes: what was read is what is confirmed, and no more than that goes.</summary>
public sealed partial class BrakeTests
{
    private static readonly string[] s_run = ["run", "--as-of", Sandbox.AsOf];

    [Fact]
    [Rule("brake-plan-file")]
    public async Task A_plan_that_is_braked_waits_as_a_whole_and_is_run_as_it_was_read()
    {
        using var box = await Sandbox.AppliedAsync("7d");
        Assert.Equal(0, (await box.RunAsync("plan", "--as-of", Sandbox.AsOf, "--out", "tonight.json")).ExitCode);
        var shown = await Tool.InAsync(box.Folder, "plan", "--show", "tonight.json");
        var planned = await box.RunAsync("plan", "--as-of", Sandbox.AsOf);
        Assert.Equal((0, planned.Out), (shown.ExitCode, shown.Out));
        var braked = await box.RunAsync("run", "--plan", "tonight.json");
        Assert.True(braked.ExitCode == 5, braked.Text);
        var advice = Advice().Match(braked.Out);
        Assert.True(advice.Success, braked.Text);
        var run = await box.RunAsync("run", "--plan", "tonight.json", "--confirm", advice.Groups["hash"].Value);
        Assert.True(run.ExitCode == 0 && !run.Text.Contains("stale", StringComparison.Ordinal), run.Text);
        await box.GoesOnAsync();
    }

    [Fact]
    [Rule("brake-wrong-hash")]
    public async Task A_hash_that_confirms_nothing_is_said()
    {
        using var box = await Sandbox.AppliedAsync("7d");
        var wrong = await box.RunAsync([.. s_run, "--confirm", "c0ffee"]);
        Assert.True(wrong.ExitCode == 5, wrong.Text);
        Assert.Matches("--confirm c0ffee is the hash of no brake. That of cpu is [0-9a-f]{12}", wrong.Error);
        var right = Regex.Match(wrong.Out, "--confirm ([0-9a-f]+)").Groups[1].Value;
        var run = await box.RunAsync([.. s_run, "--confirm", right]);
        Assert.True(run.ExitCode == 0 && !run.Error.Contains("warning", StringComparison.Ordinal), run.Text);
        Assert.Contains("confirms nothing", (await box.RunAsync([.. s_run, "--confirm", right])).Error, StringComparison.Ordinal);
    }

    [Fact]
    [Rule("brake-status")]
    public async Task Status_says_what_waits_for_a_word_until_it_is_given()
    {
        using var box = await Sandbox.AppliedAsync("7d");
        Assert.Equal(5, (await box.RunAsync(s_run)).ExitCode);
        var waits = await box.RunAsync("status", "--as-of", Sandbox.AsOf, "--wide");
        var right = Regex.Match(waits.Out, "then varve run cpu --confirm ([0-9a-f]{12})").Groups[1].Value;
        Assert.Matches("brake +[0-9,]+ rows would go", waits.Out);
        Assert.Contains("waits for you", (await box.RunAsync("status", "--short", "--as-of", Sandbox.AsOf)).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await box.RunAsync([.. s_run, "--confirm", right])).ExitCode);
        Assert.DoesNotContain("brake", (await box.RunAsync("status", "--as-of", Sandbox.AsOf)).Out, StringComparison.Ordinal);
    }

    [Fact]
    [Rule("max-remove")]
    public async Task A_run_removes_no_more_rows_than_it_may()
    {
        using var box = await Sandbox.AppliedAsync("7d");
        var before = box.Count("SELECT count(*) FROM cpu");
        var capped = await box.RunAsync([.. s_run, "--yes", "--max-remove", "100"]);
        Assert.True(capped.ExitCode == 5, capped.Text);
        Assert.Contains("VRV317", capped.Error, StringComparison.Ordinal);
        Assert.Equal(before, box.Count("SELECT count(*) FROM cpu"));
        Assert.NotEqual(0, box.Count("SELECT count(*) FROM cpu_1d"));
        var run = await box.RunAsync([.. s_run, "--yes", "--max-remove", "1,000,000"]);
        Assert.True(run.ExitCode == 0, run.Text);
        Assert.True(before > box.Count("SELECT count(*) FROM cpu"));
        await box.GoesOnAsync();
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("many")]
    public async Task A_number_of_rows_that_is_none_is_refused(string number)
    {
        using var box = await Sandbox.AppliedAsync();
        var refused = await box.RunAsync("run", $"--max-remove={number}");
        Assert.True(refused.ExitCode == 2 && refused.Error.Contains("no whole number", StringComparison.Ordinal), refused.Text);
    }

    [Fact]
    public async Task A_hold_is_ended_by_who_says_which_and_a_person_is_asked()
    {
        using var box = await Sandbox.AppliedAsync();
        Assert.Equal(0, (await box.RunAsync("policy", "hold", "cpu", "--reason", "court")).ExitCode);
        var vague = await box.RunAsync("policy", "release", "cpu");
        Assert.True(
            vague.ExitCode == 2
                && vague.Error.Contains("--id", StringComparison.Ordinal)
                && vague.Error.Contains("--all", StringComparison.Ordinal),
            vague.Text
        );
        using (var terminal = Terminal.Open(box, "policy", "release", "cpu", "--all"))
        {
            await terminal.UntilAsync("Type yes");
            await terminal.TypeAsync("no\n");
            Assert.Equal(0, await terminal.EndAsync());
            Assert.Contains("Nothing was changed", terminal.Screen, StringComparison.Ordinal);
        }

        using (var terminal = Terminal.Open(box, "policy", "delete", "cpu"))
        {
            await terminal.UntilAsync("Type yes");
            await terminal.TypeAsync("\n");
            Assert.Equal(0, await terminal.EndAsync());
        }

        Assert.Contains("court", (await box.RunAsync("status")).Out, StringComparison.Ordinal);
        Assert.Contains("1 hold", (await box.RunAsync("policy", "release", "cpu", "--all")).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await box.RunAsync("policy", "delete", "cpu")).ExitCode);
    }

    [Fact]
    public async Task A_second_revision_does_not_say_that_nothing_has_run()
    {
        using var box = await Sandbox.BuiltAsync();
        box.Keep("30d");
        var applied = await box.RunAsync("apply", "cpu.yaml");
        Assert.DoesNotContain("Nothing has run", applied.Out, StringComparison.Ordinal);
        Assert.Contains("The next run follows what changed", applied.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("tags")]
    [InlineData("policy", "list")]
    [InlineData("history")]
    [InlineData("audit")]
    [InlineData("archive", "list")]
    public async Task A_catalog_that_was_named_and_is_not_there_is_an_error(params string[] args)
    {
        using var box = await Sandbox.AppliedAsync();
        var missing = await box.RunAsync([.. args, "--schema", "other"]);
        Assert.True(
            missing.ExitCode == 2
                && missing.Error.Contains("VRV305", StringComparison.Ordinal)
                && missing.Error.Contains("other", StringComparison.Ordinal),
            missing.Text
        );
        Assert.Equal(0, (await box.RunAsync([.. args, "--schema", "varve"])).ExitCode);
    }

    [Fact]
    public async Task History_leaves_out_runs_that_had_nothing_to_do_and_status_can_be_short()
    {
        using var box = await Sandbox.BuiltAsync();
        Assert.Equal(0, (await box.RunAsync("run", "--as-of", Sandbox.AsOf)).ExitCode);
        Assert.Equal(1, LifecycleTests.Json(await box.RunAsync("history", "--output", "json")).GetProperty("runs").GetArrayLength());
        Assert.Equal(
            2,
            LifecycleTests.Json(await box.RunAsync("history", "--all", "--output", "json")).GetProperty("runs").GetArrayLength()
        );
        var lines = (await box.RunAsync("status", "--short", "--as-of", Sandbox.AsOf)).Out.TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Matches(@"^cpu +up to date +– +– +[\d,]+ ", lines[1]);
    }

    [GeneratedRegex("see varve plan --show tonight.json, then varve run --plan tonight.json --confirm (?<hash>[0-9a-f]{12})")]
    private static partial Regex Advice();
}
