using Varve.Planning;
using Varve.Policies;
using Varve.Time;
using Xunit;
using static Varve.Tests.Policies.Texts;

namespace Varve.Tests.Policies;

public sealed class RelocateTests
{
    private const string Table = "table: t\ntime: ts\nseries: []\n";

    [Theory]
    [InlineData("relocate: { after: 30d, to: cold }", "30d cold")]
    [InlineData("relocate: [{ after: 30d, to: cold }]", "30d cold")]
    [InlineData("source: { relocate: { after: 30d, to: cold } }", "30d cold")]
    [InlineData(
        "relocate: [{ after: 30d, to: { storage: warm } }, { after: 90d, to: { storage: cold } }]",
        "30d storage=warm, 90d storage=cold"
    )]
    [InlineData("keep: 1y\nrelocate: [{ after: 1mo, to: warm }, { after: 3mo, to: cold }]", "1mo warm, 3mo cold")]
    [InlineData("relocate: [{ after: 60m, to: 'a b' }]", "1h a b")]
    public void Hops_are_read_alone_and_as_a_list_and_written_back(string yaml, string hops)
    {
        var policy = Policy(Table + yaml);
        Assert.Equal(hops, string.Join(", ", policy.Relocate.Select(h => $"{h.After.Text} {h.To.Text}")));
        Assert.Equal(policy.Relocate, PolicyJson.Read(PolicyJson.Canonical(policy)).Relocate);
    }

    [Fact]
    public void A_policy_that_only_moves_does_something() =>
        Assert.Empty(PolicyRules.Check(Policy(Table + "relocate: { after: 30d, to: cold }")));

    [Theory]
    [InlineData("relocate: { after: 3d }", "VRV105", "`relocate` has no `to`", 4, 11)]
    [InlineData("relocate: { to: cold }", "VRV105", "`relocate` has no `after`", 4, 11)]
    [InlineData("relocate: cold", "VRV104", "`relocate` is a list of hops", 4, 11)]
    [InlineData("relocate: [cold]", "VRV104", "`relocate[0]` has keys of its own", 4, 12)]
    [InlineData("relocate: [{ after: 3d, to: { a: b, c: d } }]", "VRV104", "one attribute and its value", 4, 29)]
    [InlineData("relocate: [{ after: 3d, to: { a: 7 } }]", "VRV104", "`relocate[0].to.a`", 4, 34)]
    [InlineData("relocate: [{ after: 3d, too: a, to: b }]", "VRV102", "Did you mean `to`?", 4, 25)]
    [InlineData("relocate: [{ after: forever, to: b }]", "VRV104", "cannot be forever", 4, 21)]
    [InlineData("relocate: [{ after: 0s, to: b }]", "VRV123", "nothing is over by then", 4, 14)]
    [InlineData("relocate: [{ after: 3d, to: a }, { after: 3d, to: b }]", "VRV123", "from the earliest to the latest", 4, 36)]
    [InlineData("relocate: [{ after: 30d, to: a }, { after: 1mo, to: b }]", "VRV123", "from the earliest to the latest", 4, 37)]
    [InlineData("relocate: [{ after: 3d, to: a }, { after: 4d, to: a }]", "VRV123", "Take one of them out", 4, 47)]
    [InlineData("keep: 30d\nrelocate: { after: 1mo, to: a }", "VRV123", "they go after 30d", 5, 11)]
    [InlineData(
        "relocate: { after: 3d, to: a }\nsource: { relocate: { after: 3d, to: a } }",
        "VRV106",
        "`relocate` (line 4) and `source.relocate`",
        5,
        21
    )]
    public void What_does_not_lead_on_is_refused_where_it_stands(string yaml, string code, string part, int line, int column)
    {
        var problem = Problem(Table + yaml);
        Has(problem, code, part);
        Assert.Equal((line, column), (problem.Position!.Line, problem.Position.Column));
    }

    [Fact]
    public void A_change_of_hops_names_the_hop() =>
        Assert.Equal(
            [new PolicyDifference("relocate.cold.after", "30d", "40d")],
            PolicyDifference.Between(
                Policy(Table + "relocate: { after: 30d, to: cold }"),
                Policy(Table + "relocate: { after: 40d, to: cold }")
            )
        );

    [Fact]
    public void An_engine_that_moves_nothing_refuses_by_name() =>
        Has(Lay(null, new("ts", [])), "VRV147", "cannot move", "Take `relocate` out");

    [Fact]
    public void An_engine_says_which_places_it_has_not() => Has(Lay(p => $"{p.Text}: no", new("ts", [])), "VRV147", "cold: no");

    [Fact]
    public void A_table_without_partitions_by_its_time_is_refused()
    {
        Has(Lay(_ => null, null), "VRV148", "has no partitions by ranges of `ts`");
        Has(Lay(_ => null, new("made", [])), "VRV148", "partitioned by `made`, and its time is `ts`");
    }

    private static Problem Lay(Func<Place, string?>? unfit, TablePieces? pieces)
    {
        List<Problem> problems = [];
        Assert.Null(
            LayoutRules.Resolve(
                Policy(Table.Replace("[]", "[host]", StringComparison.Ordinal) + "relocate: { after: 30d, to: cold }"),
                Laid.House with
                {
                    Pieces = pieces,
                },
                Laid.Limits with
                {
                    Unfit = unfit,
                },
                TimeRange.All,
                problems
            )
        );
        return Assert.Single(problems, p => !p.IsWarning);
    }
}
