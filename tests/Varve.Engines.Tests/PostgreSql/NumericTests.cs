using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;
using Varve.Policies;

namespace Varve.Engines.Tests.PostgreSql;

/// <summary>NaN and infinities of numeric are counted apart, as those of floats are.</summary>
public sealed class NumericTests() : ConformanceSuite(PostgreSqlScratch.New)
{
    [Theory]
    [InlineData("numeric(9, 3)", "'NaN', 'NaN', 1.5, 2.25, NULL", "(2, 3.75, 1.5, 2.25, 1.5, 2.25, 2, 0, 0)")]
    [InlineData("numeric", "'NaN', 'Infinity', '-Infinity', 1.5, 1e400", "(2, 1e400 + 1.5, 1.5, 1e400, 1.5, 1e400, 1, 1, 1)")]
    public async Task They_are_in_no_sum_and_rows_that_hold_them_are_proven_and_go(string type, string values, string states)
    {
        await Db.ExecuteAsync($"CREATE SCHEMA m; CREATE TABLE m.cpu (ts timestamp, host text, v {type})");
        await Db.ExecuteAsync(
            $"INSERT INTO m.cpu SELECT TIMESTAMP '2025-01-01' + n * INTERVAL '1 minute', 'a', v FROM unnest(ARRAY[{values}]::{type}[]) WITH ORDINALITY AS t(v, n)"
        );
        var story = new Story(Db, Cpu());
        await story.ApplyAsync(Policy("keep: 3d\ntiers: [{ every: 1h, keep: 4d }, { every: 1d }]", "count, sum, min, max, first, last"));
        await story.RunWellAsync("2025-01-02");
        foreach (var tier in new[] { "1h", "1d" })
            Assert.Equal(
                1L,
                Number(
                    await Db.QueryAsync(
                        $"SELECT count(*) FROM m.cpu_{tier}_states WHERE (v_count, v_sum, v_min, v_max, v_first, v_last, v_nan, v_pinf, v_ninf) = {states}"
                    ),
                    0
                )
            );
        Assert.All(await story.WithAsync(l => l.VerifyAsync(Selection.All)), r => Assert.Empty(r.Mismatches));
        await story.RunWellAsync("2025-01-10");
        Assert.Empty(await Db.QueryAsync("SELECT v::text FROM m.cpu"));
        Assert.Equal(
            1L,
            Number(
                await Db.QueryAsync(
                    $"SELECT count(*) FROM m.cpu_1d_states WHERE (v_count, v_sum, v_min, v_max, v_first, v_last, v_nan, v_pinf, v_ninf) = {states}"
                ),
                0
            )
        );
    }
}
