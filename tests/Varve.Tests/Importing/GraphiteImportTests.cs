using Varve.Importing;
using Varve.Policies;

namespace Varve.Tests.Importing;

public sealed class GraphiteImportTests
{
    private const string Schemas = """
        # Carbon's own
        [carbon]
        pattern = ^carbon\.
        retentions = 60:90d

        [default_1min_for_1day]
        pattern = .*
        retentions = 15s:7d, 1m:21d, 15m:5y
        """;

    [Fact]
    public void Each_section_is_a_policy_for_a_table()
    {
        var policies = Policies(Schemas, null, new("graphite"));
        Assert.Equal(["graphite.carbon", "graphite.default_1min_for_1day"], policies.Select(p => p.Table.Text));
        Assert.Equal([("1m", "90d")], policies[0].Tiers.Select(t => (t.Every.Name, t.Keep.Text)));
        Assert.Equal([("15s", "7d"), ("1m", "21d"), ("15m", "5y")], policies[1].Tiers.Select(t => (t.Every.Name, t.Keep.Text)));
        Assert.Equal(["1m", "15s"], policies.Select(p => p.Interval!.Text));
        Assert.Equal(["90d", "7d"], policies.Select(p => p.Keep.Text));
        Assert.All(policies, p => Assert.Equal(("path", "ts", 0.5), (Assert.Single(p.Series), p.Time, p.MinCoverage)));
    }

    [Fact]
    public void Methods_become_functions_and_the_factor_is_the_smallest_known_share()
    {
        const string aggregation = """
            [min]
            pattern = \.min$
            xFilesFactor = 0.1
            aggregationMethod = min
            [count]
            pattern = \.count$
            xFilesFactor = 0
            aggregationMethod = sum
            [default_average]
            pattern = .*
            """;
        var policy = Policies(Schemas, aggregation, new(Value: "v"))[0];
        var measure = Assert.Single(policy.Measures!);
        Assert.Equal(("v", "carbon"), (measure.Name, policy.Table.Text));
        Assert.Equal([Function.Min, Function.Sum, Function.Avg], measure.Functions);
        Assert.Equal(0, policy.MinCoverage);
    }

    [Fact]
    public void A_method_without_a_counterpart_is_named()
    {
        var result = GraphiteImport.Convert(Schemas, "[a]\npattern=x\naggregationMethod = absmax\n", new());
        Assert.Contains("absmax", Assert.Single(result.Left), StringComparison.Ordinal);
        Assert.Equal(2, result.Policies.Count);
    }

    [Fact]
    public void Retentions_that_make_no_tiers_are_said_in_the_file_and_beside_it()
    {
        var result = GraphiteImport.Convert("[a]\npattern = x\nretentions = 10m:2d,1m:7d\n", null, new());
        Assert.NotEmpty(result.Left);
        Assert.StartsWith("# To be changed: ", result.Policies[0].Yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void A_section_without_retentions_is_left_out() =>
        Assert.Contains("[a]", Assert.Single(GraphiteImport.Convert("[a]\npattern = x\n", null, new()).Left), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("pattern = x")]
    [InlineData("[a]\nnonsense")]
    public void Other_files_are_refused(string text) =>
        Assert.Equal(ImportCodes.Unreadable, Assert.Throws<PolicyException>(() => GraphiteImport.Convert(text, null, new())).Code);

    private static IReadOnlyList<Policy> Policies(string schemas, string? aggregation, PointTable points)
    {
        var result = GraphiteImport.Convert(schemas, aggregation, points);
        Assert.Empty(result.Left);
        return [.. result.Policies.Select(p => Assert.Single(PolicyYaml.Parse(p.Yaml, p.Name)).Policy)];
    }
}
