namespace Varve.Apps.Tests;

/// <summary>Answers that are whole or refused, and ends that are marked where buckets reach beyond them.</summary>
public sealed class StrictTests(StrictTests.Built built) : IClassFixture<StrictTests.Built>
{
    [Theory]
    [Rule("query-strict")]
    [InlineData("--from 2025-03-02 --to 2025-03-05 --every 1d")]
    [InlineData("--from 2025-03-02T10:00 --to 2025-03-02T13:00 --every 1h")]
    public async Task A_whole_answer_is_the_same_with_strict(string range)
    {
        var (strict, plain) = (await QueryAsync($"{range} --strict -o csv"), await QueryAsync($"{range} -o csv"));
        Assert.Equal((0, plain.Out, ""), (strict.ExitCode, strict.Out, strict.Error));
    }

    [Theory]
    [Rule("query-strict")]
    [InlineData("csv")]
    [InlineData("json")]
    [InlineData("table")]
    [InlineData("whole.parquet")]
    public async Task What_nothing_has_any_more_is_refused_before_a_line_was_written(string output)
    {
        var refused = await QueryAsync($"--from 2025-03-02 --to 2025-03-03 --every 10m --strict -o {output}");
        Assert.Equal(5, refused.ExitCode);
        if (output != "json")
            Assert.Equal("", refused.Out);
        else
            Assert.Equal(["format", "error"], LifecycleTests.Json(refused).EnumerateObject().Select(p => p.Name));
        Assert.Contains("VRV325", refused.Text, StringComparison.Ordinal);
        Assert.Contains("nothing as fine as 10m survives there", refused.Text, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(built.Box.Folder, "whole.parquet")));
        Assert.Equal(0, (await QueryAsync("--from 2025-03-19 --to 2025-03-20 --every 10m --strict -o csv")).ExitCode);
    }

    [Fact]
    [Rule("query-strict")]
    public async Task A_bucket_that_has_not_ended_is_refused()
    {
        var refused = await QueryAsync("--from today --every 1y --to tomorrow --strict");
        Assert.Equal(5, refused.ExitCode);
        Assert.Contains("the last bucket ends", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    [Rule("query-whole-buckets")]
    public async Task Buckets_that_reach_beyond_what_was_typed_are_marked()
    {
        const string Asked = "--from 2025-03-02T10:20 --to 2025-03-02T12:30 --every 1h";
        var table = await QueryAsync(Asked);
        Assert.Contains("begins before --from: 2025-03-02T10:00Z … 2025-03-02T10:20Z is in it", table.Out, StringComparison.Ordinal);
        Assert.Contains("ends after --to: 2025-03-02T12:30Z … 2025-03-02T13:00Z is in it", table.Out, StringComparison.Ordinal);
        Assert.Contains("ends after --to", (await QueryAsync($"{Asked} -o csv")).Error, StringComparison.Ordinal);
        var range = LifecycleTests.Json(await QueryAsync($"{Asked} -o json")).GetProperty("range");
        Assert.Equal(
            ("2025-03-02T10:00:00Z", "2025-03-02T13:00:00Z"),
            (range.GetProperty("from").GetString(), range.GetProperty("to").GetString())
        );
        Assert.DoesNotContain("--from", (await QueryAsync("--every 1d")).Text, StringComparison.Ordinal);
    }

    private Task<Transcript> QueryAsync(string args) => built.Box.RunAsync(["query", "cpu", .. args.Split(' ')]);

    /// <summary>One table for all of them, which only read it: hours and days, and rows of five days.</summary>
    public sealed class Built : IAsyncLifetime
    {
        internal Sandbox Box { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Box = await Sandbox.BuiltAsync(keep: "5d");

        public ValueTask DisposeAsync()
        {
            Box.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
