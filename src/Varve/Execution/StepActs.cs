using Varve.Engines;
using Varve.Planning;

namespace Varve.Execution;

/// <summary>From the kind of a step to what is done.</summary>
internal static class StepActs
{
    public static Task<Acted> ActAsync(StepContext context, PlanStep step, IEngine engine, CancellationToken cancellationToken) => step switch
    {
        PlanStep.CreateTier create => Building.CreateAsync(context, create, engine, cancellationToken),
        PlanStep.Reshape reshape => Building.ReshapeAsync(context, reshape, cancellationToken),
        PlanStep.Mark mark => Building.MarkAsync(context, mark, cancellationToken),
        PlanStep.RollUp rollUp => Building.RollUpAsync(context, rollUp, cancellationToken),
        PlanStep.Archive archive => Archival.ArchiveAsync(context, archive, cancellationToken),
        PlanStep.Expire expire => Removal.ExpireAsync(context, expire, cancellationToken),
        PlanStep.Merge merge => LateMerging.MergeAsync(context, merge, cancellationToken),
        PlanStep.Discard discard => Removal.DiscardAsync(context, discard, cancellationToken),
        PlanStep.Publish => Task.FromResult(Acted.Nothing),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
