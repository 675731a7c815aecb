using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>What a run asks of a tier is answered from an index, however large the tier has become.</summary>
public sealed class TierIndexTests() : ConformanceSuite(PostgreSqlScratch.New)
{
    [Fact]
    public async Task The_tables_of_tiers_have_an_index_on_their_time_and_keep_it_when_they_get_columns()
    {
        var story = await BeginAsync(Policy(Two, "count"), Every("2025-01-01", "2025-01-03", "1h"));
        await story.RunAsync("2025-01-04");
        Assert.Equal(["cpu_1d_states:ts", "cpu_1h_states:ts"], await IndexedAsync());
        await story.ApplyAsync(Policy(Two, "count, min, max"));
        await story.RunAsync("2025-01-04T01:00");
        Assert.Equal(["cpu_1d_states:ts", "cpu_1h_states:ts"], await IndexedAsync());
    }

    [Fact]
    public async Task The_ends_and_the_newest_buckets_of_a_tier_are_found_without_reading_all_of_it()
    {
        var story = await BeginAsync(Policy("tiers: [{ every: 1h }]", "count"), Every("2025-01-01", "2025-03-01", "1h"));
        await story.RunAsync("2025-03-02");
        await Db.ExecuteAsync("ANALYZE m.cpu_1h_states");
        foreach (
            var asked in new[] { "SELECT min(ts), max(ts) FROM m.cpu_1h_states", "DELETE FROM m.cpu_1h_states WHERE ts >= '2025-02-28'" }
        )
        {
            var plan = string.Join('\n', (await Db.QueryAsync($"EXPLAIN {asked}")).Select(r => (string)r[0]!));
            Assert.Contains("cpu_1h_states_ts_idx", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
        }
    }

    private async Task<IReadOnlyList<string>> IndexedAsync() =>
        [
            .. (
                await Db.QueryAsync(
                    """
                    SELECT c.relname || ':' || a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] WHERE n.nspname = 'm' ORDER BY 1
                    """
                )
            ).Select(r => (string)r[0]!),
        ];
}
