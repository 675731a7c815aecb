using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Engines.Tests.DuckDb;

public sealed class LargeTableTests : Files
{
    private const string Policy = "table: cpu\ntime: ts\nseries: [host]\nmeasures: { usage: [avg] }\ntiers: [{ every: 1h }]\n";

    [Fact]
    public async Task Of_a_large_table_the_first_estimate_counts_the_series_of_its_newest_part_and_of_others_all()
    {
        await using var database = New();
        Assert.Equal(24 * 4, await EstimateAsync(database, 1_120_000));
        Assert.Equal(24 * 100, await EstimateAsync(database, 112_000));
    }

    /// <summary>What is expected of a day, in 16 days of which the last has 4 hosts and the others 100.</summary>
    private static async Task<long> EstimateAsync(Database database, long rows)
    {
        await Do(
            database,
            $"""
            CREATE OR REPLACE TABLE cpu AS
            SELECT make_timestamp({Micros.From(Instant.FromUtc(2025, 1, 1, 0, 0))} + i * {16
                * 86_400_000_000} // {rows}) AS ts, i % CASE WHEN i * 16 < {15 * rows} THEN 100 ELSE 4 END AS host, 1.5::DOUBLE AS usage
            FROM range({rows}) t(i)
            """
        );
        var plan = (await new Lifecycle(database).PlanAsync(PolicyYaml.Parse(Policy, "cpu.yaml"), Instant.FromUtc(2025, 1, 17, 0, 0)))[0];
        var built = plan.Steps.OfType<PlanStep.RollUp>().ToList();
        return (long)Math.Round(built.Sum(s => s.Rows) / 16.0);
    }
}
