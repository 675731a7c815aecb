using System.Globalization;
using System.Xml.Linq;

namespace Varve.Apps.Tests;

/// <summary>Pictures of a measure, read as the SVG that has the same lines, places and texts as the PNG.</summary>
public sealed class GraphTests
{
    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    [Fact]
    public async Task A_short_range_is_a_line_and_not_loose_dots()
    {
        using var box = await Sandbox.BuiltAsync();
        var (picture, graph) = await DrawnAsync(
            box,
            "load",
            "--where",
            "host=host0",
            "--from",
            "2025-03-20T00:00:00Z",
            "--to",
            "2025-03-20T06:00:00Z"
        );
        Assert.Equal(36, Points(Assert.Single(Lines(picture))).Length);
        Assert.True(graph.Out.Count(c => c is > '\u2800' and <= '\u28ff') > 60, graph.Out);
        var answer = LifecycleTests.Json(
            await box.RunAsync(
                "query",
                "cpu",
                "--where",
                "host=host0",
                "--from",
                "2025-03-20T00:00:00Z",
                "--to",
                "2025-03-20T06:00:00Z",
                "--points",
                "1200",
                "--output",
                "json"
            )
        );
        Assert.All(answer.GetProperty("rows").EnumerateArray(), row => Assert.Equal(600, row.GetProperty("varve_seconds").GetDouble()));
    }

    [Fact]
    [Rule("query-interval")]
    public async Task No_bucket_is_finer_than_the_interval_of_the_policy()
    {
        using var box = new Sandbox();
        box.Sql(
            "CREATE TABLE cpu AS SELECT ts, epoch(ts) % 7 AS load FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-02', INTERVAL 1 SECOND) r(ts)"
        );
        await BuildAsync(
            box,
            "policy: cpu\ntable: cpu\ntime: ts\nseries: []\ninterval: 40s\nmeasures: { load: [avg] }\ntiers: [{ every: 1h }]\n"
        );
        var answer = LifecycleTests.Json(
            await box.RunAsync(
                "query",
                "cpu",
                "--from",
                "2025-03-01T00:00:00Z",
                "--to",
                "2025-03-01T01:00:00Z",
                "--points",
                "3600",
                "--output",
                "json"
            )
        );
        Assert.All(answer.GetProperty("rows").EnumerateArray(), row => Assert.Equal(60, row.GetProperty("varve_seconds").GetDouble()));
    }

    [Fact]
    [Rule("graph-breaks")]
    public async Task A_line_breaks_where_rows_are_missing_and_not_where_they_come_unevenly()
    {
        using var box = await Sandbox.BuiltAsync();
        box.Sql("DELETE FROM cpu WHERE ts > TIMESTAMP '2025-03-20 02:00' AND ts < TIMESTAMP '2025-03-20 03:00'");
        box.Sql("UPDATE cpu SET ts = ts + INTERVAL (hash(ts) % 200) SECOND WHERE ts > TIMESTAMP '2025-03-20'");
        var (picture, _) = await DrawnAsync(
            box,
            "load",
            "--where",
            "host=host0",
            "--from",
            "2025-03-20T00:00:00Z",
            "--to",
            "2025-03-20T06:00:00Z"
        );
        Assert.Equal(2, Lines(picture).Count);
    }

    [Theory]
    [InlineData("state", "no numbers")]
    [InlineData("nothing", "has no values")]
    [InlineData("load", "has no values", "--from", "2030-01-01", "--to", "2030-02-01")]
    [InlineData("load", "has no values", "--where", "host=nobody")]
    public async Task What_has_no_value_is_refused_and_leaves_no_file(string measure, string reason, params string[] options)
    {
        using var box = new Sandbox();
        box.Sql(
            "CREATE TABLE cpu AS SELECT ts, 'a' AS host, 1.5 AS load, 'ok' AS state, NULL::DOUBLE AS nothing FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-05', INTERVAL 1 HOUR) r(ts)"
        );
        await BuildAsync(
            box,
            "policy: cpu\ntable: cpu\ntime: ts\nseries: [host]\nmeasures: { load: [avg], state: [last], nothing: [avg, max] }\ntiers: [{ every: 1d }]\n"
        );
        var graph = await box.RunAsync(["graph", "cpu", measure, "--png", "p.png", "--svg", "p.svg", .. options]);
        Assert.Equal(2, graph.ExitCode);
        Assert.Contains("VRV324", graph.Error, StringComparison.Ordinal);
        Assert.Contains(reason, graph.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(box.Folder, "p.png").Concat(Directory.GetFiles(box.Folder, "p.svg")));
    }

    [Fact]
    public async Task A_measure_that_was_found_by_itself_is_drawn()
    {
        using var box = new Sandbox();
        box.Sql(
            "CREATE TABLE cpu AS SELECT ts, epoch(ts) % 7 AS load FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-05', INTERVAL 1 HOUR) r(ts)"
        );
        await BuildAsync(box, "policy: cpu\ntable: cpu\ntime: ts\nseries: []\nmeasures: auto\ntiers: [{ every: 1d }]\n");
        var (picture, _) = await DrawnAsync(box, "load");
        Assert.Contains("load avg", Texts(picture));
        var wrong = await box.RunAsync("graph", "cpu", "laod");
        Assert.Contains("It has: load", wrong.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[max, count]", "load max", "7")]
    [InlineData("[count, stddev]", "load count", "24")]
    [InlineData("[sum, count]", "load sum", "76")]
    public async Task The_line_is_of_one_function_and_its_maximum_of_the_same(string functions, string name, string maximum)
    {
        using var box = new Sandbox();
        box.Sql(
            "CREATE TABLE cpu AS SELECT ts, (CASE WHEN hour(ts) = 7 THEN 7 ELSE day(ts) END)::DOUBLE AS load FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-04', INTERVAL 1 HOUR) r(ts)"
        );
        await BuildAsync(
            box,
            $"policy: cpu\ntable: cpu\ntime: ts\nseries: []\nkeep: 12d\nmeasures: {{ load: {functions} }}\ntiers: [{{ every: 1d }}]\n"
        );
        var (picture, _) = await DrawnAsync(box, "load", "--from", "2025-03-01", "--to", "2025-03-04");
        Assert.Equal(maximum, Texts(picture).SkipWhile(t => t != name).Skip(3).First());
    }

    [Fact]
    public async Task Two_values_of_one_series_column_are_both_drawn()
    {
        using var box = await Sandbox.BuiltAsync();
        var (picture, _) = await DrawnAsync(box, "load", "--where", "host=host0", "--where", "host=host2");
        Assert.Equal(2, Lines(picture).Count);
        Assert.Contains("cpu load  host host0 or host2", Texts(picture));
        Assert.Contains("host2", Texts(picture));
        var answer = LifecycleTests.Json(
            await box.RunAsync("query", "cpu", "--where", "host=host0", "--where", "host=host2", "--every", "1d", "--output", "json")
        );
        Assert.Equal(
            ["host0", "host2"],
            answer.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("host").GetString()).Distinct()
        );
    }

    [Fact]
    public async Task Each_series_has_a_line_up_to_twelve_and_the_others_are_a_band_with_their_number()
    {
        using var box = new Sandbox();
        box.Sql(
            "CREATE TABLE cpu AS SELECT ts, h AS host, h + epoch(ts) % 7 AS load FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-03', INTERVAL 1 HOUR) r(ts), range(1, 31) s(h)"
        );
        await BuildAsync(
            box,
            "policy: cpu\ntable: cpu\ntime: ts\nseries: [host]\nmeasures: { load: [avg, max] }\ntiers: [{ every: 1d }]\n"
        );
        var (picture, graph) = await DrawnAsync(box, "load", "--from", "2025-03-01", "--to", "2025-03-03");
        Assert.Equal(12, Lines(picture).Count);
        Assert.Contains("18 more, least to greatest avg", Texts(picture));
        Assert.Contains(Texts(picture), t => t.StartsWith("12 of 30 series are lines", StringComparison.Ordinal));
        Assert.Contains("24 more", graph.Out, StringComparison.Ordinal);
        Assert.Contains("30", Texts(picture));
        Assert.DoesNotContain("18", Texts(picture));
        var (together, _) = await DrawnAsync(box, "load", "--together", "--from", "2025-03-01", "--to", "2025-03-03");
        Assert.Single(Lines(together));
    }

    [Theory]
    [InlineData("bytes", "0.5 * 1024 * 1024 * 1024", "512 MiB")]
    [InlineData("decbytes", "2500000", "2.5 MB")]
    [InlineData("bits/s", "1500000000", "1.5 Gbit/s")]
    [InlineData("percent", "12.5", "12.5%")]
    [InlineData("share", "0.125", "12.5%")]
    [InlineData("seconds", "5400", "1.5 h")]
    [InlineData("milliseconds", "0.25", "250 µs")]
    [InlineData("W", "0.004", "4 mW")]
    [InlineData("°C", "21.5", "21.5 °C")]
    [InlineData("requests", "1234", "1,234 requests")]
    public async Task Numbers_have_their_unit_and_its_prefixes(string unit, string value, string shown)
    {
        using var box = new Sandbox();
        box.Sql(
            $"CREATE TABLE cpu AS SELECT ts, ({value})::DOUBLE AS load FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-03', INTERVAL 1 HOUR) r(ts)"
        );
        await BuildAsync(
            box,
            $"policy: cpu\ntable: cpu\ntime: ts\nseries: []\nmeasures: {{ load: {{ functions: [avg, max], unit: '{unit}' }} }}\ntiers: [{{ every: 1d }}]\n"
        );
        var (picture, graph) = await DrawnAsync(box, "load");
        Assert.Equal([shown, shown, shown], Texts(picture).SkipWhile(t => t != "load avg").Skip(1).Take(3));
        Assert.Contains(shown, graph.Out, StringComparison.Ordinal);
        var (other, _) = await DrawnAsync(box, "load", "--unit", "pieces");
        Assert.Contains(Texts(other), t => t.EndsWith(" pieces", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_legend_has_last_average_and_maximum_over_all_rows()
    {
        using var box = new Sandbox();
        box.Sql(
            "CREATE TABLE cpu AS SELECT ts, CASE WHEN ts < TIMESTAMP '2025-03-09' THEN 10 WHEN minute(ts) = 30 THEN 90 ELSE 20 END::DOUBLE AS load FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-11', INTERVAL 30 MINUTE) r(ts)"
        );
        await BuildAsync(
            box,
            "policy: cpu\ntable: cpu\ntime: ts\nseries: []\nkeep: 12d\nmeasures: { load: [avg, max, count] }\ntiers: [{ every: 1d }]\n"
        );
        var (picture, _) = await DrawnAsync(box, "load", "--from", "2025-03-01", "--to", "2025-03-11");
        var texts = Texts(picture);
        Assert.Equal(["90", "19", "90"], texts.SkipWhile(t => t != "load avg").Skip(1).Take(3));
    }

    [Fact]
    public async Task One_outlier_does_not_ruin_the_scale_and_the_picture_says_so()
    {
        using var box = new Sandbox();
        box.Sql(
            "CREATE TABLE cpu AS SELECT ts, CASE WHEN ts = TIMESTAMP '2025-03-02 05:00' THEN 9000 ELSE 40 + 10 * sin(epoch(ts)) END AS load FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-08', INTERVAL 1 HOUR) r(ts)"
        );
        await BuildAsync(box, "policy: cpu\ntable: cpu\ntime: ts\nseries: []\nmeasures: { load: [avg, max] }\ntiers: [{ every: 1d }]\n");
        var (auto, graph) = await DrawnAsync(box, "load");
        Assert.Contains(
            Texts(auto),
            t => t.StartsWith("scale p99: 1 of 168 buckets reach beyond it, up to 9,000", StringComparison.Ordinal)
        );
        Assert.Contains("scale p99", graph.Out, StringComparison.Ordinal);
        Assert.Contains("50", Texts(auto));
        var (full, _) = await DrawnAsync(box, "load", "--scale", "full");
        Assert.DoesNotContain(Texts(full), t => t.StartsWith("scale", StringComparison.Ordinal));
        Assert.Contains("10,000", Texts(full));
        var (log, _) = await DrawnAsync(box, "load", "--scale", "log");
        Assert.Contains("logarithmic scale", Texts(log));
        Assert.Equal(["10", "100", "1,000", "10,000"], Texts(log).Intersect(["10", "100", "1,000", "10,000"]));
        var (limited, _) = await DrawnAsync(box, "load", "--threshold", "100=full", "--threshold", "2");
        Assert.Contains("full", Texts(limited));
        Assert.Equal(2, limited.Descendants(s_svg + "polyline").Count(l => (string?)l.Attribute("stroke-dasharray") == "6"));
    }

    [Fact]
    public async Task A_logarithm_of_nothing_above_0_is_refused()
    {
        using var box = new Sandbox();
        box.Sql(
            "CREATE TABLE cpu AS SELECT ts, -1.0 AS load FROM range(TIMESTAMP '2025-03-01', TIMESTAMP '2025-03-03', INTERVAL 1 HOUR) r(ts)"
        );
        await BuildAsync(box, "policy: cpu\ntable: cpu\ntime: ts\nseries: []\nmeasures: { load: [avg] }\ntiers: [{ every: 1d }]\n");
        var graph = await box.RunAsync("graph", "cpu", "load", "--scale", "log", "--svg", "p.svg");
        Assert.Equal(2, graph.ExitCode);
        Assert.Contains("--scale full", graph.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(box.Folder, "p.svg")));
    }

    [Fact]
    public async Task The_name_of_a_tier_stands_above_the_data()
    {
        using var box = await Sandbox.BuiltAsync("3d");
        var (picture, _) = await DrawnAsync(box, "load", "--where", "host=host0");
        var top = double.Parse(
            (string)picture.Descendants(s_svg + "clipPath").Single().Element(s_svg + "rect")!.Attribute("y")!,
            CultureInfo.InvariantCulture
        );
        var name = picture.Descendants(s_svg + "text").Single(t => t.Value == "1h");
        Assert.True(double.Parse((string)name.Attribute("y")!, CultureInfo.InvariantCulture) < top);
    }

    [Fact]
    public async Task Title_size_zone_and_year_are_in_the_picture_in_every_culture()
    {
        using var box = await Sandbox.BuiltAsync();
        string[] options =
        [
            "--where",
            "host=host0",
            "--title",
            "Load & <more>",
            "--size",
            "900x500",
            "--zone",
            "America/New_York",
            "--from",
            "2025-03-08T05:00:00Z",
            "--to",
            "2025-03-10T04:00:00Z",
            "--dark",
        ];
        var (picture, graph) = await DrawnAsync(box, "load", options);
        Assert.Equal(("900", "500"), ((string?)picture.Attribute("width"), (string?)picture.Attribute("height")));
        Assert.Contains("Load & <more>", Texts(picture));
        Assert.Contains("2025-03-08 … 2025-03-10  America/New_York", Texts(picture));
        Assert.Contains("2025-03-08 … 2025-03-10  America/New_York", graph.Out, StringComparison.Ordinal);
        Assert.Contains("2025-03-08", Texts(picture));
        Assert.Contains("03-09", Texts(picture));
        var bytes = await File.ReadAllBytesAsync(Path.Combine(box.Folder, "p.png"));
        Assert.Equal([0, 0, 900 / 256, 900 % 256, 0, 0, 500 / 256, 500 % 256], bytes[16..24]);
        Assert.Contains("#14191c", picture.ToString(), StringComparison.Ordinal);
        var german = Tool.Command(box.Folder, ["graph", "cpu", "load", .. options, "--svg", "de.svg", "--db", box.Db]);
        german.Environment["LC_ALL"] = "de_DE.UTF-8";
        Assert.Equal(0, (await Tool.EndAsync(german)).ExitCode);
        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(box.Folder, "p.svg")),
            await File.ReadAllTextAsync(Path.Combine(box.Folder, "de.svg"))
        );
    }

    [Theory]
    [InlineData("--size", "10x10", "--size 10x10 is no size")]
    [InlineData("--size", "wide", "1400x640")]
    [InlineData("--zone", "Europe/Nowhere", "there is no time zone Europe/Nowhere")]
    [InlineData("--threshold", "high", "begins with no number")]
    [InlineData("--threshold", "NaN", "begins with no number")]
    [InlineData("--scale", "p98", "p99")]
    public async Task What_is_typed_wrong_is_said_before_anything_is_drawn(string option, string value, string message)
    {
        using var box = await Sandbox.BuiltAsync();
        var graph = await box.RunAsync("graph", "cpu", "load", option, value, "--png", "p.png");
        Assert.Equal(2, graph.ExitCode);
        Assert.Contains(message, graph.Error, StringComparison.Ordinal);
        Assert.Empty(graph.Out);
        Assert.Empty(Directory.GetFiles(box.Folder, "p.png"));
    }

    private static async Task<(XElement Picture, Transcript Graph)> DrawnAsync(Sandbox box, string measure, params string[] options)
    {
        var graph = await box.RunAsync(["graph", "cpu", measure, "--svg", "p.svg", "--png", "p.png", .. options]);
        Assert.True(graph.ExitCode == 0, graph.Text);
        Assert.Equal((byte)'P', (await File.ReadAllBytesAsync(Path.Combine(box.Folder, "p.png")))[1]);
        return (XElement.Parse(await File.ReadAllTextAsync(Path.Combine(box.Folder, "p.svg"))), graph);
    }

    private static async Task BuildAsync(Sandbox box, string policy)
    {
        box.Write("p.yaml", policy);
        foreach (var args in new string[][] { ["apply", "p.yaml"], ["run", "--as-of", Sandbox.AsOf, "--yes"] })
        {
            var done = await box.RunAsync(args);
            Assert.True(done.ExitCode == 0, done.Text);
        }
    }

    /// <summary>What is drawn within the axes.</summary>
    private static List<XElement> Lines(XElement picture) =>
        [.. picture.Elements(s_svg + "g").SelectMany(g => g.Elements(s_svg + "polyline"))];

    private static string[] Points(XElement line) => ((string)line.Attribute("points")!).Split(' ');

    private static List<string> Texts(XElement picture) => [.. picture.Descendants(s_svg + "text").Select(t => t.Value)];
}
