using Varve.Planning;

namespace Varve.Execution;

/// <summary>From the kind of a step to what is done.</summary>
internal static class StepDispatch
{
    public static Task<ActOutcome> ActAsync(StepContext context, PlanStep step, CancellationToken cancellationToken) => step switch
    {
        PlanStep.CreateTier create => TierBuilder.CreateAsync(context, create, cancellationToken),
        PlanStep.Reshape reshape => TierBuilder.ReshapeAsync(context, reshape, cancellationToken),
        PlanStep.Mark mark => TierBuilder.MarkAsync(context, mark, cancellationToken),
        PlanStep.RollUp rollUp => TierBuilder.RollUpAsync(context, rollUp, cancellationToken),
        PlanStep.Archive archive => ArchiveAct.ArchiveAsync(context, archive, cancellationToken),
        PlanStep.Expire expire => ExpireAct.ExpireAsync(context, expire, cancellationToken),
        PlanStep.Merge merge => MergeAct.MergeAsync(context, merge, cancellationToken),
        PlanStep.Discard discard => ExpireAct.DiscardAsync(context, discard, cancellationToken),
        PlanStep.Publish => Task.FromResult(ActOutcome.Nothing),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
