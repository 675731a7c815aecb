using Varve.Importing;
using Varve.Policies;

namespace Varve.Tests.Importing;

public sealed class RrdImportTests
{
    private const string Information = """
        filename = "router.rrd"
        rrd_version = "0003"
        step = 300
        last_update = 920804400
        ds[traffic_in].index = 0
        ds[traffic_in].type = "COUNTER"
        ds[traffic_in].minimal_heartbeat = 600
        ds[traffic_in].min = 0.0000000000e+00
        ds[traffic_in].max = NaN
        ds[temp].index = 1
        ds[temp].type = "GAUGE"
        ds[temp].minimal_heartbeat = 600
        ds[temp].min = NaN
        ds[temp].max = NaN
        rra[0].cf = "AVERAGE"
        rra[0].rows = 576
        rra[0].pdp_per_row = 1
        rra[0].xff = 5.0000000000e-01
        rra[0].cdp_prep[0].value = NaN
        rra[1].cf = "MAX"
        rra[1].rows = 432
        rra[1].pdp_per_row = 6
        rra[1].xff = 2.0000000000e-01
        rra[2].cf = "AVERAGE"
        rra[2].rows = 450
        rra[2].pdp_per_row = 288
        rra[2].xff = 5.0000000000e-01
        """;

    private const string Dump = """
        <?xml version="1.0" encoding="utf-8"?>
        <!DOCTYPE rrd SYSTEM "https://oss.oetiker.ch/rrdtool/rrdtool.dtd">
        <!-- Round Robin Database Dump -->
        <rrd>
          <version>0003</version>
          <step>300</step> <!-- Seconds -->
          <lastupdate>920804400</lastupdate>
          <ds><name> traffic_in </name><type> COUNTER </type><minimal_heartbeat>600</minimal_heartbeat>
            <min>0.0000000000e+00</min><max>NaN</max></ds>
          <ds><name> temp </name><type> GAUGE </type><minimal_heartbeat>600</minimal_heartbeat><min>NaN</min><max>NaN</max></ds>
          <rra><cf>AVERAGE</cf><pdp_per_row>1</pdp_per_row><params><xff>5.0000000000e-01</xff></params>
            <cdp_prep><ds><primary_value>0</primary_value></ds></cdp_prep>
            <database>ROWS0</database></rra>
          <rra><cf>MAX</cf><pdp_per_row>6</pdp_per_row><params><xff>2.0000000000e-01</xff></params><database>ROWS1</database></rra>
          <rra><cf>AVERAGE</cf><pdp_per_row>288</pdp_per_row><params><xff>5.0000000000e-01</xff></params><database>ROWS2</database></rra>
        </rrd>
        """;

    public static TheoryData<string> Both => [Information, Dumped(576, 432, 450)];

    [Theory]
    [MemberData(nameof(Both))]
    public void Archives_become_tiers_and_sources_measures(string text)
    {
        var (policy, yaml) = One(RrdImport.Convert(text, "router.rrd", new("net", "router"), "at"));
        Assert.Equal(("net.router", "at", "5m", "2d"), (policy.Table.Text, policy.Time, policy.Interval!.Text, policy.Keep.Text));
        Assert.Equal([("5m", "2d"), ("30m", "9d"), ("1d", "450d")], policy.Tiers.Select(t => (t.Every.Name, t.Keep.Text)));
        Assert.Equal(["traffic_in", "temp"], policy.Measures!.Select(m => m.Name));
        Assert.All(policy.Measures!, m => Assert.Equal([Function.Avg, Function.Max], m.Functions));
        Assert.Contains("traffic_in is a COUNTER", yaml, StringComparison.Ordinal);
        Assert.Contains("traffic_in has a least or a greatest value", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("temp is a", yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void Xff_is_the_largest_unknown_share_and_becomes_the_smallest_known_one()
    {
        var text = Information.Replace("5.0000000000e-01", "1.0000000000e-01", StringComparison.Ordinal);
        Assert.Equal(0.8, One(RrdImport.Convert(text, "f", new(null, "t"), "ts")).Policy.MinCoverage);
    }

    [Fact]
    public void What_has_no_counterpart_is_named()
    {
        var text = Information + "\nrra[3].cf = \"HWPREDICT\"\nrra[3].rows = 10\nrra[3].pdp_per_row = 1\nds[sum].type = \"COMPUTE\"\n";
        var result = RrdImport.Convert(text, "f", new(null, "t"), "ts");
        Assert.Contains(result.Left, l => l.Contains("HWPREDICT", StringComparison.Ordinal));
        Assert.Contains(result.Left, l => l.Contains("sum is computed", StringComparison.Ordinal));
        Assert.DoesNotContain("sum", Assert.Single(PolicyYaml.Parse(result.Policies[0].Yaml, "f")).Policy.Measures!.Select(m => m.Name));
    }

    [Fact]
    public void A_coarser_archive_that_is_shorter_is_lengthened()
    {
        var text = Information.Replace("rra[2].rows = 450", "rra[2].rows = 3", StringComparison.Ordinal);
        var (policy, yaml) = One(RrdImport.Convert(text, "f", new(null, "t"), "ts"));
        Assert.Equal(["2d", "9d", "9d"], policy.Tiers.Select(t => t.Keep.Text));
        Assert.Contains("This archive was 3d long", yaml, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("step = 300")]
    [InlineData("<rrd><step>300</step></rrd>")]
    [InlineData("<rrd>")]
    [InlineData("ds[a].type = \"GAUGE\"\nrra[0].cf = \"AVERAGE\"")]
    public void Other_text_is_refused(string text) =>
        Assert.Equal(ImportCodes.Unreadable, Assert.Throws<PolicyException>(() => RrdImport.Convert(text, "f", new(null, "t"), "ts")).Code);

    private static string Dumped(params int[] rows) =>
        rows.Select((count, i) => (count, i))
            .Aggregate(
                Dump,
                (text, r) =>
                    text.Replace(
                        $"ROWS{r.i}",
                        string.Concat(Enumerable.Repeat("<!-- 1999-03-07 --> <row><v>NaN</v><v>1.5</v></row>", r.count)),
                        StringComparison.Ordinal
                    )
            );

    private static (Policy Policy, string Yaml) One(ImportResult result)
    {
        Assert.Empty(result.Left);
        var policy = Assert.Single(result.Policies);
        return (Assert.Single(PolicyYaml.Parse(policy.Yaml, "f")).Policy, policy.Yaml);
    }
}
