using Varve.Engines;
using Varve.Planning;

namespace Varve.Execution;

/// <summary>
/// Where a step of a run found no room. It is told once: what else needs room at the same place would fail in the same way,
/// and waits for the next run. What makes room is still tried.
/// </summary>
internal sealed class FullPlaces
{
    private readonly HashSet<(Use Use, string Name)> _full = [];

    private enum Use
    {
        Written,
        Removed,
        Archived,
        Moved,
    }

    /// <summary>Refuses a step that needs room where there was none.</summary>
    /// <exception cref="StepSkippedException">With what has no room.</exception>
    public void Require(PlanStep step)
    {
        var place = Of(step);
        if (_full.Contains(place))
            throw new StepSkippedException($"{place.Name} has no room for a step before it; this one waits for the next run");
    }

    /// <summary>Notes that a step failed, if it was for want of room.</summary>
    public void Note(PlanStep step, VarveException error)
    {
        if (error.Code == EngineCodes.DiskFull)
            _full.Add(Of(step));
    }

    // A removal needs a little for what is recorded of it, and gives more: it is told apart from what only takes.
    private static (Use Use, string Name) Of(PlanStep step) =>
        step switch
        {
            PlanStep.Relocate move => (Use.Moved, move.To.ToString()),
            PlanStep.Archive archive => (Use.Archived, archive.Location),
            PlanStep.Expire or PlanStep.Discard => (Use.Removed, "the database"),
            _ => (Use.Written, "the database"),
        };
}
