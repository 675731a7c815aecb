using NodaTime;
using Varve.CrateDb;
using Varve.CrateDb.Partitions;
using Varve.Engines;
using Varve.Importing;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.CrateDb;

/// <summary>cratedb-toolkit's own scenarios, each with its result and with Varve's.</summary>
public sealed class ToolkitScenarioTests : CrateDbSuite
{
    /// <summary>First day, days between rows, rows, expression, period, cutoff day; rows that are left by the toolkit, and here.</summary>
    public static TheoryData<string, int, int, string, int, string, int, int> Scenarios =>
        new()
        {
            { "2023-06-01", 5, 6, "date_trunc('day', time)", 1, "2024-12-31", 0, 0 },
            { "2023-05-01", 7, 9, "date_trunc('month', time)", 1, "2024-12-31", 0, 0 },
            { "2023-05-01", 7, 9, "date_trunc('month', time)", 365, "2024-05-15", 4, 9 },
            { "2023-05-01", 7, 9, "date_trunc('month', time)", 365, "2024-06-01", 0, 4 },
            { "2023-06-01", 2, 15, "date_trunc('day', time)", 1, "2023-06-15", 8, 8 },
        };

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void The_end_of_a_partition_decides_and_not_its_start(
        string first,
        int days,
        int rows,
        string expression,
        int period,
        string cutoffDay,
        int toolkit,
        int ours
    )
    {
        var cutoff = InstantText.Parse(cutoffDay) - Duration.FromDays(period);
        PartitionColumn column = new("part", "timestamp with time zone", expression);
        var parser = new PieceParser([column], "time");
        var calendar = expression.Contains("month", StringComparison.Ordinal);
        var (leftByToolkit, left) = (0, 0);
        foreach (var row in Enumerable.Range(0, rows).Select(i => InstantText.Parse(first) + Duration.FromDays(i * days)))
        {
            var date = row.InUtc().Date;
            var value = (calendar ? new LocalDate(date.Year, date.Month, 1) : date).AtMidnight().InUtc().ToInstant();
            var range = parser.RangeOf([new(column, value)]).Range!;
            Assert.True(range.Contains(row));
            if (value >= cutoff)
                leftByToolkit++;
            if (range.To > cutoff)
                left++;
        }

        Assert.Equal((toolkit, ours), (leftByToolkit, left));
    }

    [Fact]
    public async Task The_toolkits_table_is_read_from_the_cluster_with_the_time_columns()
    {
        Cluster.Answers = call =>
            call.Says("REFRESH") ? Reply.Done()
            : call.Says("retention_policy") ? Recorded.Of("cratedb-toolkit", "policies").Reply
            : call.Args[1].GetString() == "sensor"
                ? Reply.Rows([("n", 4), ("t", 4), ("e", 4)], ["month", "timestamp with time zone", "date_trunc('month', ts)"])
            : Reply.Rows([("n", 4), ("t", 4), ("e", 4)], ["day", "timestamp with time zone", null]);
        var read = await ReadAsync("ext");
        Assert.Equal(4, read.Policies.Count);
        Assert.Equal("ts", Assert.Single(read.Times).Value);
        var result = ToolkitImport.Convert(read.Policies, t => read.Times.GetValueOrDefault(t) ?? "at", ToolkitCompare.End);
        Assert.Equal(["sensor", "raw", "raw2", "x');DROP"], result.Policies.Select(p => p.Name));
        Assert.Contains("time: ts\n", result.Policies[0].Yaml, StringComparison.Ordinal);
        Assert.Equal("x');DROP", Assert.Single(PolicyYaml.Parse(result.Policies[3].Yaml, "f")).Policy.Table.Name);
    }

    [Fact]
    public async Task Where_the_toolkit_was_never_set_up_the_schema_is_asked_for()
    {
        Cluster.Answers = _ => Recorded.Of("errors", "unknown schema").Reply;
        var error = await Assert.ThrowsAsync<PolicyException>(() => ReadAsync("other"));
        Assert.Equal(ImportCodes.Unreadable, error.Code);
        Assert.Contains("other.retention_policy", error.Message, StringComparison.Ordinal);
    }

    private Task<CrateDbToolkit> ReadAsync(string schema) =>
        CrateDbToolkit.ReadAsync(DatabaseUrl.Parse($"crate://{Cluster.Hosts}/"), schema, TextReader.Null, Token);
}
