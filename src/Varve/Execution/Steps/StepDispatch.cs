using Varve.Planning;

namespace Varve.Execution;

/// <summary>From the kind of a step to what is done.</summary>
internal static class StepDispatch
{
    /// <exception cref="StepSkippedException">The step that should have made a table before it failed.</exception>
    public static Task<ActOutcome> ActAsync(StepContext context, PlanStep step, CancellationToken cancellationToken)
    {
        Made(context, step);
        return OfAsync(context, step, cancellationToken);
    }

    /// <summary>
    /// What comes after the act of a step: the ledger is saved where that is not done with the act, and the views follow. Where they
    /// stay as they are, nothing happens between that and the end, and it is saved there.
    /// </summary>
    /// <returns>The ledger as it is to be saved at the end.</returns>
    public static async Task<Ledger> FollowAsync(StepContext context, PlanStep step, CancellationToken cancellationToken)
    {
        if (!context.Ledger.IsAtomic)
        {
            await context.Statements.BarrierAsync(Engines.Before.Record, cancellationToken);
            if (step is PlanStep.Publish || context.Views.IsToFollow(context.Now))
                await context.Ledger.SaveAsync(context.Now, cancellationToken);
        }

        return step is PlanStep.Publish
            ? await context.Views.PublishAsync(context.Now, cancellationToken)
            : await context.Views.FollowAsync(context.Now, cancellationToken);
    }

    // What stands under the name of a tier that was never made is somebody else's: not a row of it is touched.
    private static void Made(StepContext context, PlanStep step)
    {
        if (step is PlanStep.CreateTier || step.Relation == RelationId.Source)
            return;
        var tiers = step is PlanStep.Publish ? context.Blueprint.Tiers : [context.Blueprint.Tier(step.Relation)];
        if (tiers.FirstOrDefault(t => !context.Draft.Of(t.Id).Created) is { } missing)
            throw new StepSkippedException($"{missing.States.Text} could not be made");
    }

    private static Task<ActOutcome> OfAsync(StepContext context, PlanStep step, CancellationToken cancellationToken) =>
        step switch
        {
            PlanStep.CreateTier create => TierBuilder.CreateAsync(context, create, cancellationToken),
            PlanStep.Reshape reshape => TierBuilder.ReshapeAsync(context, reshape, cancellationToken),
            PlanStep.Mark mark => TierBuilder.MarkAsync(context, mark, cancellationToken),
            PlanStep.RollUp rollUp => TierBuilder.RollUpAsync(context, rollUp, cancellationToken),
            PlanStep.Archive archive => ArchiveAct.ArchiveAsync(context, archive, cancellationToken),
            PlanStep.Expire expire => ExpireAct.ExpireAsync(context, expire, cancellationToken),
            PlanStep.Relocate relocate => RelocateAct.MoveAsync(context, relocate, cancellationToken),
            PlanStep.Merge merge => MergeAct.MergeAsync(context, merge, cancellationToken),
            PlanStep.Discard discard => ExpireAct.DiscardAsync(context, discard, cancellationToken),
            PlanStep.Publish => Task.FromResult(ActOutcome.Nothing),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
