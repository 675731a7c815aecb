using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;
using Xunit;
using static Varve.Tests.Policies.Laid;
using static Varve.Tests.Policies.Texts;

namespace Varve.Tests.Policies;

public sealed class LayoutRulesNameTests
{
    private const string Cpu =
        "{ table: t, time: ts, series: [host], measures: { load: [avg, stddev], door: last }, keep: 7d, tiers: [{ every: 1h, keep: 1y }, { every: 1d }, { every: 1w }, { every: 1mo }] }";

    [Fact]
    [Rule("taken-names")]
    public void A_name_that_is_taken_is_refused()
    {
        var policy = Policy("{ table: t, time: ts, series: [host, door, load], keep: 7d, tiers: [{ every: 1h }] }");
        foreach (var name in new[] { "t_1h", "t_1h_states", "t_all" })
        {
            List<Problem> problems = [];
            Assert.Null(
                LayoutRules.Resolve(policy, House, Limits with { IsTaken = t => t == new TableName("main", name) }, TimeRange.All, problems)
            );
            Has(Assert.Single(problems), "VRV135", $"main.{name} is there and is not Varve's");
        }
    }

    [Fact]
    public void Names_that_an_engine_takes_for_one_are_refused()
    {
        List<Problem> problems = [];
        LayoutRules.Resolve(
            Policy("{ table: t, time: ts, series: [host, door, load], keep: 7d, tiers: [{ every: 1h, name: ALL }] }"),
            House,
            Limits with
            {
                IgnoresCase = true,
            },
            TimeRange.All,
            problems
        );
        Has(Assert.Single(problems), "VRV139", "Two relations would be called main.t_all");
        Sound("{ table: t, time: ts, series: [host, door, load], keep: 7d, tiers: [{ every: 1h, name: ALL }] }", House);

        problems.Clear();
        var table = Table(
            Column("ts", new ColumnType.TimestampTz()),
            Column("LOAD_MIN", new ColumnType.Text()),
            Column("load", new ColumnType.Float())
        );
        LayoutRules.Resolve(
            Policy("{ table: t, time: ts, series: [LOAD_MIN], measures: { load: min }, keep: 7d, tiers: [{ every: 1h }] }"),
            table,
            Limits with
            {
                IgnoresCase = true,
            },
            TimeRange.All,
            problems
        );
        Has(Assert.Single(problems), "VRV120", "makes a column `load_min`");
    }

    [Fact]
    public void A_derived_column_of_auto_has_one_meaning()
    {
        var table = Table(
            Column("ts", new ColumnType.TimestampTz()),
            Column("load_nan", new ColumnType.Text()),
            Column("load", new ColumnType.Float())
        );
        Has(
            One("{ table: t, time: ts, series: [load_nan], measures: auto, keep: 7d, tiers: [{ every: 1h }] }", table),
            "VRV120",
            "`load_nan`, which is a series column already"
        );
        Has(
            One("{ table: t, time: ts, series: [load_nan], measures: { load: avg }, keep: 7d, tiers: [{ every: 1h }] }", table),
            "VRV120",
            "`load_nan`"
        );
    }

    [Fact]
    public void Names_count_in_bytes()
    {
        var name = new string('ö', 25);
        var table = House with { Table = new("main", name) };
        Has(
            One(
                $"{{ table: {name}, time: ts, series: [host, door, load], keep: 7d, views: false, tiers: [{{ every: 15m, name: quarterly }}] }}",
                table
            ),
            "VRV136",
            "has 67 bytes, and the engine takes 63"
        );
        Sound($"{{ table: {name}, time: ts, series: [host, door, load], keep: 7d, tiers: [{{ every: 15m }}] }}", table);

        // The stitched view is called after the table alone: no name of a tier makes it shorter.
        var all = new string('y', 60);
        List<Problem> problems = [];
        Assert.Null(
            Resolve(
                $"{{ table: {all}, time: ts, series: [host, door, load], keep: 7d, tiers: [{{ every: 1h }}] }}",
                House with
                {
                    Table = new("main", all),
                },
                problems
            )
        );
        Has(Assert.Single(problems, p => p.Message.Contains("_all has 64 bytes", StringComparison.Ordinal)), "VRV136", "`views: false`");

        var wide = new string('x', 60);
        Has(
            One(
                $"{{ table: t, time: ts, series: [], measures: {{ {wide}: avg }}, keep: 7d, tiers: [{{ every: 1h }}] }}",
                Table(Column("ts", new ColumnType.TimestampTz()), Column(wide, new ColumnType.Integer()))
            ),
            "VRV136",
            "has 66 bytes",
            "long form"
        );
    }

    [Fact]
    public void A_tier_fits_into_the_columns_of_the_engine()
    {
        List<Problem> problems = [];
        Assert.Null(LayoutRules.Resolve(Policy(Cpu), House, Limits with { MaxColumns = 12 }, TimeRange.All, problems));
        Has(Assert.Single(problems), "VRV137", "would have 13 columns, and the engine takes 12");
        problems.Clear();
        Assert.NotNull(LayoutRules.Resolve(Policy(Cpu), House, Limits with { MaxColumns = 13 }, TimeRange.All, problems));
    }

    [Fact]
    public void A_source_with_a_column_of_Varves_own_is_refused()
    {
        var table = Table(Column("ts", new ColumnType.TimestampTz()), Column("varve_rows", new ColumnType.Integer()));
        Has(
            One("{ table: t, time: ts, series: [], keep: 7d, tiers: [{ every: 1h }] }", table),
            "VRV119",
            "main.t has a column `varve_rows`"
        );
    }
}
