using NodaTime;
using Varve.Catalog;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Execution;

/// <summary>How a policy stands: what was seen, said in one value.</summary>
internal static class StatusReport
{
    private const int MostProofs = 5;

    public static PolicyStatus Of(Inspection survey, Instant asOf, IReadOnlyList<RunRecord> runs, IReadOnlyList<StepRecord> steps)
    {
        var (stored, blueprint, state, plan) = survey;
        var horizon = Cutoffs.At(blueprint, asOf, state.Last);
        return new()
        {
            Policy = stored.Policy,
            Revision = stored.Revision,
            AsOf = horizon.AsOf,
            Relations =
            [
                Source(blueprint, state),
                .. blueprint.Tiers.Select(t => Tier(t, state, horizon)),
                .. blueprint.Retired.Select(t => Retired(t, state)),
            ],
            FrozenLate = state.Frozen,
            Timeless = state.Timeless,
            OutOfRange = state.OutOfRange,
            Future = state.Future,
            Holds = state.Ledger.Holds,
            Waits = plan.Waits,
            Brake = plan.Brake,
            StepsDue = plan.Steps.Count,
            NextExpiry = Next(blueprint, state, plan, horizon),
            LastRun = runs.Count > 0 ? runs[0] : null,
            LastError = Error(runs),
            Notes = [.. plan.Notes, .. Proofs(steps)],
            Pattern = stored.Pattern,
        };
    }

    /// <summary>A policy whose table could not be looked at.</summary>
    public static PolicyStatus Of(StoredPolicy stored, VarveException why, Instant asOf, IReadOnlyList<RunRecord> runs) =>
        new()
        {
            Policy = stored.Policy,
            Revision = stored.Revision,
            AsOf = asOf,
            Relations = [],
            FrozenLate = RowExtent.None,
            Timeless = 0,
            Future = RowExtent.None,
            Holds = [],
            Waits = [],
            StepsDue = 0,
            NextExpiry = null,
            LastRun = runs.Count > 0 ? runs[0] : null,
            LastError = Error(runs),
            Notes = [],
            Pattern = stored.Pattern,
            Failure = Problem.Of(why),
        };

    /// <summary>What the proofs of the newest run said: what was removed since cannot be looked at any more.</summary>
    private static IEnumerable<Problem> Proofs(IReadOnlyList<StepRecord> steps)
    {
        var notes = steps.Where(s => s is { Kind: "expire", Status: StepStatus.Done, Note: not null }).ToList();
        foreach (var step in notes.Take(MostProofs))
            yield return Note($"The proof of the last run, {step.Relation} {step.Ranges}: {step.Note}");
        if (notes.Count > MostProofs)
            yield return Note(
                FormattableString.Invariant($"and {notes.Count - MostProofs} more proofs of the last run: varve history {notes[0].Run}")
            );
    }

    private static Problem Note(string text) => new(WorkCodes.LastProof, text) { IsWarning = true };

    private static string? Error(IReadOnlyList<RunRecord> runs) =>
        runs.TakeWhile(r => r.Status is not (RunStatus.Done or RunStatus.Braked)).FirstOrDefault(r => r.ErrorCode is not null) is { } failed
            ? $"{failed.ErrorCode}: {failed.Error}"
            : null;

    private static RelationStatus Source(PolicyLayout blueprint, TableState state) =>
        new(RelationId.Source, blueprint.Source, state.Rows, state.Bytes, state.First, state.Last, null, Duration.Zero, 0, 0, 0);

    private static RelationStatus Tier(TierLayout tier, TableState state, Cutoffs horizon)
    {
        var ledger = state.Ledger.Of(tier.Id);
        var size = state.Tiers.GetValueOrDefault(tier.Id);
        var due = tier.Grid.Floor(horizon.Closed);
        var until = ledger.Covered.End;
        var start = state.First is { } first ? tier.Grid.Floor(first) : due;
        var behind = due - Instant.Max(until ?? start, Instant.Min(start, due));
        return new(
            tier.Id,
            tier.View ?? tier.States,
            size?.Rows ?? 0,
            size?.Bytes ?? 0,
            size?.First,
            size?.Last,
            until,
            Duration.Max(Duration.Zero, behind),
            ledger.Dirty.SelectMany(tier.Grid.Buckets).Count(),
            ledger.Cut.Count,
            ledger.Lost.Count
        );
    }

    private static RelationStatus Retired(TierLayout tier, TableState state)
    {
        var size = state.Tiers.GetValueOrDefault(tier.Id);
        var until = state.Ledger.Of(tier.Id).Covered.End;
        return new(
            tier.Id,
            tier.View ?? tier.States,
            size?.Rows ?? 0,
            size?.Bytes ?? 0,
            size?.First,
            size?.Last,
            until,
            Duration.Zero,
            0,
            0,
            0
        )
        {
            IsRetired = true,
        };
    }

    /// <summary>The first removal of the plan; where nothing is due, when the oldest bucket of the source will be.</summary>
    private static NextExpiry? Next(PolicyLayout blueprint, TableState state, Plan plan, Cutoffs horizon)
    {
        if (plan.Steps.OfType<PlanStep.Expire>().FirstOrDefault() is { } step)
            return new(step.Relation, horizon.AsOf, step.Range, step.Rows);
        if (blueprint.Policy.Keep.IsForever || state.First is not { } first)
            return null;
        var end = horizon.ExpiryGrid(RelationId.Source) is { } grid ? grid.BucketOf(first).To : first + Duration.FromSeconds(1);
        var range = new TimeRange(first, end);
        if (blueprint.Policy.Keep.Longest >= Instant.MaxValue - end)
            return null;
        return new(RelationId.Source, end + blueprint.Policy.Keep.Longest, range, Math.Max(1, Estimate.Source(state, range)));
    }
}
