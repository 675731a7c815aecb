using Varve.Engines;
using Varve.Execution;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Tests.Execution;

/// <summary>Where there was no room for one step, others that need room there wait; what makes room does not.</summary>
public sealed class FullPlacesTests
{
    private static readonly PlanStep s_built = new PlanStep.RollUp
    {
        Relation = new("1h"),
        Reason = "",
        Input = RelationId.Source,
        Ranges = RangeSet.Empty,
    };

    private static readonly PlanStep s_goes = new PlanStep.Expire
    {
        Relation = RelationId.Source,
        Reason = "",
        Range = TimeRange.All,
        Proofs = [],
    };

    private readonly FullPlaces _full = new();

    [Fact]
    public void Tables_without_room_keep_back_what_writes_and_not_what_removes_archives_or_moves()
    {
        _full.Note(s_built, Failed(EngineCodes.Constraint));
        _full.Require(s_built);
        _full.Note(s_built, Failed(EngineCodes.DiskFull));
        var reason = Assert
            .Throws<StepSkippedException>(() => _full.Require(new PlanStep.CreateTier { Relation = new("1d"), Reason = "" }))
            .Message;
        Assert.Equal("the database has no room for a step before it; this one waits for the next run", reason);
        _full.Require(s_goes);
        _full.Require(Archived("cold"));
        _full.Require(Moved("warm"));
        _full.Note(s_goes, Failed(EngineCodes.DiskFull));
        Assert.Throws<StepSkippedException>(() => _full.Require(s_goes));
    }

    [Fact]
    public void A_location_or_a_place_without_room_keeps_back_what_goes_there_only()
    {
        _full.Note(Archived("cold"), Failed(EngineCodes.DiskFull));
        Assert.StartsWith(
            "cold has no room",
            Assert.Throws<StepSkippedException>(() => _full.Require(Archived("cold"))).Message,
            StringComparison.Ordinal
        );
        _full.Require(Archived("colder"));
        _full.Require(Moved("cold"));
        _full.Require(s_built);
        _full.Note(Moved("warm"), Failed(EngineCodes.DiskFull));
        Assert.Throws<StepSkippedException>(() => _full.Require(Moved("warm")));
        _full.Require(Moved("cold"));
    }

    private static EngineException Failed(string code) => new(code, "refused");

    private static PlanStep.Archive Archived(string location) =>
        new()
        {
            Relation = RelationId.Source,
            Reason = "",
            Range = TimeRange.All,
            Location = location,
        };

    private static PlanStep.Relocate Moved(string to) =>
        new()
        {
            Relation = RelationId.Source,
            Reason = "",
            Range = TimeRange.All,
            To = new Place(to),
        };
}
