using NodaTime;
using Varve.Policies;
using Varve.Time;
using Xunit;
using static Varve.Tests.Policies.Texts;

namespace Varve.Tests.Policies;

public sealed class PartitionWidthTests
{
    private const string Table = "table: t\ntime: ts\nseries: []\nkeep: 30d\n";

    [Theory]
    [InlineData("{ by: day, every: 1d }", "day 1d  1970-01-01")]
    [InlineData("{ by: day, every: 1mo, zone: Europe/Berlin }", "day 1mo Europe/Berlin 1970-01-01")]
    [InlineData("{ by: part, every: 168h, origin: 2025-01-06 }", "part 168h  2025-01-06")]
    public void What_a_policy_says_of_its_partitions_is_read_and_written_back(string yaml, string expected)
    {
        var policy = Policy($"{Table}source: {{ partition: {yaml} }}");
        Assert.Equal(expected, Text(policy.Partition!));
        Assert.Equal(policy.Partition, PolicyJson.Read(PolicyJson.Canonical(policy)).Partition);
        Assert.Empty(PolicyRules.Check(policy));
    }

    [Fact]
    public void A_change_of_it_is_a_difference()
    {
        var difference = PolicyDifference.Between(
            Policy($"{Table}source: {{ partition: {{ by: day, every: 1d }} }}"),
            Policy($"{Table}seal: always\nsource: {{ partition: {{ by: day, every: 1w }} }}")
        );
        Assert.Equal([("partition.every", "1d", "1w"), ("seal", null, "always")], difference.Select(d => (d.Path, d.Before, d.After)));
    }

    [Theory]
    [InlineData("partition: day", "VRV104", "has keys of its own", 5, 22)]
    [InlineData("partition: { every: 1d }", "VRV105", "`source.partition` has no `by`", 5, 22)]
    [InlineData("partition: { by: day }", "VRV105", "`source.partition` has no `every`", 5, 22)]
    [InlineData("partition: { by: day, evry: 1d, every: 1d }", "VRV102", "Did you mean `every`?", 5, 33)]
    [InlineData("partition: { by: day, every: 4mo }", "VRV117", "No partition is 4mo long", 5, 33)]
    [InlineData("partition: { by: day, every: 1h, zone: Europe/Berlin }", "VRV117", "ranges of UTC", 5, 44)]
    [InlineData("partition: { by: day, every: 1d, origin: 2025-01-01 }", "VRV117", "no origin", 5, 44)]
    [InlineData("partition: { by: day, every: 1d, zone: Mars }", "VRV115", "no time zone `Mars`", 5, 44)]
    public void What_is_no_width_of_a_partition_is_refused_where_it_stands(string yaml, string code, string part, int line, int column)
    {
        var problem = Problem($"{Table}source: {{ {yaml} }}");
        Has(problem, code, part);
        Assert.Equal((line, column), (problem.Position!.Line, problem.Position.Column));
    }

    private static string Text(PartitionWidth said) =>
        $"{said.By} {said.Every.Name} {said.Zone} {said.Origin.InUtc().Date.ToString("uuuu-MM-dd", System.Globalization.CultureInfo.InvariantCulture)}";
}
