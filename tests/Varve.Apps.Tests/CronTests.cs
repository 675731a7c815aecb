using System.Net;
using System.Net.Sockets;

namespace Varve.Apps.Tests;

/// <summary>Runs that nobody watches: what is printed, where it goes, and who hears of it.</summary>
public sealed class CronTests
{
    private static readonly string[] s_run = ["run", "--as-of", Sandbox.AsOf, "--yes"];

    [Theory]
    [InlineData("--help")]
    [InlineData("--version")]
    [InlineData("help", "run")]
    [InlineData("completion", "bash")]
    [InlineData("status")]
    [InlineData("query", "cpu", "--output", "csv")]
    [InlineData("query", "cpu", "--output", "json")]
    [InlineData("query", "cpu", "--output", "parquet")]
    [InlineData("sql", "SELECT 1", "--output", "ndjson")]
    [InlineData("nonsense")]
    public async Task Output_that_cannot_be_written_is_said_by_the_exit_code(params string[] args)
    {
        using var box = await Sandbox.AppliedAsync();
        var lost = await ToAsync(box, "/dev/full", args);
        Assert.Equal(args is ["nonsense"] ? 2 : 7, lost.ExitCode);
        Assert.DoesNotContain("   at ", lost.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_whose_output_is_lost_does_all_of_its_work()
    {
        using var box = await Sandbox.AppliedAsync("7d");
        var run = await ToAsync(box, "/dev/full", s_run);
        Assert.True(run.ExitCode == 7, run.Text);
        Assert.Contains("VRV010", run.Error, StringComparison.Ordinal);
        var told = LifecycleTests.Json(await box.RunAsync("history", "--output", "json")).GetProperty("runs")[0];
        Assert.Equal("done", told.GetProperty("status").GetString());
        Assert.Equal(7, (await ToAsync(box, "/dev/full", [.. s_run, "--output", "json"])).ExitCode);
        await box.GoesOnAsync();
    }

    [Fact]
    public async Task Progress_goes_to_standard_error_with_the_time_and_the_last_line_says_it_all()
    {
        using var box = await Sandbox.AppliedAsync("7d");
        var run = await box.RunAsync(s_run);
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ  cpu  \d steps", run.Error);
        Assert.DoesNotContain(" %", run.Out, StringComparison.Ordinal);
        Assert.Matches(@"Z  1 policy: done\. \d steps done, [\d,]+ rows written, [\d,]+ removed, in [^\n]+\n$", run.Out);
    }

    [Fact]
    public async Task A_quiet_run_is_silent_where_nothing_happened_and_short_where_something_did()
    {
        using var box = await Sandbox.AppliedAsync("7d");
        var run = await box.RunAsync([.. s_run, "--quiet"]);
        Assert.True(run is { ExitCode: 0, Error: "" } && run.Out.Contains("1 policy: done", StringComparison.Ordinal), run.Text);
        var again = await box.RunAsync([.. s_run, "-q"]);
        Assert.True(again is { ExitCode: 0, Error: "", Out: "" }, again.Text);
        box.Sql("ALTER TABLE cpu RENAME TO gone");
        var broken = await box.RunAsync([.. s_run, "--quiet"]);
        Assert.True(broken.ExitCode != 0 && broken.Error.Contains("error", StringComparison.Ordinal), broken.Text);
    }

    [Fact]
    public async Task A_database_that_is_in_use_is_waited_for()
    {
        using var box = await Sandbox.AppliedAsync("7d");
        // At the question of the brake it has the file open.
        using var other = Terminal.Open(box, "run", "--as-of", Sandbox.AsOf);
        await other.UntilAsync("Type yes");
        var refused = await box.RunAsync("status");
        Assert.True(refused.ExitCode == 6 && refused.Error.Contains("--wait 60s", StringComparison.Ordinal), refused.Text);
        var inVain = await box.RunAsync("status", "--wait", "1s");
        Assert.True(inVain.ExitCode == 6 && inVain.Error.Contains("waited for, 1.0 s", StringComparison.Ordinal), inVain.Text);
        var waiting = box.RunAsync([.. s_run, "--wait", "60s"]);
        await Task.Delay(TimeSpan.FromSeconds(2));
        Assert.False(waiting.IsCompleted);
        await other.TypeAsync("no\n");
        Assert.Equal(5, await other.EndAsync());
        var run = await waiting;
        Assert.True(run.ExitCode == 0, run.Text);
    }

    [Theory]
    [InlineData("--wait", "soon")]
    [InlineData("--wait", "forever")]
    [InlineData("--for", "-5m")]
    public async Task A_length_of_time_that_is_none_is_refused_with_one_that_is(string option, string text)
    {
        using var box = await Sandbox.AppliedAsync();
        var refused = await box.RunAsync("run", $"{option}={text}");
        Assert.True(refused.ExitCode == 2, refused.Text);
        Assert.Contains($"{option} {text} is no length of time: write 90s, 10m or 2h", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_are_written_however_a_run_ends_and_remember_the_last_success()
    {
        using var box = await Sandbox.AppliedAsync("7d");
        string[] args = ["run", "--as-of", Sandbox.AsOf, "--metrics-file", "varve.prom"];
        Assert.Equal(5, (await box.RunAsync(args)).ExitCode);
        Assert.Contains("varve_policy_outcome{policy=\"cpu\",outcome=\"braked\"} 1\n", Metrics(), StringComparison.Ordinal);
        Assert.DoesNotContain("last_success", Metrics(), StringComparison.Ordinal);
        Assert.Equal(0, (await box.RunAsync([.. args, "--yes"])).ExitCode);
        Assert.Matches(@"varve_policy_rows_removed\{policy=""cpu""\} [1-9]", Metrics());
        var success = Metrics()
            .Split('\n')
            .Single(l => l.StartsWith("varve_run_last_success_timestamp_seconds ", StringComparison.Ordinal));
        box.Sql("ALTER TABLE cpu RENAME TO gone");
        Assert.NotEqual(0, (await box.RunAsync(args)).ExitCode);
        Assert.Contains(success, Metrics(), StringComparison.Ordinal);
        File.Delete(Path.Combine(box.Folder, "test.duckdb"));
        Assert.Equal(4, (await box.RunAsync(args)).ExitCode);
        Assert.Contains("varve_run_exit_code 4\n", Metrics(), StringComparison.Ordinal);
        Assert.Contains(success, Metrics(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(box.Folder, "*.tmp"));

        string Metrics() => File.ReadAllText(Path.Combine(box.Folder, "varve.prom"));
    }

    [Theory]
    [InlineData("--heartbeat", "ftp://x/y", "http://")]
    [InlineData("--heartbeat", "no/such/beat", "there is no folder")]
    [InlineData("--metrics-file", "no/such/x.prom", "there is no folder")]
    [InlineData("--metrics-file", ".", "is a folder")]
    public async Task A_place_that_cannot_take_a_report_is_refused_before_anything_is_run(string option, string place, string says)
    {
        using var box = await Sandbox.AppliedAsync("7d");
        var refused = await box.RunAsync([.. s_run, option, place]);
        Assert.True(refused.ExitCode == 2 && refused.Error.Contains(says, StringComparison.Ordinal), refused.Text);
        Assert.Contains("No run yet", (await box.RunAsync("history")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_heartbeat_is_sent_after_a_run_that_went_well_and_only_then()
    {
        using var box = await Sandbox.AppliedAsync("7d");
        using var listener = Listen(out var url);
        var got = listener.GetContextAsync();
        Assert.Equal(5, (await box.RunAsync("run", "--as-of", Sandbox.AsOf, "--heartbeat", $"{url}secret")).ExitCode);
        Assert.False(got.IsCompleted);
        var running = box.RunAsync([.. s_run, "--heartbeat", $"{url}secret"]);
        var context = await got.WaitAsync(TimeSpan.FromMinutes(1));
        using var reader = new StreamReader(context.Request.InputStream);
        Assert.Contains("1 policy: done", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        context.Response.Close();
        Assert.Equal(0, (await running).ExitCode);
        listener.Stop();
        var unheard = await box.RunAsync([.. s_run, "--heartbeat", $"{url}secret"]);
        Assert.True(unheard.ExitCode == 7 && unheard.Error.Contains("--heartbeat", StringComparison.Ordinal), unheard.Text);
        Assert.DoesNotContain("secret", unheard.Text, StringComparison.Ordinal);
        Assert.Equal(0, (await box.RunAsync([.. s_run, "--heartbeat", "beat"])).ExitCode);
        Assert.Contains("1 policy: nothing to do", await File.ReadAllTextAsync(Path.Combine(box.Folder, "beat")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_that_the_environment_names_gets_spans_and_metrics()
    {
        using var box = await Sandbox.AppliedAsync("7d");
        using var listener = Listen(out var url);
        var start = Tool.Command(box.Folder, [.. s_run, "--db", box.Db]);
        start.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = url;
        start.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        var running = Tool.EndAsync(start);
        Dictionary<string, string> got = [];
        while (got.Count < 2)
        {
            var context = await listener.GetContextAsync().WaitAsync(TimeSpan.FromMinutes(1));
            using var reader = new StreamReader(context.Request.InputStream);
            got[context.Request.Url!.AbsolutePath] = await reader.ReadToEndAsync();
            context.Response.Close();
        }

        Assert.Equal(0, (await running).ExitCode);
        Assert.Contains("varve.step", got["/v1/traces"], StringComparison.Ordinal);
        Assert.Contains("varve.rows.removed", got["/v1/metrics"], StringComparison.Ordinal);
    }

    private static HttpListener Listen(out string url)
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        url = FormattableString.Invariant($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        probe.Stop();
        var listener = new HttpListener();
        listener.Prefixes.Add(url);
        listener.Start();
        return listener;
    }

    private static Task<Transcript> ToAsync(Sandbox box, string file, IReadOnlyList<string> args)
    {
        var start = Tool.Command(
            box.Folder,
            args is ["--version"]
                ? args
                : [.. args, .. args is ["completion", ..] or ["help", ..] or ["--help"] ? Array.Empty<string>() : ["--db", box.Db]]
        );
        var words = start.ArgumentList.Prepend(start.FileName).ToList();
        start.FileName = "bash";
        start.ArgumentList.Clear();
        foreach (var word in new[] { "-c", $"exec \"$@\" >{file}", "bash" }.Concat(words))
            start.ArgumentList.Add(word);
        return Tool.EndAsync(start);
    }
}
