using CsCheck;
using NodaTime;
using Varve.Policies;
using Varve.Sql;

namespace Varve.Engines.Tests.DuckDb;

/// <summary>The dialect's expressions over numbers.</summary>
public sealed class AggregateTests : Files
{
    private static readonly Planning.Column s_any = new("d", new Planning.ColumnType.Float(), "DOUBLE");

    [Fact]
    public async Task Multiples_are_floored_towards_minus_infinity()
    {
        await using var database = New();
        var dialect = database.Engine.Dialect;
        async Task<long> Floor(long value, long width) =>
            (await Ask(database, $"SELECT {dialect.FloorTo($"v", width)} FROM (SELECT {value} AS v)"))[0].Long(0);
        Assert.Equal(-10, await Floor(-1, 10));
        Assert.Equal(-10, await Floor(-10, 10));
        Assert.Equal(-20, await Floor(-11, 10));
        Assert.Equal(0, await Floor(9, 10));
        Assert.Equal(10, await Floor(10, 10));
        Assert.Equal(-7, await Floor(-7, 1));
        Assert.Equal(-3_000_000_000, await Floor(-2_000_000_001, 1_000_000_000));
        await Gen.Select(Gen.Long[-4_000_000_000_000_000_000L, 4_000_000_000_000_000_000L], Gen.Long[1, 100_000_000_000L])
            .SampleAsync(
                async (value, width) =>
                {
                    var floor = await Floor(value, width);
                    Assert.Equal(0, floor % width);
                    Assert.InRange(value - floor, 0, width - 1);
                },
                iter: 200,
                threads: 1
            );
        Assert.Null((await Ask(database, $"SELECT {dialect.FloorTo($"v", 5)} FROM (SELECT NULL::BIGINT AS v)"))[0][0]);
    }

    [Fact]
    public async Task Numbers_that_are_not_finite_become_null()
    {
        await using var database = New();
        var dialect = database.Engine.Dialect;
        foreach (var number in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            Assert.Null(await One(database, $"SELECT {dialect.Finite($"{number}")}"));
            Assert.Null(await One(database, $"SELECT {dialect.Finite($"CAST({number} AS FLOAT)")}"));
            Assert.Equal(false, await One(database, $"SELECT {dialect.IsFinite($"{number}")}"));
        }

        Assert.Equal(1.5, await One(database, $"SELECT {dialect.Finite($"{1.5}")}"));
        Assert.Null(await One(database, $"SELECT {dialect.Finite($"CAST(NULL AS DOUBLE)")}"));
        Assert.Equal(true, await One(database, $"SELECT {dialect.IsFinite($"{1.5}")}"));
        Assert.Equal(false, await One(database, $"SELECT coalesce({dialect.IsFinite($"CAST(NULL AS DOUBLE)")}, false)"));
        Assert.Equal(true, await One(database, $"SELECT {dialect.IsNaN($"{double.NaN}")}"));
        Assert.Equal(false, await One(database, $"SELECT {dialect.IsNaN($"{double.PositiveInfinity}")}"));
    }

    [Theory]
    [Rule("ties-smallest")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task First_and_last_take_the_smallest_of_equal_instants_and_leave_null_out(bool earliest)
    {
        await using var database = New();
        var dialect = database.Engine.Dialect;
        await Do(
            database,
            $"""
            CREATE TABLE t AS SELECT * FROM (VALUES
            (TIMESTAMP '1969-01-01', NULL, NULL, NULL), (TIMESTAMP '1969-01-02', 3.0::DOUBLE, 'c', TRUE), (TIMESTAMP '1969-01-02', -1.0, 'a', FALSE), (TIMESTAMP '1969-01-02', 2.0, 'b', TRUE),
            (TIMESTAMP '2020-01-01', 7.0, 'z', TRUE), (TIMESTAMP '2024-01-02', 9.0, 'y', TRUE), (TIMESTAMP '2024-01-02', 8.0, 'x', FALSE), (TIMESTAMP '2024-01-03', NULL, NULL, NULL)) v(ts, d, s, b)
            """
        );
        var row = (
            await Ask(
                database,
                $"""
                SELECT {dialect.ValueAt(s_any, $"d", $"ts", earliest, Ties.Smallest)}, {dialect.ValueAt(
                    s_any,
                    $"s",
                    $"ts",
                    earliest,
                    Ties.Smallest
                )}, {dialect.ValueAt(s_any, $"b", $"ts", earliest, Ties.Smallest)},
                       {dialect.ValueAt(s_any, $"d", $"epoch_us(ts)", earliest, Ties.Smallest)}, {dialect.ValueAt(
                    s_any,
                    $"d",
                    $"CAST(ts AS DATE)",
                    earliest,
                    Ties.Smallest
                )}, {dialect.ValueAt(s_any, $"d", $"ts", earliest, Ties.Any)} FROM t
                """
            )
        )[0];
        Assert.Equal(earliest ? -1.0 : 8.0, row[0]);
        Assert.Equal(earliest ? "a" : "x", row[1]);
        Assert.Equal(false, row[2]);
        Assert.Equal(earliest ? -1.0 : 8.0, row[3]);
        Assert.Equal(earliest ? -1.0 : 8.0, row[4]);
        double[] tied = earliest ? [3.0, -1.0, 2.0] : [9.0, 8.0];
        Assert.Contains((double)row[5]!, tied);
    }

    [Fact]
    public async Task Ties_agree_with_a_sort()
    {
        await using var database = New();
        var dialect = database.Engine.Dialect;
        await Do(
            database,
            $"CREATE TABLE t AS SELECT i % 50 AS g, make_timestamp(((hash(i) % 200)::BIGINT - 100) * 1000000) AS ts, (hash(i * 31) % 2001)::BIGINT - 1000 AS n, ((hash(i * 7) % 2001)::DOUBLE - 1000) / 8 AS d FROM range(20000) r(i)"
        );
        var wrong = await Ask(
            database,
            $"""
            SELECT g FROM t GROUP BY g HAVING
               {dialect.ValueAt(s_any, $"n", $"ts", true, Ties.Smallest)} <> first(n ORDER BY ts, n) OR {dialect.ValueAt(
                s_any,
                $"n",
                $"ts",
                false,
                Ties.Smallest
            )} <> last(n ORDER BY ts, n DESC)
            OR {dialect.ValueAt(s_any, $"d", $"ts", true, Ties.Smallest)} <> first(d ORDER BY ts, d) OR {dialect.ValueAt(
                s_any,
                $"d",
                $"ts",
                false,
                Ties.Smallest
            )} <> last(d ORDER BY ts, d DESC)
            """
        );
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Integers_and_decimals_are_added_exactly()
    {
        await using var database = New();
        var dialect = database.Engine.Dialect;
        Assert.Equal(
            2m * long.MaxValue,
            await One(database, $"SELECT {dialect.ExactSum($"v", 0)} FROM (VALUES ({long.MaxValue}), ({long.MaxValue})) t(v)")
        );
        Assert.Equal(0.3m, await One(database, $"SELECT {dialect.ExactSum($"v", 1)} FROM (VALUES (0.1::DECIMAL(4, 1)), (0.2)) t(v)"));
        Assert.Null(await One(database, $"SELECT {dialect.ExactSum($"v", 0)} FROM (SELECT 1 AS v WHERE FALSE)"));
        Assert.Null(await One(database, $"SELECT {dialect.ExactSum($"v", 3)} FROM (SELECT 1.5 AS v WHERE FALSE)"));
        Assert.Equal(
            "DECIMAL(38,2)",
            await One(database, $"SELECT typeof({dialect.ExactSum($"v", 2)}) FROM (SELECT 1.25::DECIMAL(9, 2) AS v)")
        );
        Assert.Equal("BIGINT", await One(database, $"SELECT typeof({dialect.Whole($"sum(v)")}) FROM (SELECT 1::BIGINT AS v)"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_sum_beyond_38_digits_fails(int scale)
    {
        await using var database = New();
        var dialect = database.Engine.Dialect;
        SqlText value = $"99999999999999999999999999999999999999::DECIMAL(38, 0)";
        if (scale == 2)
            value = $"999999999999999999999999999999999999.99::DECIMAL(38, 2)";
        await Do(database, $"CREATE TABLE t AS SELECT {value} AS v UNION ALL SELECT 1");
        var error = await Assert.ThrowsAsync<EngineException>(() => Ask(database, $"SELECT {dialect.ExactSum($"v", scale)} FROM t"));
        Assert.Contains(error.Code, new[] { EngineCodes.Overflow, EngineCodes.Conversion });
        Assert.False(error.IsTransient);
        Assert.DoesNotContain("999", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Squared_deviations_are_stable_and_never_fail()
    {
        await using var database = New();
        var dialect = database.Engine.Dialect;
        Assert.Equal(
            2.0,
            (double)(await One(database, $"SELECT {dialect.SquaredDeviations($"v")} FROM (VALUES (1e9 - 1), (1e9), (1e9 + 1)) t(v)"))!,
            1e-6
        );
        Assert.Equal(0.0, await One(database, $"SELECT {dialect.SquaredDeviations($"v")} FROM (VALUES (5e0)) t(v)"));
        Assert.Null(await One(database, $"SELECT {dialect.SquaredDeviations($"v")} FROM (SELECT 1e0 AS v WHERE FALSE)"));
        Assert.Equal(
            double.PositiveInfinity,
            await One(database, $"SELECT {dialect.SquaredDeviations($"v")} FROM (VALUES (1e200), (3e200)) t(v)")
        );
    }
}
