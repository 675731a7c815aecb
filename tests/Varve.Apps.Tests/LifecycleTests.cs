using System.Text.Json;

namespace Varve.Apps.Tests;

public sealed class LifecycleTests
{
    [Fact]
    public async Task Applying_twice_changes_nothing_the_second_time()
    {
        using var box = await Sandbox.AppliedAsync();
        var again = await box.RunAsync("apply", "cpu.yaml");
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("unchanged", again.Out, StringComparison.Ordinal);
        box.Keep("7d");
        Assert.Contains("changed", (await box.RunAsync("apply", "cpu.yaml")).Out, StringComparison.Ordinal);
        Assert.Contains("keep: 7d", (await box.RunAsync("policy", "show", "cpu")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_changes_nothing_and_says_10_where_asked()
    {
        using var box = await Sandbox.AppliedAsync();
        var plan = await box.RunAsync("plan", "--as-of", Sandbox.AsOf, "--detailed-exitcode");
        Assert.True(plan.ExitCode == 10, plan.Text);
        Assert.Contains("roll up", plan.Out, StringComparison.Ordinal);
        Assert.Contains("1h from source", plan.Out, StringComparison.Ordinal);
        Assert.Equal(plan.Out, (await box.RunAsync("run", "--as-of", Sandbox.AsOf, "--dry-run")).Out);
        Assert.Contains("No run yet", (await box.RunAsync("history")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_can_show_its_statements()
    {
        using var box = await Sandbox.AppliedAsync();
        var plan = await box.RunAsync("plan", "--as-of", Sandbox.AsOf, "--sql");
        Assert.Equal(0, plan.ExitCode);
        Assert.Contains("INSERT", plan.Out, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("GROUP BY", plan.Out, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_run_builds_the_tiers_and_a_second_one_has_nothing_to_do()
    {
        using var box = await Sandbox.BuiltAsync();
        var again = await box.RunAsync("run", "--as-of", Sandbox.AsOf);
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("nothing to do", again.Out, StringComparison.Ordinal);
        var id = Json(await box.RunAsync("history", "--all", "--output", "json")).GetProperty("runs")[0].GetProperty("id").GetString()!;
        Assert.Contains("Nothing was to be done", (await box.RunAsync("history", "--steps", id)).Out, StringComparison.Ordinal);
        Assert.Equal(2, (await box.RunAsync("history", "--steps", "nothing")).ExitCode);
        Assert.Equal(0, (await box.RunAsync("plan", "--as-of", Sandbox.AsOf, "--detailed-exitcode")).ExitCode);
        Assert.Equal(0, (await box.RunAsync("verify")).ExitCode);
    }

    [Fact]
    public async Task Status_history_and_audit_tell_the_same_run()
    {
        using var box = await Sandbox.BuiltAsync();
        var status = Json(await box.RunAsync("status", "--as-of", Sandbox.AsOf, "--output", "json")).GetProperty("policies")[0];
        Assert.Equal("cpu", status.GetProperty("policy").GetString());
        Assert.Equal(Sandbox.AsOf, status.GetProperty("asOf").GetString());
        Assert.Equal(3, status.GetProperty("relations").GetArrayLength());
        Assert.Equal(8640, status.GetProperty("relations")[0].GetProperty("rows").GetInt64());
        Assert.Equal(1440, status.GetProperty("relations")[1].GetProperty("rows").GetInt64());
        Assert.Equal(60, status.GetProperty("relations")[2].GetProperty("rows").GetInt64());
        Assert.Equal(0, status.GetProperty("stepsDue").GetInt32());

        var run = Json(await box.RunAsync("history", "--all", "--output", "json")).GetProperty("runs")[0];
        Assert.Equal("done", run.GetProperty("status").GetString());
        var id = run.GetProperty("id").GetString()!;
        Assert.Equal(id, status.GetProperty("lastRun").GetProperty("id").GetString());
        var steps = Json(await box.RunAsync("history", "--steps", id, "--output", "json")).GetProperty("steps");
        Assert.Equal(run.GetProperty("stepsDone").GetInt32(), steps.GetArrayLength());
        Assert.Contains("rollup", (await box.RunAsync("history", "--steps", id)).Out, StringComparison.Ordinal);

        var verdict = Json(await box.RunAsync("audit", "--verify", "--output", "json"));
        Assert.True(verdict.GetProperty("holds").GetBoolean());
        var head = verdict.GetProperty("head").GetString()!;
        Assert.Equal(0, (await box.RunAsync("audit", "--verify", "--head", head)).ExitCode);
        Assert.Equal(0, (await box.RunAsync("audit", "--verify", "--head", head[..8])).ExitCode);
        Assert.Equal(2, (await box.RunAsync("audit", "--verify", "--head", head[..7])).ExitCode);
        Assert.Equal(5, (await box.RunAsync("audit", "--verify", "--head", new string('a', 64))).ExitCode);
        Assert.Contains("policy", (await box.RunAsync("audit")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_removal_waits_for_a_word()
    {
        using var box = await Sandbox.AppliedAsync(keep: "7d");
        var braked = await box.RunAsync("run", "--as-of", Sandbox.AsOf);
        Assert.True(braked.ExitCode == 5, braked.Text);
        Assert.Contains("--confirm", braked.Out, StringComparison.Ordinal);
        var hash = Json(await box.RunAsync("plan", "--as-of", Sandbox.AsOf, "--output", "json"))
            .GetProperty("plans")[0]
            .GetProperty("brake")
            .GetProperty("hash")
            .GetString()!;
        var wrong = await box.RunAsync("run", "--as-of", Sandbox.AsOf, "--confirm", "0000");
        Assert.Equal(5, wrong.ExitCode);
        var confirmed = Json(await box.RunAsync("run", "--as-of", Sandbox.AsOf, "--confirm", hash, "--output", "json"));
        Assert.Equal("done", confirmed.GetProperty("policies")[0].GetProperty("outcome").GetString());
        Assert.True(confirmed.GetProperty("policies")[0].GetProperty("rowsRemoved").GetInt64() > 5000);
        Assert.Equal(64, confirmed.GetProperty("policies")[0].GetProperty("auditHead").GetString()!.Length);
    }

    [Fact]
    public async Task A_plan_file_is_run_and_a_second_time_it_is_stale()
    {
        using var box = await Sandbox.AppliedAsync();
        Assert.Equal(0, (await box.RunAsync("plan", "--as-of", Sandbox.AsOf, "--out", "plan.json")).ExitCode);
        var run = await box.RunAsync("run", "--plan", "plan.json");
        Assert.True(run.ExitCode == 0, run.Text);
        var stale = await box.RunAsync("run", "--plan", "plan.json");
        Assert.True(stale.ExitCode == 3, stale.Text);
    }

    [Fact]
    public async Task What_is_held_stays_until_it_is_released()
    {
        using var box = await Sandbox.AppliedAsync(keep: "7d");
        var held = await box.RunAsync("policy", "hold", "cpu", "--from", "2025-03-01", "--to", "2025-03-03", "--reason", "case 4711");
        Assert.True(held.ExitCode == 0, held.Text);
        Assert.Equal(0, (await box.RunAsync("run", "--as-of", Sandbox.AsOf, "--yes")).ExitCode);
        var status = await box.RunAsync("status", "--as-of", Sandbox.AsOf);
        Assert.Contains("case 4711", status.Out, StringComparison.Ordinal);
        Assert.Contains("2025-03-01", status.Out, StringComparison.Ordinal);
        Assert.Contains("1 hold", (await box.RunAsync("policy", "release", "cpu", "--all")).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await box.RunAsync("run", "--as-of", Sandbox.AsOf, "--yes")).ExitCode);
        Assert.DoesNotContain("case 4711", (await box.RunAsync("status", "--as-of", Sandbox.AsOf)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_invalidated_is_built_again()
    {
        using var box = await Sandbox.BuiltAsync();
        var invalidated = Json(await box.RunAsync("invalidate", "cpu", "--from", "2025-03-10", "--to", "2025-03-11", "--output", "json"));
        Assert.Equal(24, invalidated.GetProperty("count").GetInt64());
        var plan = await box.RunAsync("plan", "--as-of", Sandbox.AsOf);
        Assert.Contains("rebuild", plan.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await box.RunAsync("run", "--as-of", Sandbox.AsOf)).ExitCode);
        Assert.Equal(0, (await box.RunAsync("plan", "--as-of", Sandbox.AsOf, "--detailed-exitcode")).ExitCode);
    }

    [Fact]
    public async Task A_state_that_was_altered_is_found_by_verify()
    {
        using var box = await Sandbox.BuiltAsync();
        box.Sql("UPDATE cpu_1h_states SET load_max = 1e6 WHERE ts = TIMESTAMP '2025-03-10 05:00:00' AND host = 'host1'");
        var verify = await box.RunAsync("verify");
        Assert.True(verify.ExitCode == 5, verify.Text);
        Assert.Contains("differs", verify.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_policy_leaves_its_relations()
    {
        using var box = await Sandbox.BuiltAsync();
        Assert.Equal(0, (await box.RunAsync("policy", "delete", "cpu")).ExitCode);
        Assert.Contains("varve apply", (await box.RunAsync("policy", "list")).Out, StringComparison.Ordinal);
        box.Sql("SELECT count(*) FROM cpu_1h");
    }

    internal static JsonElement Json(Transcript transcript)
    {
        Assert.True(transcript.Out.StartsWith('{'), transcript.Text);
        return JsonDocument.Parse(transcript.Out).RootElement;
    }
}
