namespace Varve.Apps.Tests;

public sealed class DoctorTests
{
    [Fact]
    public async Task A_sound_database_exits_0_and_a_broken_one_5()
    {
        using var box = await Sandbox.BuiltAsync("7d");
        var sound = await box.RunAsync("doctor");
        Assert.True(sound.ExitCode == 0, sound.Text);
        Assert.Contains("Nothing was found.", sound.Out, StringComparison.Ordinal);
        box.Sql("DROP VIEW cpu_1d");
        var broken = await box.RunAsync("doctor");
        Assert.Equal(5, broken.ExitCode);
        Assert.Contains("relation.missing", broken.Out, StringComparison.Ordinal);
        var shape = LifecycleTests.Json(await box.RunAsync("doctor", "--output", "json"));
        Assert.False(shape.GetProperty("isSound").GetBoolean());
        Assert.Equal("cpu", shape.GetProperty("findings")[0].GetProperty("policy").GetString());
    }

    [Fact]
    public async Task Warnings_alone_exit_0_and_what_is_free_in_the_file_is_a_note()
    {
        using var box = await Sandbox.BuiltAsync();
        box.Sql("INSERT INTO cpu VALUES (NULL, 'a', 1)");
        box.Sql("CREATE TABLE big AS SELECT random() AS v FROM range(6000000); CHECKPOINT");
        box.Sql("DROP TABLE big; CHECKPOINT");
        var doctor = await box.RunAsync("doctor");
        Assert.True(doctor.ExitCode == 0, doctor.Text);
        Assert.Contains("rows.timeless", doctor.Out, StringComparison.Ordinal);
        Assert.Contains("varve compact", doctor.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_that_is_not_there_stops_a_run_with_5()
    {
        using var box = await Sandbox.BuiltAsync();
        var run = await box.RunAsync("run", "--as-of", Sandbox.AsOf, "--audit-head", new string('0', 63) + "1");
        Assert.Equal(5, run.ExitCode);
        Assert.Contains("VRV331", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Buckets_that_the_catalog_does_not_know_are_adopted_by_a_word()
    {
        using var box = await Sandbox.BuiltAsync();
        box.Sql("UPDATE varve.ledgers SET document = json_merge_patch(document, '{\"relations\":{\"1d\":{\"covered\":null}}}')");
        var halted = await box.RunAsync("run", "--as-of", Sandbox.AsOf);
        Assert.Equal(5, halted.ExitCode);
        Assert.Contains("VRV330", halted.Text, StringComparison.Ordinal);
        Assert.Contains("20 buckets", (await box.RunAsync("verify", "cpu", "--adopt")).Out, StringComparison.Ordinal);
        var run = await box.RunAsync("run", "--as-of", Sandbox.AsOf);
        Assert.True(run.ExitCode == 0, run.Text);
        Assert.Equal(0, (await box.RunAsync("doctor")).ExitCode);
    }
}
