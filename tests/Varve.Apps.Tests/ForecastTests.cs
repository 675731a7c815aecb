using System.Text.Json;
using System.Text.RegularExpressions;

namespace Varve.Apps.Tests;

/// <summary>Three hosts, a row every ten minutes: 432 rows a day, 72 an hour in the tier of hours, 3 in that of days.</summary>
public sealed class ForecastTests
{
    private const string Midnight = "2025-03-21T00:00:00Z";

    [Fact]
    public async Task Rows_rates_and_assumptions_are_on_one_screen()
    {
        using var box = await Sandbox.BuiltAsync("7d");
        var forecast = await box.RunAsync("forecast", "--as-of", Midnight);
        Assert.True(forecast.ExitCode == 0, forecast.Text);
        Assert.Contains("cpu  revision 1  as of 2025-03-21 00:00:00Z, up to 2027-03-21", forecast.Out, StringComparison.Ordinal);
        Has(forecast, @"relation +keep +now +2025-06 .* 2027-03");
        Has(forecast, @"source +7d +2,808( +3,024)+ *$");
        Has(forecast, @"1h +forever +1,440 +8,064");
        Has(forecast, @"source +432 +6 d +");
        Has(forecast, @"1h +72 +3 +20 d .*never: \+26,298 a year");
        Has(forecast, @"note  assumed: rows keep coming as in 2025-03-15 … 2025-03-21, of as many series");
        Has(forecast, @"note  the file does not shrink when rows go");
        Has(forecast, "░░ source   ▒▒ 1h   ▓▓ 1d");
    }

    [Fact]
    public async Task A_changed_policy_stands_beside_the_stored_one()
    {
        using var box = await Sandbox.BuiltAsync("7d");
        box.Keep("14d");
        var forecast = await box.RunAsync("forecast", "cpu.yaml", "--as-of", Midnight, "--for", "60d");
        Assert.True(forecast.ExitCode == 0, forecast.Text);
        Has(forecast, "cpu  revision 1, as stored");
        Has(forecast, "cpu  not stored, as the file says");
        Has(forecast, @"at 2025-05-20 +stored +size +changed +size +difference +size");
        Has(forecast, @"source +3,024 .* 6,048 .* \+3,024 ");
        Has(forecast, @"1h +5,760 .* 5,760 .* 0 +0 *$");
        Has(forecast, "all, as stored");
        Assert.Contains("revision 1", (await box.RunAsync("status", "--as-of", Midnight)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_whole_value_is_json_and_a_picture_is_written_with_it()
    {
        using var box = await Sandbox.BuiltAsync("7d");
        box.Keep("14d");
        Directory.CreateDirectory(Path.Combine(box.Folder, "pictures"));
        var policy = LifecycleTests
            .Json(await box.RunAsync("forecast", "cpu.yaml", "--as-of", Midnight, "--output", "json", "--png", "pictures/cpu.png"))
            .GetProperty("policies")[0];
        var (stored, changed) = (policy.GetProperty("stored"), policy.GetProperty("changed"));
        Assert.Equal((1, 0), (stored.GetProperty("revision").GetInt32(), changed.GetProperty("revision").GetInt32()));
        Assert.Equal(6048, Last(changed.GetProperty("relations")[0].GetProperty("points")));
        Assert.Equal(
            Last(stored.GetProperty("total")),
            stored.GetProperty("relations").EnumerateArray().Sum(r => Last(r.GetProperty("points")))
        );
        Assert.Equal(9, stored.GetProperty("total").EnumerateArray().Count(p => p.GetProperty("isStep").GetBoolean()));
        var source = stored.GetProperty("relations")[0];
        Assert.Equal(
            (432, "measured", "7d"),
            (
                source.GetProperty("rate").GetProperty("rowsPerDay").GetDouble(),
                source.GetProperty("rate").GetProperty("basis").GetString(),
                source.GetProperty("keep").GetString()
            )
        );
        Assert.Equal(JsonValueKind.Null, stored.GetProperty("relations")[1].GetProperty("steadyFrom").ValueKind);
        var picture = await File.ReadAllBytesAsync(Path.Combine(box.Folder, "pictures", "cpu.png"));
        Assert.Equal((byte)'P', picture[1]);
        Assert.True(picture.Length > 10_000);
    }

    [Fact]
    public async Task A_policy_that_is_not_stored_has_a_forecast()
    {
        using var box = new Sandbox();
        box.Sql(
            "CREATE TABLE cpu AS SELECT ts, 'a' AS host, 1.0::DOUBLE AS load FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-21', INTERVAL 10 MINUTE) r(ts)"
        );
        box.Keep("7d");
        var forecast = await box.RunAsync("forecast", "cpu.yaml", "--as-of", Midnight, "--for", "30d");
        Assert.True(forecast.ExitCode == 0, forecast.Text);
        Has(forecast, @"source +7d +2,880( +1,008)+ *$");
        Has(forecast, "1h .*19 d 23 h of the source .*by types");
        Assert.Equal(0, box.Count("SELECT count(*) FROM information_schema.schemata WHERE schema_name = 'varve'"));
    }

    [Fact]
    public async Task A_silent_source_is_told()
    {
        using var box = await Sandbox.BuiltAsync("7d");
        Has(await box.RunAsync("forecast"), "no row came in .* the newest is of 2025-03-20T23:50Z: nothing comes");
    }

    [Theory]
    [InlineData("a day to a hundred years", "forecast", "--for", "12h")]
    [InlineData("a day to a hundred years", "forecast", "--for", "forever")]
    [InlineData("--for: ", "forecast", "--for", "soon")]
    [InlineData("VRV306", "forecast", "nobody")]
    public async Task What_cannot_be_looked_at_exits_2(string expected, params string[] args)
    {
        using var box = await Sandbox.AppliedAsync();
        var refused = await box.RunAsync(args);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(expected, refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_is_of_one_policy()
    {
        using var box = await Sandbox.AppliedAsync();
        box.Sql("CREATE TABLE mem AS FROM cpu");
        box.Write("mem.yaml", "policy: mem\ntable: mem\ntime: ts\nkeep: 7d\n");
        Assert.Equal(0, (await box.RunAsync("apply", "mem.yaml")).ExitCode);
        var refused = await box.RunAsync("forecast", "--png", "both.png");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("name one", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(box.Folder, "both.png")));
        Assert.Equal(0, (await box.RunAsync("forecast", "mem", "--png", "mem.png")).ExitCode);
    }

    private static long Last(JsonElement points) => points[points.GetArrayLength() - 1].GetProperty("rows").GetInt64();

    private static void Has(Transcript transcript, string pattern) =>
        Assert.True(
            Regex.IsMatch(transcript.Out.ReplaceLineEndings("\n"), pattern, RegexOptions.Multiline),
            $"{pattern} is not in\n{transcript.Text}"
        );
}
