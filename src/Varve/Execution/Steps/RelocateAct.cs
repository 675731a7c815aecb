using Varve.Engines;
using Varve.Planning;
using Varve.Time;

namespace Varve.Execution;

/// <summary>Moving a part of the source: begun, asked for again until all of it is there, and only then recorded.</summary>
internal static class RelocateAct
{
    /// <exception cref="StepSkippedException">It is held by now, or past its time.</exception>
    public static async Task<ActOutcome> MoveAsync(StepContext context, PlanStep.Relocate step, CancellationToken cancellationToken)
    {
        if (context.Relocation is not { } relocation)
            throw new PolicyException(
                Policies.PolicyCodes.NoRelocation,
                "This engine cannot move parts of a table. Take `relocate` out of the policy."
            );
        Allow(context, step.Range);
        if (await relocation.RefusesAsync(context.Statements, step.To, cancellationToken) is { } refused)
            throw new EngineException(EngineCodes.Refused, refused);
        await BeginAsync(context, relocation, step, cancellationToken);
        var state = await relocation.MoveAsync(
            context.Statements,
            context.Blueprint.Source,
            context.Blueprint.Time,
            step.Range,
            step.To,
            cancellationToken
        );
        if (!state.IsDone)
            return ActOutcome.Nothing with { Moving = state };
        context.Draft.Of(step.Relation).MoveTo(step.To, step.Range);
        context.Facts["relation"] = step.Relation.Text;
        context.Facts["range"] = step.Range.ToString();
        context.Facts["to"] = step.To.Text;
        if (step.From is { } from)
            context.Facts["from"] = from.Text;
        context.Facts["bytes"] = state.Bytes;
        return ActOutcome.Nothing with { Note = state.Note ?? $"{PlanText.Bytes(state.Bytes)} moved to {step.To.Text}" };
    }

    // Written down before anything moves, once for each move: whoever takes it back finds where it began. What is done to a part
    // once, and cannot be seen of it, is not taken back.
    private static async Task BeginAsync(
        StepContext context,
        Relocation relocation,
        PlanStep.Relocate step,
        CancellationToken cancellationToken
    )
    {
        var source = context.Draft.Of(step.Relation);
        if (step.To.IsAct || BegunMove.Has(source.Begun, step.To, step.Range))
            return;
        var origins = await relocation.OriginsAsync(
            context.Statements,
            context.Blueprint.Source,
            context.Blueprint.Time,
            step.Range,
            step.To,
            cancellationToken
        );
        if (origins.Count == 0)
            return;
        source.BeginMove(step.To, step.Range, [.. origins.Select(o => (o.Part, o.Place))]);
        await context.Ledger.SaveAsync(context.Now, cancellationToken);
    }

    // A hold may have come since it was planned; and what an expiry took meanwhile is not there to be moved.
    private static void Allow(StepContext context, TimeRange range)
    {
        if (context.Draft.Ledger.Holds.FirstOrDefault(h => h.Relation is null or { IsSource: true } && h.Range.Overlaps(range)) is { } hold)
            throw new StepSkippedException($"held by {hold.Who}: {hold.Reason}");
        if (context.Draft.Of(RelationId.Source).Frozen.Covers(range))
            throw new StepSkippedException("its rows have gone");
    }
}
