namespace Varve.Apps.Tests;

/// <summary>What is asked of a server is answered as it is by the database itself, to the byte.</summary>
public sealed class RemoteReadingTests(RemoteReadingTests.Served served) : IClassFixture<RemoteReadingTests.Served>
{
    [Theory]
    [InlineData("policy", "list")]
    [InlineData("policy", "show", "cpu", "-o", "json")]
    [InlineData("status", "cpu", "--as-of", Sandbox.AsOf)]
    [InlineData("status", "--tags", "prod", "--as-of", Sandbox.AsOf, "-o", "json")]
    [InlineData("plan", "--as-of", "2025-04-20", "--detailed-exitcode")]
    [InlineData("plan", "less.yaml", "--as-of", "2025-04-20", "--sql", "-o", "json")]
    [InlineData("history", "--all", "-o", "json")]
    [InlineData("audit")]
    [InlineData("audit", "--verify", "-o", "json")]
    [InlineData("doctor")]
    [InlineData("check", "wrong.yaml", "less.yaml")]
    [InlineData("check", "unknown.yaml", "less.yaml", "-o", "json")]
    [InlineData("diff", "less.yaml", "--detailed-exitcode", "-o", "json")]
    [InlineData("verify")]
    [InlineData("forecast", "less.yaml", "--as-of", Sandbox.AsOf, "--for", "90d")]
    [InlineData("query", "cpu", "--every", "1d", "--zone", "Europe/Berlin")]
    [InlineData("query", "cpu", "--from", "2025-03-02", "--to", "2025-03-03", "--where", "host=host1", "-o", "json")]
    [InlineData("query", "cpu", "--points", "7", "-o", "csv")]
    [InlineData("query", "cpu", "--every", "1d", "--to", "2025-03-25", "--strict")]
    [InlineData("archive", "list")]
    [InlineData("status", "nothing")]
    public async Task It_says_the_same(params string[] args)
    {
        var (here, there) = (await served.Box.HereAsync(args), await served.Box.RunAsync(args));
        Assert.Equal(here.Text, there.Text);
    }

    [Fact]
    public async Task Steps_of_a_run_are_the_same()
    {
        var run = LifecycleTests.Json(await served.Box.HereAsync("history", "-o", "json")).GetProperty("runs")[0].GetProperty("id");
        foreach (var output in new[] { "human", "json" })
        {
            string[] args = ["history", "--steps", run.GetString()!, "-o", output];
            Assert.Equal((await served.Box.HereAsync(args)).Text, (await served.Box.RunAsync(args)).Text);
        }
    }

    /// <summary>A table with its tiers, and files that say less, and wrong things, of it.</summary>
    public sealed class Served : IAsyncLifetime
    {
        internal ServedBox Box { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var box = await Sandbox.BuiltAsync();
            var yaml = await File.ReadAllTextAsync(Path.Combine(box.Folder, "cpu.yaml"));
            box.Write("less.yaml", $"# changed\n\n{yaml.Replace("keep: forever\n", "keep: 9d\n", StringComparison.Ordinal)}");
            box.Write("wrong.yaml", yaml.Replace("policy: cpu", "policy: other\nnonsense: 1", StringComparison.Ordinal));
            box.Write(
                "unknown.yaml",
                yaml.Replace("policy: cpu", "policy: other", StringComparison.Ordinal)
                    .Replace("series: [host]", "series: [hoost]", StringComparison.Ordinal)
            );
            Box = await ServedBox.OfAsync(box);
        }

        public ValueTask DisposeAsync() => Box.DisposeAsync();
    }
}
