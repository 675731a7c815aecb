using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;
using Xunit;
using static Varve.Tests.Policies.Laid;
using static Varve.Tests.Policies.Texts;

namespace Varve.Tests.Policies;

public sealed class LayoutRulesTests
{
    private const string Cpu =
        "{ table: t, time: ts, series: [host], measures: { load: [avg, stddev], door: last }, keep: 7d, tiers: [{ every: 1h, keep: 1y }, { every: 1d }, { every: 1w }, { every: 1mo }] }";

    [Fact]
    public void Names_states_inputs_and_the_chain_are_decided_once()
    {
        var blueprint = Sound(Cpu, House);

        Assert.Equal(new TableName("main", "t"), blueprint.Source);
        Assert.Equal(new("ts", new ColumnType.TimestampTz(), TimeUnit.Microseconds), blueprint.Time);
        Assert.Equal(["host"], blueprint.Series.Select(c => c.Name));
        Assert.Equal(["count", "sum", "mean", "m2", "nan", "pinf", "ninf"], blueprint.Measures[0].States);
        Assert.Equal(["last", "last_at"], blueprint.Measures[1].States);
        Assert.Equal(["1h", "1d", "1w", "1mo"], blueprint.Tiers.Select(t => t.Id.Text));
        Assert.Equal(["source", "1h", "1d", "1d"], blueprint.Tiers.Select(t => t.Input.Text));
        Assert.Equal([true, true, false, true], blueprint.Tiers.Select(t => t.InChain));
        Assert.Equal(
            ("main.t_1h_states", "main.t_1h", "main.t_all"),
            (blueprint.Tiers[0].States.Text, blueprint.Tiers[0].View!.Text, blueprint.Stitched!.Text)
        );
    }

    [Theory]
    [InlineData("count", "count")]
    [InlineData("sum", "count sum")]
    [InlineData("avg", "count sum")]
    [InlineData("min", "min")]
    [InlineData("max", "max")]
    [InlineData("first", "first first_at")]
    [InlineData("last", "last last_at")]
    [InlineData("stddev", "count mean m2")]
    [InlineData("variance", "count mean m2")]
    [InlineData("variance, last, max, min, avg, first", "count sum min max first first_at last last_at mean m2")]
    public void A_function_needs_its_states_in_one_order(string functions, string states) =>
        Assert.Equal(
            states,
            string.Join(
                ' ',
                Sound(
                    $"{{ table: t, time: ts, series: [], measures: {{ v: [{functions}] }}, keep: 7d, tiers: [{{ every: 1h }}] }}",
                    Narrow(new ColumnType.Integer())
                )
                    .Measures[0]
                    .States
            )
        );

    [Fact]
    [Rule("names")]
    public void Schema_names_and_views_are_as_the_policy_says()
    {
        var blueprint = Sound(
            "{ table: main.t, time: ts, series: [host, load, door], keep: 7d, schema: rolled, views: false, ties: any, tiers: [{ every: 1h, name: hourly }] }",
            House
        );
        Assert.Equal("rolled.t_hourly_states", blueprint.Tiers[0].States.Text);
        Assert.Null(blueprint.Tiers[0].View);
        Assert.Null(blueprint.Stitched);
    }

    [Fact]
    public void Plain_retention_needs_neither_series_nor_measures()
    {
        Assert.Empty(Sound("{ table: t, time: ts, keep: 7d }", House).Tiers);
        Assert.Empty(Sound("{ table: t, time: ts, keep: 7d, measures: auto }", House).Measures);
    }

    [Fact]
    public void Auto_measures_every_column_by_its_type()
    {
        var table = Table(
            Column("ts", new ColumnType.TimestampTz()),
            Column("host", new ColumnType.Text()),
            Column("i", new ColumnType.Integer()),
            Column("d", new ColumnType.Decimal(2)),
            Column("b", new ColumnType.Bool()),
            Column("s", new ColumnType.Text()),
            Column("seen", new ColumnType.TimestampTz()),
            Column("u", new ColumnType.Other()),
            Column("n", new ColumnType.Nested())
        );
        List<Problem> problems = [];
        var blueprint = Resolve(
            "{ table: t, time: ts, series: [host], measures: auto, arrival: seen, keep: 7d, tiers: [{ every: 1h }] }",
            table,
            problems
        )!;

        Assert.Equal(
            ["i Avg Min Max", "d Avg Min Max", "b Last", "s Last"],
            blueprint.Policy.Measures!.Select(m => $"{m.Name} {string.Join(' ', m.Functions)}")
        );
        Has(Assert.Single(problems), "VRV191", "The values of `u`, `n` are in no tier");
        Assert.True(problems[0].IsWarning);
    }

    [Theory]
    [InlineData("measures: { load: avg }", "`host`, `door` besides")]
    [InlineData("measures: auto", "`host`, `door` besides")]
    public void What_one_series_is_must_be_said_where_there_are_other_columns(string measures, string message) =>
        Has(One($"{{ table: t, time: ts, {measures}, keep: 7d, tiers: [{{ every: 1h }}] }}", House), "VRV134", message, "series: []");

    [Fact]
    public void A_table_of_time_and_value_is_one_series()
    {
        Sound("{ table: t, time: ts, measures: { v: avg }, keep: 7d, tiers: [{ every: 1h }] }", Narrow(new ColumnType.Integer()));
        Sound("{ table: t, time: ts, measures: auto, keep: 7d, tiers: [{ every: 1h }] }", Narrow(new ColumnType.Float()));
    }

    [Fact]
    [Rule("nearest-input")]
    public void Inputs_follow_the_history_of_the_zone_over_the_data()
    {
        // Kathmandu was at +5:30 until 1986, so that half hours did for its days; then came +5:45.
        var policy = Policy(
            "{ table: t, time: ts, series: [host, load, door], keep: 2d, tiers: [{ every: 15m, keep: 9d }, { every: 30m, keep: 9d }, { every: 1d, zone: Asia/Kathmandu }] }"
        );
        Assert.Equal(
            "15m",
            LayoutRules.Resolve(policy, House, Limits, TimeRange.Since(Instant.FromUtc(2000, 1, 1, 0, 0)), [])!.Tiers[2].Input.Text
        );
        Assert.Equal(
            "30m",
            LayoutRules
                .Resolve(
                    Policy(
                        "{ table: t, time: ts, series: [host, load, door], keep: 2d, tiers: [{ every: 15m, keep: 9d }, { every: 30m, keep: 9d }, { every: 1d, zone: Asia/Kolkata }] }"
                    ),
                    House,
                    Limits,
                    TimeRange.All,
                    []
                )!
                .Tiers[2]
                .Input.Text
        );
    }

    [Fact]
    [Rule("long-ago")]
    public void An_offset_of_long_ago_decides_nothing_for_the_days_of_today()
    {
        // Until 1972 Monrovia was 44 minutes and 30 seconds behind; since then it is in UTC.
        var policy = Policy(
            "{ table: t, time: ts, series: [host, load, door], keep: 2h, tiers: [{ every: 1h, keep: 9d }, { every: 1d, zone: Africa/Monrovia }] }"
        );
        var days = LayoutRules.Resolve(policy, House, Limits, TimeRange.All, [])!.Tiers[1];
        Assert.Equal("1h", days.Input.Text);
        Assert.True(days.InChain);
        Assert.Equal(RangeSet.Of(TimeRange.Before(Instant.FromUtc(1972, 1, 8, 0, 0))), days.Unnested);
        Assert.Equal(days.Unnested, days.TakenFrom(RelationId.Source));
        Assert.Equal(days.Unnested.Complement(), days.TakenFrom(new("1h")));
        Assert.Empty(days.TakenFrom(new("1d")));
    }

    [Fact]
    public void A_tier_that_is_built_from_the_source_takes_nothing_from_elsewhere()
    {
        var policy = Policy(
            "{ table: t, time: ts, series: [host, load, door], keep: 9d, tiers: [{ every: 1h, keep: 9d }, { every: 1d, zone: Asia/Kathmandu }] }"
        );
        var blueprint = LayoutRules.Resolve(policy, House, Limits, TimeRange.All, [])!;
        Assert.Equal(RangeSet.Of(TimeRange.All), blueprint.Tiers[1].TakenFrom(RelationId.Source));
        Assert.Equal(["1h", "1d@Asia/Kathmandu"], blueprint.ReadersOf(RelationId.Source).Select(r => r.Tier.Id.Text));
        Assert.Empty(blueprint.ReadersOf(new("1h")));
    }

    [Fact]
    public void What_a_policy_says_alone_is_checked_too()
    {
        List<Problem> problems = [];
        var policy = Policy("{ table: t, time: ts, series: [host, load, door], keep: 7d, tiers: [{ every: 1h }] }") with
        {
            Keep = Keep.Forever,
            Tiers = [],
        };
        Assert.Null(LayoutRules.Resolve(policy, House, Limits, TimeRange.All, problems));
        Has(Assert.Single(problems), "VRV110");
    }

    [Fact]
    public void A_table_that_is_not_there_is_named_with_the_nearest() =>
        Has(
            LayoutRules.NoTable(Policy("{ table: metrics.cpus, time: ts, keep: 7d }"), [new("metrics", "mem"), new("metrics", "cpu")]),
            "VRV130",
            "There is no table metrics.cpus. Did you mean `metrics.cpu`?"
        );

    [Theory]
    [InlineData("cpu", "Did you mean `metrics.cpu`?")]
    [InlineData("cpus", "Did you mean `metrics.cpu`?")]
    [InlineData("main.cpu", "Did you mean `metrics.cpu`?")]
    [InlineData("main.cpus", "Check schema and name")]
    [InlineData("weather", "Check schema and name")]
    public void A_schema_that_is_missing_or_wrong_is_said(string written, string hint) =>
        Has(
            LayoutRules.NoTable(
                Policy($"{{ table: {written}, time: ts, keep: 7d }}"),
                [new("metrics", "mem"), new("metrics", "cpu"), new("other", "cpuse")]
            ),
            "VRV130",
            hint
        );

    [Theory]
    [InlineData("we\"ird; drop table x --")]
    [InlineData("Größe")]
    [InlineData("select")]
    public void Any_name_works_in_every_role(string name)
    {
        var table = new TableDescription(
            new(name, name),
            false,
            [
                Column(name, new ColumnType.TimestampTz()),
                Column(name + "1", new ColumnType.Text()),
                Column(name + "2", new ColumnType.Float()),
            ]
        );
        var policy = new Policy
        {
            Name = name,
            Table = new(name, name),
            Time = name,
            Series = [name + "1"],
            Measures =
            [
                new()
                {
                    Name = name + "2",
                    Column = name + "2",
                    Functions = [Function.Avg],
                },
            ],
            Keep = Keep.Parse("7d"),
            Tiers = [new() { Every = Width.Parse("1h"), Name = name }],
        };
        var blueprint = LayoutRules.Resolve(policy, table, Limits, TimeRange.All, [])!;
        Assert.Equal(new TableName(name, $"{name}_{name}_states"), blueprint.Tiers[0].States);
    }
}
