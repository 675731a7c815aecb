using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;
using Xunit;
using static Varve.Tests.Policies.Laid;
using static Varve.Tests.Policies.Texts;

namespace Varve.Tests.Policies;

public sealed class LayoutRulesColumnTests
{
    [Theory]
    [InlineData("time: at", "VRV131", "main.t has no column `at`")]
    [InlineData("time: TS", "VRV131", "There is `ts`: names are compared exactly.")]
    [InlineData("time: ts, series: [hots]", "VRV131", "no column `hots`. Did you mean `host`?")]
    [InlineData("time: ts, measures: { laod: avg }", "VRV131", "Did you mean `load`?")]
    [InlineData("time: ts, arrival: seen", "VRV131", "no column `seen`")]
    [InlineData("time: ts, arrival: door", "VRV132", "The arrival column `door` is BOOL")]
    [InlineData("time: ts, measures: { p: { column: \"payload['x']\", functions: [avg] } }", "VRV103", "those are not built yet")]
    [InlineData("time: host", "VRV132", "`host` is TEXT. It must be a TIMESTAMP")]
    [InlineData("time: load", "VRV132", "`load` is FLOAT")]
    [InlineData("time: { column: ts, unit: ms }", "VRV132", "TIMESTAMPTZ and the policy gives it a unit")]
    [InlineData(
        "time: ts, measures: { host: avg }",
        "VRV133",
        "`avg` cannot be taken of `host`, which is TEXT. Of that there are `count`, `min`, `max`, `first`, `last`"
    )]
    [InlineData("time: ts, measures: { host: sum }", "VRV133", "`sum` cannot")]
    [InlineData("time: ts, measures: { host: stddev }", "VRV133", "`stddev` cannot")]
    [InlineData("time: ts, measures: { door: variance }", "VRV133", "`variance` cannot be taken of `door`, which is BOOL")]
    public void A_column_must_be_there_and_of_the_right_type(string keys, string code, string message) =>
        Has(One($"{{ table: t, {keys}, keep: 7d }}", House), code, message);

    [Fact]
    public void Nested_columns_are_neither_measures_nor_series()
    {
        var table = Table(Column("ts", new ColumnType.TimestampTz()), Column("n", new ColumnType.Nested()));
        Has(
            One(
                "{ table: t, time: ts, measures: { v: avg }, keep: 7d, tiers: [{ every: 1h }] }",
                Table([.. table.Columns, Column("v", new ColumnType.Float())])
            ),
            "VRV134",
            "t has `n` besides. Write series: [] if"
        );
        Has(One("{ table: t, time: ts, keep: 7d, series: [n] }", table), "VRV133", "nested values name no series");
        Has(One("{ table: t, time: ts, keep: 7d, measures: { n: last } }", table), "VRV133", "no function takes nested values");
    }

    [Fact]
    public void An_integer_needs_its_unit()
    {
        var table = Table(Column("ts", new ColumnType.Integer()));
        Has(One("{ table: t, time: ts, keep: 7d }", table), "VRV132", "does not say its unit. Write time: { column: ts, unit: ms }");
        Assert.Equal(TimeUnit.Milliseconds, Sound("{ table: t, time: { column: ts, unit: ms }, keep: 7d }", table).Time.Unit);
    }

    [Fact]
    public void Boundaries_fit_into_the_time_column()
    {
        var seconds = Table(Column("ts", new ColumnType.Integer()));
        var dates = Table(Column("ts", new ColumnType.Date()));
        Has(
            One("{ table: t, time: { column: ts, unit: s }, keep: 7d, tiers: [{ every: 1500ms }] }", seconds),
            "VRV140",
            "holds whole seconds, and tier `1500ms`"
        );
        Has(
            One("{ table: t, time: { column: ts, unit: s }, keep: 7d, tiers: [{ every: 1m, origin: 2025-01-01T00:00:00.5Z }] }", seconds),
            "VRV140",
            "`1m`"
        );
        Has(One("{ table: t, time: ts, keep: 7d, tiers: [{ every: 24h }] }", dates), "VRV140", "is a date", "24h");
        Has(One("{ table: t, time: ts, keep: 7d, tiers: [{ every: 1d, zone: Europe/Berlin }] }", dates), "VRV140", "1d@Europe/Berlin");
        Sound("{ table: t, time: ts, keep: 7d, tiers: [{ every: 1d }, { every: 1y }] }", dates);
    }

    [Fact]
    [Rule("utc-inside")]
    public void A_timestamp_without_a_zone_is_taken_as_utc_and_that_is_said()
    {
        List<Problem> problems = [];
        Assert.NotNull(
            Resolve("{ table: t, time: ts, keep: 7d }", Table(Column("ts", new ColumnType.Timestamp(TimeUnit.Nanoseconds))), problems)
        );
        Has(Assert.Single(problems), "VRV190", "taken as UTC");
        Assert.True(problems[0].IsWarning);
    }

    [Fact]
    public void A_view_is_no_source() =>
        Has(One("{ table: t, time: ts, keep: 7d }", House with { IsView = true }), "VRV138", "main.t is a view");
}
