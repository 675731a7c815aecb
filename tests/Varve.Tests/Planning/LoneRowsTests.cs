using NodaTime;
using Varve.Planning;
using Varve.Policies;

namespace Varve.Tests.Planning;

public sealed class LoneRowsTests
{
    [Fact]
    public void Few_rows_long_before_all_others_lie_alone() =>
        Assert.Equal(
            ["1 row of t lies alone on 0005-05-29T00:00:00Z, long before 2025-01-01T00:00:00Z, where the others begin"],
            Text((-737_642, 1), (0, 500), (1, 500))
        );

    [Fact]
    public void Each_group_of_them_is_named() =>
        Assert.Equal(
            [
                "1 row of t lies alone on 0005-05-29T00:00:00Z, long before 1970-04-02T00:00:00Z, where the others begin",
                "3 rows of t lie alone on days from 1970-04-02T00:00:00Z to 1970-04-08T00:00:00Z, long before 2025-01-01T00:00:00Z, where the others begin",
            ],
            Text((-737_642, 1), (-19_998, 2), (-19_993, 1), (0, 1000))
        );

    [Theory]
    [InlineData(-366, 1, 1000)]
    [InlineData(-1000, 100, 1000)]
    public void Rows_that_are_near_or_many_do_not(int day, long rows, long others) => Assert.Empty(Text((day, rows), (0, others)));

    [Fact]
    public void Rows_scattered_over_all_of_time_do_not() => Assert.Empty(Text([.. Enumerable.Range(0, 700).Select(i => (i * 254, 1L))]));

    [Fact]
    public void A_gap_that_is_shorter_than_what_follows_is_a_pause() => Assert.Empty(Text((-800, 1), (0, 500), (900, 500)));

    private static string[] Text(params (int Day, long Rows)[] days) =>
        [
            .. LoneRows
                .In([
                    .. days.Select(d => new DayRows(
                        new(Jan.At("1") + Duration.FromDays(d.Day), Jan.At("2") + Duration.FromDays(d.Day)),
                        d.Rows
                    )),
                ])
                .Select(r => r.Text(TableName.Parse("t"))),
        ];
}
