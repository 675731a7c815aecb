using Varve.Policies;
using Xunit;
using static Varve.Tests.Policies.PolicyRulesTests;
using static Varve.Tests.Policies.Texts;

namespace Varve.Tests.Policies;

public sealed class PolicyRulesColumnTests
{
    [Fact]
    [Rule("varve-columns")]
    public void Columns_of_Varves_own_are_reserved()
    {
        One(Sound with { Time = "varve_ts" }, "VRV119", "time", "`varve_ts` starts with varve_");
        One(Sound with { Series = ["VARVE_x"] }, "VRV119", "series[0]", "VARVE_x");
        One(Sound with { Measures = [M("varve_x", Function.Avg)] }, "VRV119", "measures.varve_x", "varve_x");
    }

    [Fact]
    public void A_column_has_one_role()
    {
        One(Sound with { Series = ["ts"] }, "VRV120", "series[0]", "time column and a series column");
        One(Sound with { Measures = [M("host", Function.Last)] }, "VRV120", "measures.host", "a series column and the measure `host`");
        One(Sound with { Measures = [M("ts", Function.Last)] }, "VRV120", "measures.ts", "the time column and the measure `ts`");
        One(Sound with { Series = ["host", "host"] }, "VRV114", "series[1]", "listed twice");
    }

    [Fact]
    public void Measures_are_unique()
    {
        One(
            Sound with
            {
                Measures = [M("v", Function.Avg), M("v", Function.Min) with { Column = "w" }],
            },
            "VRV114",
            "measures.v",
            "Two measures have the name `v`"
        );
        One(
            Sound with
            {
                Measures = [M("v", Function.Avg), M("w", Function.Min) with { Column = "v" }],
            },
            "VRV114",
            "measures.w",
            "both of the column `v`"
        );
        One(Sound with { Measures = [M("v", Function.Avg, Function.Avg)] }, "VRV114", "measures.v", "lists `avg` twice");
        One(Sound with { Measures = [M("v")] }, "VRV104", "measures.v", "no functions");
    }

    [Fact]
    public void A_derived_column_has_one_meaning()
    {
        One(
            Sound with
            {
                Series = ["v_min"],
                Measures = [M("v", Function.Min)],
            },
            "VRV120",
            "measures.v",
            "makes a column `v_min`, which is a series column already"
        );
        One(
            Sound with
            {
                Time = "v_first_at",
                Measures = [M("v", Function.First)],
            },
            "VRV120",
            "measures.v",
            "which is the time column already"
        );
        Assert.Empty(PolicyRules.Check(Sound with { Measures = [M("a", Function.Min), M("a_b", Function.Min), M("a_min", Function.Min)] }));
    }
}
