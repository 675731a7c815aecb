using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Apps.Tests;

public sealed class PlanFileTests
{
    private static readonly Instant Day = Instant.FromUtc(2025, 3, 1, 0, 0);

    private static readonly Plan Whole = new()
    {
        Policy = "cpu",
        Revision = 3,
        PolicyHash = "ab12",
        AsOf = Day + Duration.FromDays(30) + Duration.FromMilliseconds(7),
        ZoneVersion = "2025b",
        Steps =
        [
            new PlanStep.CreateTier { Relation = new("1h"), Reason = "it is new" },
            new PlanStep.Mark
            {
                Relation = new("1h"),
                Reason = "changed",
                Dirty = RangeSet.Of(Range(0, 1), Range(2, 3)),
                Lost = RangeSet.Of(TimeRange.Before(Day)),
                Cut = [new(Range(4, 5), 17, ByOthers: true)],
            },
            new PlanStep.RollUp
            {
                Relation = new("1h"),
                Reason = "due",
                Input = RelationId.Source,
                Ranges = RangeSet.Of(Range(0, 1)),
                Rows = 144,
                Bytes = 4096,
            },
            new PlanStep.RollUp
            {
                Relation = new("1h"),
                Reason = "late rows",
                Input = RelationId.Source,
                Ranges = RangeSet.Of(Range(2, 3)),
                Again = true,
                Rows = 144,
            },
            new PlanStep.Expire
            {
                Relation = RelationId.Source,
                Reason = "past keep",
                Range = Range(0, 1),
                Proofs = [new("1h"), new("1d")],
                Rows = 432,
                Bytes = 20000,
            },
            new PlanStep.Discard
            {
                Relation = RelationId.Source,
                Reason = "late after expiry",
                Range = TimeRange.Before(Day),
                Rows = 2,
            },
            new PlanStep.Relocate
            {
                Relation = RelationId.Source,
                Reason = "older than 30d",
                Range = Range(1, 2),
                To = new("cold", "storage"),
                From = new("warm"),
                Bytes = 5,
            },
            new PlanStep.Relocate
            {
                Relation = RelationId.Source,
                Reason = "older than 30d",
                Range = Range(2, 3),
                To = new("cold"),
            },
            new PlanStep.Publish { Relation = RelationId.All, Reason = "edges moved" },
        ],
        Waits = [new(RelationId.Source, Range(6, 7), "held: case 4711", NeedsPerson: true)],
        Notes =
        [
            new("VRV210", "3 rows have no time")
            {
                IsWarning = true,
                Path = "time",
                Position = new("cpu.yaml", 3, 7),
            },
        ],
        Brake = new("c0ffee", "the first removal", 432) { SourceRows = 432, Share = 0.5 },
    };

    [Fact]
    public void A_plan_is_written_and_read_back_without_loss()
    {
        var text = PlanFile.Write([Whole, Whole with { Policy = "disk", Steps = [], Waits = [], Notes = [], Brake = null }]);
        var plans = PlanFile.Read(text);
        Assert.Equal(text, PlanFile.Write(plans));
        Assert.Equal(["cpu", "disk"], plans.Select(p => p.Policy));
        Assert.Equal(Whole.Steps.Select(s => s.Key), plans[0].Steps.Select(s => s.Key));
        Assert.Equal(Whole.AsOf, plans[0].AsOf);
        Assert.Equal(Whole.Waits, plans[0].Waits);
        Assert.Equal(Whole.Notes, plans[0].Notes);
        Assert.Equal(Whole.Brake, plans[0].Brake);
        Assert.True(Assert.IsType<PlanStep.RollUp>(plans[0].Steps[3]).Again);
        Assert.Equal(Whole.Steps.OfType<PlanStep.Relocate>(), plans[0].Steps.OfType<PlanStep.Relocate>());
        Assert.Equal(new CutBucket(Range(4, 5), 17, true), Assert.Single(Assert.IsType<PlanStep.Mark>(plans[0].Steps[1]).Cut));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{ "format": "varve-plan/2", "plans": [] }""")]
    [InlineData("""{ "format": "varve-plan/1", "plans": [], "sql": "DROP TABLE x" }""")]
    public void What_is_no_plan_file_is_refused(string text) =>
        Assert.Equal("VRV202", Assert.Throws<PolicyException>(() => PlanFile.Read(text)).Code);

    [Fact]
    public void An_unknown_kind_of_step_is_refused()
    {
        var text = PlanFile.Write([Whole]).Replace("\"kind\": \"expire\"", "\"kind\": \"drop\"", StringComparison.Ordinal);
        Assert.Contains("drop", Assert.Throws<PolicyException>(() => PlanFile.Read(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_steps_are_folded_into_one_line_each() => Approval.Of("plan", PlanText.Text([Folded(), Whole]));

    private static Plan Folded() =>
        Whole with
        {
            Steps =
            [
                new PlanStep.CreateTier { Relation = new("1h"), Reason = "the tier is new" },
                .. Enumerable
                    .Range(0, 365)
                    .SelectMany(day =>
                        new PlanStep[]
                        {
                            new PlanStep.RollUp
                            {
                                Relation = new("1h"),
                                Input = RelationId.Source,
                                Reason = "closed and not covered",
                                Ranges = RangeSet.Of(Range(day, day + 1)),
                                Rows = 923,
                            },
                            new PlanStep.RollUp
                            {
                                Relation = new("1d"),
                                Input = new("1h"),
                                Reason = "closed and not covered",
                                Ranges = RangeSet.Of(Range(day, day + 1)),
                                Rows = 38,
                            },
                            new PlanStep.Expire
                            {
                                Relation = RelationId.Source,
                                Reason = "past keep 90d",
                                Range = Range(day, day + 1),
                                Proofs = [new("1h")],
                                Rows = 923,
                                Bytes = 71_000,
                            },
                        }
                    ),
            ],
            Waits = [],
            Notes = [],
        };

    private static TimeRange Range(int from, int to) => new(Day + Duration.FromDays(from), Day + Duration.FromDays(to));
}
