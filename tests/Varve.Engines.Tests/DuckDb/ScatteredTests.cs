using System.Globalization;
using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Sql;
using Varve.Time;

namespace Varve.Engines.Tests.DuckDb;

/// <summary>Conditions on many ranges, which are searched by halves.</summary>
public sealed class ScatteredTests : Files
{
    private static readonly Instant s_start = Instant.FromUtc(2025, 1, 1, 0, 0);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(200)]
    [InlineData(2000)]
    public async Task A_row_is_found_where_a_range_has_it_and_nowhere_else(int count)
    {
        var random = new Random(count);
        List<TimeRange> some = [];
        for (var (i, at) = (0, s_start); i < count; i++)
        {
            var from = at + Duration.FromMinutes(random.Next(1, 5));
            at = from + Duration.FromMinutes(random.Next(1, 5));
            some.Add(new(from, at));
        }

        await ExpectAsync(RangeSet.Of(some));
        await ExpectAsync(RangeSet.Of(some).Add(TimeRange.Before(s_start)));
        await ExpectAsync(RangeSet.Of(some).Add(TimeRange.Since(some[^1].To + Duration.FromMinutes(3))));
        await ExpectAsync(RangeSet.Of(some).Add(TimeRange.Before(s_start)).Add(TimeRange.Since(some[^1].To + Duration.FromMinutes(3))));
    }

    private async Task ExpectAsync(RangeSet ranges)
    {
        var file = $"{ranges.Count}_{ranges.Start}_{ranges.End}"
            .GetHashCode(StringComparison.Ordinal)
            .ToString(CultureInfo.InvariantCulture);
        await using var database = New($"{file}.duckdb");
        await Do(
            database,
            $"CREATE TABLE t AS SELECT TIMESTAMP '2024-12-31 23:50' + to_minutes(i::INTEGER) AS ts FROM range(20000) t(i) UNION ALL SELECT NULL UNION ALL SELECT TIMESTAMP 'infinity' UNION ALL SELECT TIMESTAMP '-infinity'"
        );
        var time = new TimeColumn("ts", new ColumnType.Timestamp(TimeUnit.Microseconds), TimeUnit.Microseconds);
        var found = await Ask(
            database,
            $"SELECT epoch_us(ts) FROM t WHERE {RangeSql.In(database.Engine.Dialect, time, ranges)} ORDER BY 1"
        );
        var expected = Enumerable
            .Range(0, 20_000)
            .Select(i => s_start - Duration.FromMinutes(10) + Duration.FromMinutes(i))
            .Where(ranges.Contains)
            .Select(Micros.From);
        Assert.Equal(expected, found.Select(r => r.Long(0)));
    }
}
